"""The two jobs: one renders, one dispatches. Of several processes one works, the others wait for its lock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine

import asyncpg

from koprogo.documents.adapters.postgres.unit_of_work import Open
from koprogo.kernel.errors import DomainError
from koprogo.kit import logs
from koprogo.kit.database import DATABASE_AWAY

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.1
GRACE_SECONDS = 8
"""Of a process that is told to end: what is in hand is finished, or a mail would be left in doubt."""
RENDERING_LOCK = 7_265_419
DISPATCH_LOCK = 7_265_420

AWAY = (*DATABASE_AWAY, asyncpg.PostgresError)


class Job:
    def __init__(
        self,
        database_url: str,
        lock: int,
        find: Callable[[], Awaitable[list[Open]]],
        carry_out: Callable[[Open], Coroutine[object, object, object]],
    ) -> None:
        self._url, self._lock, self._find, self._carry_out = database_url, lock, find, carry_out

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                connection = await asyncpg.connect(self._url)
                try:
                    while not await connection.fetchval("select pg_try_advisory_lock($1)", self._lock):  # noqa: ASYNC110
                        await asyncio.sleep(1)
                    await self._work(connection)
                finally:
                    await connection.close()
            except AWAY as broken:
                logger.warning("waiting for the database: %s", type(broken).__name__)
                await asyncio.sleep(1)

    async def _work(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        while not connection.is_closed():
            found = await self._find()
            for one in found:
                if connection.is_closed():
                    # With its session the lock is gone, and another may have begun.
                    return
                logs.tenant_id.set(str(one.tenant))
                try:
                    await _to_the_end(self._carry_out(one))
                except AWAY:
                    raise
                except DomainError as refused:
                    logger.warning("%s: %s", one.id, refused.reason)
                    await asyncio.sleep(1)
                except Exception:
                    logger.exception("%s could not be carried out; the others go on", one.id)
                    await asyncio.sleep(1)
            if not found:
                await asyncio.sleep(IDLE_SECONDS)


async def _to_the_end(work: Coroutine[object, object, object]) -> None:
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
        task.cancel()
        raise
