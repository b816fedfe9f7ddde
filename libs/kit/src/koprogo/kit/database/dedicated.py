"""Databases of one tenant each, on the server of the one that the others share."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import Unavailable

if TYPE_CHECKING:
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:
    Connection = asyncpg.Connection

PLACES_SECONDS = 2.0
"""How long a process may go on with what it knows of where tenants live."""
IDLE_SECONDS = 5.0
"""A connection that nobody used for so long is closed: none keeps a database from being dropped."""


class Place(NamedTuple):
    tenant: UUID
    database: str
    bucket: str
    """Of his files; empty where the service keeps none."""
    is_open: bool
    """Migrated, so that there may be rows."""


class TenantNotOpen(Unavailable):
    reason = "TENANT_NOT_OPEN"


def address(url: str, database: str) -> str:
    """Of another database of the same server, by the same role."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


class _Idle(NamedTuple):
    database: str
    connection: Connection
    since: float


class Dedicated:
    """The connections of this process to all of them: `size` at most, whichever databases they lead to."""

    def __init__(self, url: str, size: int, service: str) -> None:
        self._url, self._size, self._service = url, size, service
        self._turns = asyncio.Semaphore(size)
        self._in_use = 0
        self._idle: list[_Idle] = []
        """Who was used longest ago comes first."""

    async def acquire(self, database: str) -> Connection:
        await self._turns.acquire()
        self._in_use += 1
        try:
            for kept in reversed(self._idle):
                if kept.database == database:
                    self._idle.remove(kept)
                    if not kept.connection.is_closed():
                        return kept.connection
            if self._in_use + len(self._idle) > self._size:
                # Ended before the next begins: the server counts them too. What does not answer is cut off.
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await self._idle.pop(0).connection.close(timeout=1)
            connection = await asyncpg.connect(
                address(self._url, database),
                command_timeout=30,
                server_settings={"application_name": self._service, "jit": "off"},
            )
            return cast(Connection, connection)
        except BaseException:
            self._give_back()
            raise

    def release(self, database: str, connection: Connection) -> None:
        if not connection.is_closed():
            loop = asyncio.get_running_loop()
            self._idle.append(_Idle(database, connection, loop.time()))
            loop.call_later(IDLE_SECONDS, self._close_idle)
        self._give_back()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().connection.terminate()

    def _give_back(self) -> None:
        self._in_use -= 1
        self._turns.release()

    def _close_idle(self) -> None:
        # A little less: the clock of the call is not exact.
        old = asyncio.get_running_loop().time() - IDLE_SECONDS * 0.99
        while self._idle and self._idle[0].since <= old:
            self._idle.pop(0).connection.terminate()


class Home:
    """One tenant's database, lent from like a pool."""

    def __init__(self, dedicated: Dedicated, place: Place) -> None:
        self._dedicated, self.place = dedicated, place

    async def acquire(self) -> Connection:
        if not self.place.is_open:
            raise TenantNotOpen("This tenant's database is still being made; try again in a moment.")
        return await self._dedicated.acquire(self.place.database)

    async def release(self, connection: Connection) -> None:
        self._dedicated.release(self.place.database, connection)

    async def fetch(self, query: str, *args: Any) -> list[asyncpg.Record]:
        connection = await self.acquire()
        try:
            return await connection.fetch(query, *args)
        finally:
            await self.release(connection)

    async def fetchrow(self, query: str, *args: Any) -> asyncpg.Record | None:
        rows = await self.fetch(query, *args)
        return rows[0] if rows else None

    async def fetchval(self, query: str, *args: Any) -> Any:
        row = await self.fetchrow(query, *args)
        return row[0] if row else None
