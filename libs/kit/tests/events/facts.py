"""Facts for tests: written to the outbox or sent to the broker, read again, and noted once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from google.protobuf.message import Message

from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.events import Consumer, Handler, Received
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged

MakeTopic = Callable[[], Awaitable[str]]


class Fact(NamedTuple):
    topic: str
    key: str
    message: Message


def fact(topic: str, number: int, key: str = "one") -> Fact:
    return Fact(topic, key, GrantChanged(grant_id=str(number)))


def number(payload: bytes) -> int:
    return int(GrantChanged.FromString(payload).grant_id)


async def publish(pool: Pool, tenant: UUID, *facts: Fact) -> None:
    async with (uow := UnitOfWork(pool, tenant)):
        await uow.publish(*facts)


@asynccontextmanager
async def at_work(*jobs: Any) -> AsyncIterator[list[asyncio.Task[Any]]]:
    tasks = [asyncio.create_task(job.run()) for job in jobs]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def read(bootstrap: str, topic: str, count: int) -> list[ConsumerRecord[bytes, bytes]]:
    """All there is in a topic, `count` at least."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        found: list[ConsumerRecord[bytes, bytes]] = []
        async with asyncio.timeout(20):
            while len(found) < count:
                for records in (await consumer.getmany(timeout_ms=300)).values():
                    found += records
        for records in (await consumer.getmany(timeout_ms=300)).values():
            found += records
        return found
    finally:
        await consumer.stop()


def headers(record: ConsumerRecord[bytes, bytes]) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


async def unpublished(database_url: str) -> int:
    connection = await asyncpg.connect(database_url, server_settings={"koprogo.relay": "on"})
    try:
        count: int = await connection.fetchval("select count(*) from outbox where published_at is null")
        return count
    finally:
        await connection.close()


async def marked(database_url: str) -> None:
    async with asyncio.timeout(20):
        while await unpublished(database_url):
            await asyncio.sleep(0.02)


def reader(bootstrap: str, topic: str, handler: Handler) -> Consumer:
    return Consumer(f"reader-{uuid4().hex[:8]}", bootstrap, {topic: handler})


def noting(pool: Pool, seen: list[int]) -> Handler:
    """Writes a note an event, with its inbox row, and tells which."""

    async def handle(event: Received) -> None:
        async with (uow := UnitOfWork(pool, event.tenant)):
            if await uow.is_new(event.event_id):
                await uow.connection.execute(
                    "insert into notes (id, text) values ($1, $2)", uuid4(), str(number(event.payload))
                )
        seen.append(number(event.payload))

    return handle


async def notes(pool: Pool, tenant: UUID) -> list[int]:
    async with (uow := UnitOfWork(pool, tenant)):
        return sorted(int(row["text"]) for row in await uow.connection.fetch("select text from notes"))


def envelope(one: Fact, tenant: UUID, event_id: UUID | None = None) -> dict[str, Any]:
    return {
        "key": one.key.encode(),
        "value": one.message.SerializeToString(),
        "headers": [
            ("ce_id", str(event_id or uuid4()).encode()),
            ("ce_type", b"t"),
            ("koprogo_tenant", str(tenant).encode()),
        ],
    }


async def send(bootstrap: str, topic: str, *envelopes: dict[str, Any]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        for one in envelopes:
            await producer.send_and_wait(topic, **one)
    finally:
        await producer.stop()
