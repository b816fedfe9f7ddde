"""What a compacted topic has said of an erased tenant is unsaid: by the outbox, past every reader, to the last byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from koprogo.kit.events import Consumer, Received, Relay

from .conftest import Letters

COMPACTED_AT_ONCE = {
    "cleanup.policy": "compact",
    "segment.ms": "200",
    "min.cleanable.dirty.ratio": "0.001",
    "max.compaction.lag.ms": "200",
    "delete.retention.ms": "0",
}


@pytest.fixture
async def told(letters: Letters, bootstrap: str) -> AsyncIterator[Letters]:
    """The service of letters with a compacted topic of one partition, and its relay at work."""
    letters.topic = f"letters.{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics(
        [NewTopic(letters.topic, 1, 1, topic_configs=COMPACTED_AT_ONCE), NewTopic(f"{letters.topic}.dlq", 1, 1)]
    )
    await admin.close()
    relay = asyncio.create_task(Relay("letters", letters.run_url, bootstrap, letters.pool).run())
    yield letters
    relay.cancel()
    await asyncio.gather(relay, return_exceptions=True)


async def waiting(letters: Letters) -> int:
    count: int = await letters.superuser.fetchval("select count(*) from outbox where published_at is null")
    return count


async def published(letters: Letters) -> None:
    async with asyncio.timeout(20):
        while await waiting(letters):
            await asyncio.sleep(0.05)


async def log(bootstrap: str, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
    """All that is in a topic now."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        (partition,) = consumer.assignment()
        end = (await consumer.end_offsets([partition]))[partition]
        found = list[ConsumerRecord[bytes, bytes]]()
        async with asyncio.timeout(10):
            while await consumer.position(partition) < end:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += records
        return found
    finally:
        await consumer.stop()


class TestATombstone:
    async def test_follows_what_its_key_has_said(self, told: Letters, bootstrap: str) -> None:
        ids = await told.write(tenant := uuid4())
        await published(told)
        await told.operator.erase(tenant)
        await published(told)
        records = await log(bootstrap, told.topic)
        keys = [str(id_).encode() for id_ in ids]
        assert [(r.key, r.value is None) for r in records] == [*((k, False) for k in keys), *((k, True) for k in keys)]
        after = b"".join(value for r in records[5:] for _, value in r.headers)
        assert str(tenant).encode() not in after

    async def test_leaves_nothing_in_the_outbox_once_it_is_told(self, told: Letters) -> None:
        await told.write(tenant := uuid4())
        await told.operator.erase(tenant)
        async with asyncio.timeout(20):
            while await told.superuser.fetchval("select count(*) from outbox"):
                await asyncio.sleep(0.05)

    async def test_is_handed_to_no_reader_and_is_no_dead_letter(self, told: Letters, bootstrap: str) -> None:
        other, seen = uuid4(), list[UUID]()

        async def handle(event: Received) -> None:
            seen.append(event.tenant)

        await told.write(tenant := uuid4())
        await published(told)
        await told.operator.erase(tenant)
        await told.write(other)
        await published(told)
        reader = asyncio.create_task(Consumer(f"reader-{uuid4().hex[:8]}", bootstrap, {told.topic: handle}).run())
        async with asyncio.timeout(30):
            while len(seen) < 10:
                await asyncio.sleep(0.05)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        assert seen == [tenant] * 5 + [other] * 5
        assert await log(bootstrap, f"{told.topic}.dlq") == []

    async def test_takes_what_was_said_out_of_the_log(self, told: Letters, bootstrap: str) -> None:
        gone = await told.write(tenant := uuid4())
        kept = await told.write(other := uuid4())
        await published(told)
        await told.operator.erase(tenant)
        await published(told)
        written = {str(id_).encode() for id_ in gone}
        async with asyncio.timeout(90):
            while written & {record.key for record in await log(bootstrap, told.topic)}:
                # The broker cleans what is in closed segments: each new message may close one.
                await told.write(uuid4(), count=1)
                await asyncio.sleep(1)
        records = await log(bootstrap, told.topic)
        assert {str(id_).encode() for id_ in kept} <= {record.key for record in records}
        everything = b"".join((r.key or b"") + (r.value or b"") + b"".join(v for _, v in r.headers) for r in records)
        assert str(tenant).encode() not in everything and str(other).encode() in everything
