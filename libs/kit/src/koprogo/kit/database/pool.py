"""asyncpg without its reset query: it halves the cost of a read, and nothing here is set on a session."""

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection

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


async def connect(url: str, *, size: int = 10, service: str = "") -> Pool:
    """A pool of at most `size` connections (and never more than 10)."""
    pool: Pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=min(size, 10),
        connection_class=_Unreset,
        command_timeout=30,
        server_settings={"application_name": service, "jit": "off"},
    )
    return pool
