"""One use case, one transaction, one tenant.

`koprogo.tenant` is set here, inside the transaction, and nowhere else: row-level security reads it, so no
statement mentions a tenant.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID

from koprogo.kit import trace
from koprogo.kit.database.dedicated import Connection, Home
from koprogo.kit.database.pool import Pool
from koprogo.kit.idempotency import pending_key, record_key
from koprogo.kit.ids import new_id

if TYPE_CHECKING:
    from google.protobuf.message import Message

PLATFORM = UUID(int=0)
"""The tenant of nobody: what belongs to no organisation, and reads that policies open to the platform."""


class Outgoing(NamedTuple):
    """What `adapters/events.py` of a service makes of a domain event."""

    topic: str
    key: str
    message: Message | None
    """None is a tombstone: what the key has said is to be forgotten."""


class NothingWritten(Exception):
    """PostgreSQL answers a commit after an error with a rollback, and says nothing."""


class UnitOfWork:
    """Enter to begin, leave to commit; an exception rolls back. Repositories are attributes of subclasses."""

    connection: Connection

    def __init__(self, pool: Pool, tenant: UUID) -> None:
        self._pool = pool
        self.tenant = tenant

    async def __aenter__(self) -> Self:
        self._home = await self._where()
        self.connection = await self._home.acquire()
        try:
            # One message: begin and the tenant. A UUID needs no quoting.
            await self.connection.execute(f"begin; set local koprogo.tenant = '{self.tenant}'")
        except BaseException:
            await self._home.release(self.connection)
            raise
        self._enter()
        return self

    async def _where(self) -> Pool | Home:
        return await self._pool.home(self.tenant)

    def _enter(self) -> None:
        """Subclasses make their repositories on `self.connection` here."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                if key := pending_key():
                    await record_key(self.connection, key)
                if await self.connection.execute("commit") != "COMMIT":
                    raise NothingWritten("an error of the database was swallowed inside this unit of work")
            else:
                await self.connection.execute("rollback")
        except BaseException:
            if not self.connection.is_closed() and self.connection.is_in_transaction():
                await self.connection.execute("rollback")
            raise
        finally:
            await self._home.release(self.connection)

    async def publish(self, *events: Outgoing) -> None:
        """Write events to the outbox, in this transaction: the only way out."""
        if events:
            await self.connection.executemany(
                "insert into outbox (id, topic, key, type, payload, traceparent) values ($1, $2, $3, $4, $5, $6)",
                [
                    (
                        new_id(),
                        e.topic,
                        e.key,
                        e.message.DESCRIPTOR.full_name if e.message else "",
                        e.message.SerializeToString() if e.message else None,
                        trace.current(),
                    )
                    for e in events
                ],
            )

    async def is_new(self, event_id: UUID) -> bool:
        """Note an incoming event in the inbox; False when its effect is already there."""
        noted = await self.connection.execute(
            "insert into inbox (event_id) values ($1) on conflict do nothing", event_id
        )
        return noted == "INSERT 0 1"


class InShared(UnitOfWork):
    """In the database that tenants share, wherever this one lives: for what it keeps of him."""

    async def _where(self) -> Pool | Home:
        return self._pool
