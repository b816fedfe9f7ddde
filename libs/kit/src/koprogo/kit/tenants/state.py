"""Whether a tenant writes, only reads, or is gone, as every process of the service knows it within seconds."""

from __future__ import annotations

import logging
import time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Conflict, Forbidden
from koprogo.kit.database import PLATFORM, Connection, Pool
from koprogo.kit.events import Handler, Received

logger = logging.getLogger(__name__)

CACHE_SECONDS = 2.0
"""How long a process may go on with a state it has just read."""
CACHE_SIZE = 20_000


class State(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    """Read, and no longer written."""
    ERASED = "erased"
    """Gone for good; the id is not used again."""


class TenantSuspended(Forbidden):
    reason = "TENANT_SUSPENDED"


class TenantErased(Conflict):
    reason = "TENANT_ERASED"


class OperationReused(Conflict):
    reason = "OPERATION_REUSED"


class Standing(NamedTuple):
    """What a process has to know of a tenant at each request."""

    state: State = State.ACTIVE
    requests_per_minute: int | None = None


class NewTenant(msgspec.Struct, frozen=True):
    """What the operator says of a tenant who begins."""

    id: UUID
    name: str
    plan: str
    languages: list[str]
    syndic_email: str
    syndic_name: str
    syndic_language: str


class TenantStates:
    """The tenants this process has to do with, each as he was at most `CACHE_SECONDS` ago."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[UUID, tuple[float, Standing]] = {}

    async def of(self, tenant: UUID) -> State:
        return (await self.standing(tenant)).state

    async def standing(self, tenant: UUID) -> Standing:
        if tenant == PLATFORM:
            return Standing()
        now = time.monotonic()
        if (hit := self._known.get(tenant)) and hit[0] > now:
            return hit[1]
        home = await self._pool.home(tenant)
        row = await home.fetchrow("select state, requests_per_minute from tenant_standing($1)", tenant)
        standing = Standing(State(row["state"]), row["requests_per_minute"]) if row else Standing()
        if len(self._known) >= CACHE_SIZE:
            self._known.clear()
        self._known[tenant] = (now + CACHE_SECONDS, standing)
        return standing


def unless_erased(handler: Handler, states: TenantStates) -> Handler:
    """What a neighbour still tells of a tenant who is gone is dropped, or it would begin him again."""

    async def handle(event: Received) -> None:
        if await states.of(event.tenant) is State.ERASED:
            logger.info("an event of an erased tenant was dropped")
            return
        await handler(event)

    return handle


async def claim(connection: Connection, operation_id: str, kind: str) -> bool:
    """Note an operation on the tenant of this transaction; False when it is done already."""
    noted = await connection.execute(
        "insert into tenant_operations (operation_id, kind) values ($1, $2) on conflict do nothing", operation_id, kind
    )
    return noted == "INSERT 0 1" or not await is_done(connection, operation_id, kind)


async def is_done(connection: Connection, operation_id: str, kind: str) -> bool:
    known = await connection.fetchval("select kind from tenant_operations where operation_id = $1", operation_id)
    if known not in (None, kind):
        raise OperationReused(f"This operation id was used to {known}; choose a new one.", used_for=known)
    return known is not None


async def state_of(connection: Connection) -> State:
    """Of the tenant of this transaction."""
    return State(await connection.fetchval("select coalesce((select state from tenants), 'active')"))


async def set_state(connection: Connection, state: State) -> None:
    """Guarded: nobody comes back from erasure."""
    if await state_of(connection) is State.ERASED and state is not State.ERASED:
        raise TenantErased("This tenant was erased; restore an export under a new id.")
    await connection.execute(
        "insert into tenants (state) values ($1)"
        " on conflict (tenant_id) do update set state = excluded.state, changed_at = now()",
        state.value,
    )
