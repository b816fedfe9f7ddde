"""asyncpg without its reset query: it halves the cost of a read, and nothing here is set on a session."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from koprogo.kit.database.dedicated import PLACES_SECONDS, Connection, Dedicated, Home, Place

if TYPE_CHECKING:
    _Pool = asyncpg.Pool[asyncpg.Record]
else:
    _Pool = asyncpg.Pool

logger = logging.getLogger(__name__)

DATABASE_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # A connection that was cut in the middle of a message.
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,
)
"""What asyncpg raises while PostgreSQL is down, starting, ending or full."""
CHARACTER_REFUSED = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
"""A text holds the character U+0000, which PostgreSQL does not store."""


class _Unreset(asyncpg.Connection):
    def get_reset_query(self) -> str:
        return ""


class Pool(_Pool):
    """Of the database that tenants share; it knows which of them have one of their own, and leads there."""

    dedicated: Dedicated
    _places: Mapping[UUID, Home] = {}
    _places_until = 0.0
    _asking: asyncio.Lock

    async def homes(self) -> Mapping[UUID, Home]:
        """Of all tenants who have a database of their own, at most `PLACES_SECONDS` old."""
        if time.monotonic() >= self._places_until:
            async with self._asking:
                if (asked_at := time.monotonic()) >= self._places_until:
                    rows = await self.fetch("select tenant_id, database, bucket, is_open from dedicated_tenants()")
                    self._places = {
                        row[0]: Home(self.dedicated, Place(row[0], row[1], row[2] or "", row[3])) for row in rows
                    }
                    self._places_until = asked_at + PLACES_SECONDS
        return self._places

    async def home(self, tenant: UUID) -> Pool | Home:
        """Where all rows of this tenant are."""
        return (await self.homes()).get(tenant, self)

    @asynccontextmanager
    async def lend(self, tenant: UUID) -> AsyncIterator[Connection]:
        """A connection to where the tenant's rows are."""
        home = await self.home(tenant)
        connection = await home.acquire()
        try:
            yield connection
        finally:
            await home.release(connection)

    async def fetch_dedicated(self, query: str, *args: Any) -> tuple[list[asyncpg.Record], BaseException | None]:
        """Rows of every database of one tenant, and what was wrong with the last one that does not answer."""
        found, away = list[asyncpg.Record](), None
        for home in (await self.homes()).values():
            if home.place.is_open:
                try:
                    found += await home.fetch(query, *args)
                except (*DATABASE_AWAY, asyncpg.PostgresError) as wrong:
                    # The others go on.
                    logger.warning("%s does not answer: %s", home.place.database, type(wrong).__name__)
                    away = wrong
        return found, away

    async def fetch_everywhere(self, query: str, *args: Any) -> list[asyncpg.Record]:
        """What there is in the shared database, and in those of one tenant that answer."""
        return [*await self.fetch(query, *args), *(await self.fetch_dedicated(query, *args))[0]]

    async def find(self, query: str, *args: Any) -> Any:
        """One value, of an id of which nobody knows yet whose it is. None only once all were asked."""
        if (found := await self.fetchval(query, *args)) is not None:
            return found
        rows, away = await self.fetch_dedicated(query, *args)
        value = next((row[0] for row in rows if row[0] is not None), None)
        if value is None and away is not None:
            raise away
        return value

    async def close(self) -> None:
        self.dedicated.close()
        await super().close()


async def connect(url: str, *, size: int = 10, dedicated: int = 2, service: str = "") -> Pool:
    """A pool of at most `size` connections (and never more than 10), and `dedicated` to databases of one tenant."""
    pool = Pool(
        url,
        min_size=1,
        max_size=min(size, 10),
        max_queries=50_000,
        max_inactive_connection_lifetime=300.0,
        loop=None,
        connection_class=_Unreset,
        record_class=asyncpg.Record,
        command_timeout=30,
        server_settings={"application_name": service, "jit": "off"},
    )
    pool.dedicated, pool._asking = Dedicated(url, dedicated, service), asyncio.Lock()
    await pool
    return pool
