"""What nobody could handle of a tenant is unsaid with him, and past every reader gone from the broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from koprogo.operator.adapters.dead_letters import BrokerUnavailable, DeadLetters
from koprogo.stack.parts.kafka import COMPACTED
from tests.platform.tenants.place import Place

TOPIC = "any.letters.dlq"
AT_ONCE = {"segment.ms": "200", "min.cleanable.dirty.ratio": "0.001", "delete.retention.ms": "0",
           "min.compaction.lag.ms": "0", "max.compaction.lag.ms": "200"}  # fmt: skip


@pytest.fixture
def bootstrap(place: Place) -> str:
    return place.kafka


@pytest.fixture
async def producer(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    if TOPIC not in await admin.list_topics():
        await admin.create_topics([NewTopic(TOPIC, 2, 1, topic_configs={**COMPACTED, **AT_ONCE})])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        yield producer


async def bury(producer: AIOKafkaProducer, tenant: UUID, number: int) -> bytes:
    key = f"{tenant.hex[:8]}/{number}".encode()
    named = [("koprogo_tenant", str(tenant).encode())]
    # Of one whose headers could not be read, his name may be in the text alone.
    value, headers = (str(tenant).encode(), []) if number == 0 else (b"x", named)
    await producer.send_and_wait(TOPIC, key=key, value=value, headers=headers, partition=number % 2)
    return key


async def letters(bootstrap: str) -> dict[bytes, bytes | None]:
    """What is said last of each key, and all that the topic holds of it."""
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        partitions = [TopicPartition(TOPIC, number) for number in range(2)]
        consumer.assign(partitions)
        found: dict[bytes, bytes | None] = {}
        while batch := await consumer.getmany(timeout_ms=1000):
            for records in batch.values():
                found |= {record.key or b"": record.value for record in records}
        return found


class TestATenantWhoIsErased:
    async def test_has_no_dead_letter_left_and_the_others_keep_theirs(
        self, bootstrap: str, producer: AIOKafkaProducer
    ) -> None:
        gone, there = uuid4(), uuid4()
        his = [await bury(producer, gone, number) for number in range(4)]
        others = [await bury(producer, there, number) for number in range(4)]
        for _ in range(2):
            await DeadLetters(bootstrap).forget(gone)
        found = await letters(bootstrap)
        assert [key for key in his if found.get(key) is not None] == []
        assert all(found[key] is not None for key in others)
        async with asyncio.timeout(90):
            numbers = count(10)
            while set(his) & set(await letters(bootstrap)):
                # The broker cleans what is in closed segments: each new message may close one.
                for _ in range(2):
                    await bury(producer, there, next(numbers))
                await asyncio.sleep(0.5)
        assert set(others) <= set(await letters(bootstrap))

    async def test_with_none_is_done(self, bootstrap: str, producer: AIOKafkaProducer) -> None:
        before = await letters(bootstrap)
        await DeadLetters(bootstrap).forget(uuid4())
        assert await letters(bootstrap) == before

    async def test_waits_for_a_broker_that_is_away(self) -> None:
        with pytest.raises(BrokerUnavailable):
            await DeadLetters("127.0.0.1:1").forget(uuid4())
