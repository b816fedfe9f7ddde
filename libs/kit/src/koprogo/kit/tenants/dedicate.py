"""A tenant with a database of his own: placed before he begins, opened once it is migrated, forgotten when he is gone.

What the shared database keeps of him is where he lives, and in the end that his id is used up.
"""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import Conflict
from koprogo.kit.database import (
    DATABASE_AWAY,
    PLACES_SECONDS,
    Connection,
    InShared,
    Pool,
    SchemaMismatch,
    address,
    migrate,
)
from koprogo.kit.tenants.export import counts
from koprogo.kit.tenants.state import State, TenantErased, claim, set_state, state_of

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Between two looks for databases that are still to be opened."""


class TenantHasBegun(Conflict):
    """Where a tenant lives is decided before he has anything."""

    reason = "TENANT_HAS_BEGUN"


class TenantLivesElsewhere(Conflict):
    reason = "TENANT_LIVES_ELSEWHERE"


class DatabaseTaken(Conflict):
    reason = "DATABASE_TAKEN"


async def place(connection: Connection, operation: str, database: str, bucket: str) -> bool:
    """Of the tenant of this transaction, in the shared database; whether his own is open, and everybody knows of it."""
    if await state_of(connection) is State.ERASED:
        raise TenantErased("This tenant was erased; choose a new id.")
    known = await connection.fetchrow("select database, bucket from tenants")
    if known is None:
        if any((await counts(connection)).values()):
            raise TenantHasBegun("This tenant has begun with the others; move him by an archive and a new id.")
        await claim(connection, operation, "dedicate")
        try:
            await connection.execute(
                "insert into tenants (state, database, bucket, placed_at) values ('active', $1, $2, now())",
                database,
                bucket,
            )
        except asyncpg.UniqueViolationError as taken:
            raise DatabaseTaken("Another tenant lives in this database; name another.", database=database) from taken
    elif known["database"] is None:
        raise TenantHasBegun("This tenant has begun with the others; move him by an archive and a new id.")
    elif (known["database"], known["bucket"]) != (database, bucket):
        raise TenantLivesElsewhere("This tenant lives in another database.", database=known["database"])
    is_open: bool = await connection.fetchval(
        "select coalesce(greatest(placed_at, opened_at) < now() - $1 * interval '1 second', false)"
        " and opened_at is not null from tenants",
        PLACES_SECONDS + 0.5,
    )
    return is_open


async def forget(connection: Connection) -> None:
    """Whoever drops his database drops all that he had."""
    await set_state(connection, State.ERASED)
    await connection.execute("update tenants set database = null, bucket = null, placed_at = null, opened_at = null")


async def open_all(pool: Pool, owner_url: str, package: str, *, only_new: bool) -> None:
    """Bring the databases of one tenant to the schema of this program, with the role that owns them.

    One that cannot be is named, and the others come all the same, before its error is raised.
    """
    failed: BaseException | None = None
    for tenant, database, is_open in await pool.fetch("select tenant_id, database, is_open from dedicated_tenants()"):
        if is_open and only_new:
            continue
        try:
            await migrate(address(owner_url, database), package)
            await _mark(pool, tenant)
        except (*DATABASE_AWAY, asyncpg.PostgresError, SchemaMismatch) as wrong:
            logger.error("%s could not be migrated: %s: %s", database, type(wrong).__name__, wrong)
            failed = wrong
    if failed is not None:
        raise failed


async def keep_opening(pool: Pool, owner_url: str, package: str) -> None:
    """Until cancelled. In the process that answers nobody: those that do own no schema."""
    while True:
        try:
            await open_all(pool, owner_url, package, only_new=True)
        except (*DATABASE_AWAY, asyncpg.PostgresError, SchemaMismatch) as wrong:
            logger.warning("databases of one tenant are still to be opened: %s", type(wrong).__name__)
            await asyncio.sleep(5 * LOOK_SECONDS)
        await asyncio.sleep(LOOK_SECONDS)


async def _mark(pool: Pool, tenant: UUID) -> None:
    async with (uow := InShared(pool, tenant)):
        await uow.connection.execute("update tenants set opened_at = coalesce(opened_at, now())")
