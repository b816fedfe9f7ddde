"""What a tenant may use, and the count that a process keeps of it."""

from __future__ import annotations

import logging
import math
import time
from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError, Kind
from koprogo.kit.database import Connection
from koprogo.kit.tenants.state import CACHE_SIZE, State, TenantErased, state_of

logger = logging.getLogger(__name__)

MINUTE = 60.0


class TooManyRequests(DomainError):
    kind = Kind.LIMITED
    reason = "TOO_MANY_REQUESTS"


class Quotas(msgspec.Struct, frozen=True):
    requests_per_minute: int | None = None
    """Of each process of each service; none is no limit."""


class Rates:
    """A bucket a tenant, which a minute fills: so many at once, and as many in each minute after.

    In this process alone: a count that all share would be a round trip on every request, to hold back a client who
    is well above his quota. With N replicas a tenant has N times as much.
    """

    def __init__(self) -> None:
        self._full_at: dict[UUID, float] = {}
        """When the bucket of who asked is full again."""
        self._logged: dict[UUID, float] = {}

    def spend(self, tenant: UUID, per_minute: int | None) -> None:
        """One request."""
        if per_minute is None:
            return
        now = time.monotonic()
        full_at = max(self._full_at.get(tenant, now), now) + MINUTE / per_minute
        if (wait := full_at - now - MINUTE) > 0:
            seconds = math.ceil(wait)
            self._log(tenant, now)
            raise TooManyRequests(
                f"This organisation asks more than {per_minute} times a minute; go on in {seconds} s.",
                per_minute=per_minute,
                retry_after=seconds,
            )
        if len(self._full_at) >= CACHE_SIZE:
            self._full_at = {one: at for one, at in self._full_at.items() if at > now}
        self._full_at[tenant] = full_at

    def _log(self, tenant: UUID, now: float) -> None:
        """Once a minute: who asks too much would fill the log as well."""
        if now >= self._logged.get(tenant, now):
            if len(self._logged) >= CACHE_SIZE:
                self._logged.clear()
            self._logged[tenant] = now + MINUTE
            logger.warning("a tenant is held back", extra={"fields": {"held_back": str(tenant)}})


async def set_quotas(connection: Connection, quotas: Quotas) -> None:
    """Of the tenant of this transaction."""
    if await state_of(connection) is State.ERASED:
        raise TenantErased("This tenant was erased; choose a new id.")
    await connection.execute(
        "insert into tenants (state, requests_per_minute) values ('active', $1)"
        " on conflict (tenant_id) do update set requests_per_minute = excluded.requests_per_minute",
        quotas.requests_per_minute,
    )


async def quotas_of(connection: Connection) -> Quotas:
    """Of the tenant of this transaction."""
    return Quotas(await connection.fetchval("select requests_per_minute from tenants"))
