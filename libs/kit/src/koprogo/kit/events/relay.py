"""Carries the outbox to Kafka, in order, one relay at a time.

It asks for what is not published, never for what comes after an id: commit order is not id order, and a late
commit would be lost. A crash between sending and marking sends again; the inbox of the reader knows the id.
"""

from __future__ import annotations

import asyncio
import logging
import math
import ssl
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import asyncpg
from aiokafka import AIOKafkaProducer
from prometheus_client import Counter

from koprogo.kit.database import PLATFORM, Connection, Home, Pool
from koprogo.kit.database.pool import DATABASE_AWAY
from koprogo.kit.events.patience import ANSWER_SECONDS, CLIENT_BROKEN, stop
from koprogo.kit.events.security import secured

logger = logging.getLogger(__name__)

LOCK = 7_265_418
BATCH = 500
FIRST_WAIT, LONGEST_WAIT = 0.05, 0.4
"""Seconds between two looks: doubled while nothing comes, as most of what an idle process costs is looking."""
KEPT = "7 days"
"""Published events stay this long, to look at."""
PUBLISHED = Counter("koprogo_outbox_published_total", "Events published.", ["topic"])


T = TypeVar("T")
if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record] | Connection

SESSION = {"koprogo.relay": "on", "koprogo.tenant": str(PLATFORM)}
"""Settings of its own connection: policies let it carry the events of all tenants, and forget what is old."""


async def forget(connection: _Connection) -> None:
    """Published events after a week; noted events and idempotency keys after 30 days, which their policies say."""
    await connection.execute(f"delete from outbox where published_at < now() - interval '{KEPT}'")  # noqa: S608
    await connection.execute("delete from inbox")
    await connection.execute("delete from idempotency_keys")


class Relay:
    def __init__(
        self, service: str, database_url: str, bootstrap: str, pool: Pool, *, tls: ssl.SSLContext | None = None
    ) -> None:
        """`pool` knows the databases of one tenant: they are carried under the same lock."""
        self._service, self._pool = service, pool
        self._url = database_url
        self._kafka = {"bootstrap_servers": bootstrap, **secured(tls)}

    async def run(self) -> None:
        """Until cancelled. Whatever breaks is logged and tried again."""
        while True:
            try:
                await self._relay()
            except (*DATABASE_AWAY, *CLIENT_BROKEN, asyncpg.PostgresError) as broken:
                logger.warning("relay interrupted: %s", type(broken).__name__)
                await asyncio.sleep(0.5)

    async def _relay(self) -> None:
        # Its own connection: what is set on this session must not reach the pool.
        connection = await asyncpg.connect(self._url, server_settings=SESSION)
        producer = AIOKafkaProducer(
            **self._kafka,
            enable_idempotence=True,
            acks="all",
            client_id=f"{self._service}-relay",
            linger_ms=2,
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await producer.start()
            while not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):  # noqa: ASYNC110
                await asyncio.sleep(1)
            forgotten_at, wait = -math.inf, FIRST_WAIT
            while True:
                published = await self._publish_some(connection, producer)
                for home in (await self._pool.homes()).values():
                    published += await self._publish_from(home, producer)
                if published:
                    wait = FIRST_WAIT
                else:
                    now = asyncio.get_running_loop().time()
                    if now - forgotten_at > 3600:
                        forgotten_at = now
                        await forget(connection)
                        for home in (await self._pool.homes()).values():
                            await self._in_home(home, forget)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
        finally:
            await stop(producer)
            await connection.close()

    async def _publish_from(self, home: Home, producer: AIOKafkaProducer) -> int:
        return await self._in_home(home, lambda connection: self._publish_some(connection, producer)) or 0

    async def _in_home(self, home: Home, deed: Callable[[Connection], Awaitable[T]]) -> T | None:
        """In a database of one tenant; one that is away keeps the others' events from nobody."""
        if not home.place.is_open:
            return None
        try:
            connection = await home.acquire()
            try:
                async with connection.transaction():
                    for name, value in SESSION.items():
                        await connection.execute("select set_config($1, $2, true)", name, value)
                    return await deed(connection)
            finally:
                await home.release(connection)
        except (*DATABASE_AWAY, asyncpg.PostgresError) as wrong:
            logger.warning("%s is not relayed: %s", home.place.database, type(wrong).__name__)
            return None

    async def _publish_some(self, connection: _Connection, producer: AIOKafkaProducer) -> int:
        rows = await connection.fetch(
            "select id, tenant_id, topic, key, type, payload, traceparent, occurred_at from outbox"
            " where published_at is null order by position limit $1",
            BATCH,
        )
        async with asyncio.timeout(ANSWER_SECONDS):
            sent = [
                await producer.send(
                    row["topic"],
                    key=row["key"].encode(),
                    value=row["payload"],
                    headers=[
                        ("ce_specversion", b"1.0"),
                        ("ce_id", str(row["id"]).encode()),
                        ("ce_source", self._service.encode()),
                        ("ce_type", row["type"].encode()),
                        ("ce_time", row["occurred_at"].isoformat().encode()),
                        ("koprogo_tenant", str(row["tenant_id"]).encode()),
                        ("traceparent", row["traceparent"].encode()),
                    ],
                )
                for row in rows
            ]
            await asyncio.gather(*sent)
        if sent:
            await connection.execute(
                "update outbox set published_at = now() where id = any($1)", [row["id"] for row in rows]
            )
            if tombstones := [row["id"] for row in rows if row["payload"] is None]:
                # The key of a tombstone is what was to be forgotten.
                await connection.execute("delete from outbox where id = any($1)", tombstones)
            for row in rows:
                PUBLISHED.labels(row["topic"]).inc()
        return len(rows)
