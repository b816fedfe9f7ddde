from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from koprogo.identity.adapters.events import as_message, outgoing
from koprogo.identity.domain.grant import COVERS_ASSOCIATIONS, Grant
from koprogo.identity.domain.invitation import Invitation
from koprogo.kernel.words import Role
from koprogo.kit.access.identity import write_grant
from koprogo.kit.database import Connection, Outgoing, Pool, UnitOfWork

# Of a grant that ended on the day it began no day is kept: it may as well have been any.
COLUMNS = (
    "id, subject, tenant_id, association_id, role, co_owner_id,"
    " coalesce(lower(valid_during), date '0001-01-01') as valid_from,"
    " case when isempty(valid_during) then date '0001-01-01' else upper(valid_during) end as valid_until"
)


class PostgresGrants:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def save(self, grant: Grant) -> None:
        in_force = await self._uow.connection.fetchval(
            "select true from grants where id = $1 and upper_inf(valid_during)", grant.id
        )
        if not in_force:
            await self._keep(grant)

    async def end(self, grant: Grant, on: date) -> None:
        await self._keep(msgspec.structs.replace(grant, valid_until=max(on, grant.valid_from)))

    async def _keep(self, grant: Grant) -> None:
        await write_grant(self._uow.connection, as_message(grant))
        await self._uow.publish(outgoing(grant))

    async def on_organisation(self) -> Sequence[Grant]:
        rows = await self._uow.connection.fetch(
            f"select {COLUMNS} from grants where association_id is null and upper_inf(valid_during)"  # noqa: S608
        )
        return [_grant(row) for row in rows]

    async def of_invitation(self, invitation: Invitation) -> Sequence[Grant]:
        rows = await self._uow.connection.fetch(
            f"select {COLUMNS} from grants where subject = $1 and role = $2 and upper_inf(valid_during)"  # noqa: S608
            " and co_owner_id is not distinct from $3 and ($5 or association_id is not distinct from $4)",
            invitation.subject,
            invitation.role.value,
            invitation.co_owner_id,
            invitation.association_id,
            invitation.association_id is None and invitation.role in COVERS_ASSOCIATIONS,
        )
        return [_grant(row) for row in rows]


async def told(connection: Connection, organisation_id: UUID) -> Sequence[Outgoing]:
    """All that `identity.grant` says of an organisation, what has ended too."""
    return [outgoing(_grant(row)) for row in await connection.fetch(f"select {COLUMNS} from grants")]  # noqa: S608


async def grants_of(pool: Pool, subject: UUID) -> list[Grant]:
    """All that somebody holds today, in every organisation."""
    rows = await pool.fetch_everywhere(f"select {COLUMNS} from grants_of($1)", subject)  # noqa: S608
    return [_grant(row) for row in rows]


def _grant(row: asyncpg.Record) -> Grant:
    return Grant(
        subject=row["subject"],
        organisation_id=row["tenant_id"],
        association_id=row["association_id"],
        role=Role(row["role"]),
        co_owner_id=row["co_owner_id"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        kept_as=row["id"],
    )
