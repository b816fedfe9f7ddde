"""Kafka's client may stand still without a word after its broker was away; readers and relays then start afresh."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from koprogo.kit.events import Consumer, Received
from koprogo.kit.events import consumer as consumer_module
from koprogo.kit.events import patience as patience_module

MakeTopic = Callable[[], Awaitable[str]]


async def tell(bootstrap: str, topic: str) -> UUID:
    told = uuid4()
    headers = [("ce_id", str(told)), ("ce_type", "Example"), ("koprogo_tenant", str(uuid4()))]
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait(topic, value=b"", headers=[(name, value.encode()) for name, value in headers])
    await producer.stop()
    return told


class Reader:
    """A consumer at work, the clients it made, and what it read."""

    def __init__(self, bootstrap: str, topic: str, clients: list[AIOKafkaConsumer]) -> None:
        self.seen: list[UUID] = []
        self.clients = clients
        self.bootstrap, self.topic = bootstrap, topic
        self.consumer = Consumer(f"reader-{uuid4().hex[:8]}", bootstrap, {topic: self.note})

    async def note(self, event: Received) -> None:
        self.seen.append(event.event_id)

    async def reads_what_is_told(self, seconds: float = 60) -> None:
        told = await tell(self.bootstrap, self.topic)
        async with asyncio.timeout(seconds):
            while told not in self.seen:
                await asyncio.sleep(0.05)


async def deafen(client: AIOKafkaConsumer) -> None:
    client._fetcher._fetch_task.cancel()
    # What was asked before is still answered.
    await asyncio.sleep(0.8)


@pytest.fixture
async def reader(bootstrap: str, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    monkeypatch.setattr(consumer_module, "SILENT_SECONDS", 4)
    monkeypatch.setattr(patience_module, "STOP_SECONDS", 1)
    clients: list[AIOKafkaConsumer] = []

    def make(*topics: str, **settings: Any) -> AIOKafkaConsumer:
        clients.append(AIOKafkaConsumer(*topics, **settings))
        return clients[-1]

    monkeypatch.setattr(consumer_module, "AIOKafkaConsumer", make)
    reader = Reader(bootstrap, await make_topic(), clients)
    at_work = asyncio.create_task(reader.consumer.run())
    yield reader
    at_work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await at_work


class TestAReaderWhoseClient:
    async def test_hears_nothing_more_starts_afresh(self, reader: Reader) -> None:
        await reader.reads_what_is_told()
        await deafen(reader.clients[-1])
        await reader.reads_what_is_told()
        assert len(reader.clients) > 1

    async def test_does_not_end_either_goes_on_without_it(self, reader: Reader) -> None:
        await reader.reads_what_is_told()
        stuck = reader.clients[-1]
        stuck._coordinator.close = asyncio.Event().wait  # type: ignore[method-assign]
        await deafen(stuck)
        # The group gives its partitions away when its session is over, after ten seconds.
        await reader.reads_what_is_told()
        assert len(reader.clients) > 1

    async def test_does_not_end_and_breaks_off_goes_on_without_it(self, reader: Reader) -> None:
        """Seen after a broker was killed: then the reader ended, and with it the process."""

        async def break_off() -> None:
            raise RuntimeError("the handler is closed")

        await reader.reads_what_is_told()
        stuck = reader.clients[-1]
        stuck._coordinator.close = asyncio.Event().wait  # type: ignore[method-assign]
        stuck._client._sync_task.cancel()
        stuck._client._sync_task = asyncio.create_task(break_off())
        await deafen(stuck)
        await reader.reads_what_is_told()
        assert len(reader.clients) > 1

    async def test_breaks_off_before_it_has_noted_what_was_read_reads_it_again(self, reader: Reader) -> None:
        async def commit(offsets: object) -> None:
            raise RuntimeError("the handler is closed")

        await reader.reads_what_is_told()
        reader.clients[-1].commit = commit  # type: ignore[method-assign,assignment]
        await reader.reads_what_is_told()
        async with asyncio.timeout(30):
            while reader.seen.count(reader.seen[-1]) < 2:
                await asyncio.sleep(0.05)
        assert len(reader.clients) == 2

    async def test_is_idle_keeps_it(self, reader: Reader) -> None:
        await reader.reads_what_is_told()
        await asyncio.sleep(6)
        await reader.reads_what_is_told()
        assert len(reader.clients) == 1
