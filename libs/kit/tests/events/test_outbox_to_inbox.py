"""A fact written in one transaction arrives once in another, whatever dies on the way."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from google.protobuf.message import Message

from koprogo.kernel.errors import Conflict, Unavailable
from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.events import Consumer, Handler, Received, Relay
from koprogo.kit.events import consumer as consumer_module
from koprogo.kit.events import relay as relay_module
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


@pytest.fixture
async def relay(database_url: str, bootstrap: str) -> Relay:
    # What another test left behind is not this one's.
    connection = await asyncpg.connect(database_url, server_settings={"koprogo.relay": "on"})
    await connection.execute("delete from outbox")
    await connection.close()
    return Relay("notes", database_url, bootstrap)


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


class TestAFact:
    async def test_travels_with_its_id_tenant_type_and_key(
        self, pool: Pool, relay: Relay, bootstrap: str, make_topic: MakeTopic, database_url: str
    ) -> None:
        topic, tenant = await make_topic(), uuid4()
        async with at_work(relay):
            await publish(pool, tenant, fact(topic, 7, "the key"))
            await marked(database_url)
        (record,) = await read(bootstrap, topic, 1)
        told = headers(record)
        assert record.key == b"the key" and number(record.value or b"") == 7
        assert told["koprogo_tenant"] == str(tenant)
        assert told["ce_type"] == "koprogo_api.identity.events.v1.GrantChanged"
        assert told["ce_source"] == "notes" and told["ce_specversion"] == "1.0"
        assert UUID(told["ce_id"]).version == 7

    async def test_does_not_leave_when_its_transaction_is_rolled_back(
        self, pool: Pool, relay: Relay, bootstrap: str, make_topic: MakeTopic, database_url: str
    ) -> None:
        topic, tenant = await make_topic(), uuid4()
        async with at_work(relay):
            with pytest.raises(LookupError):
                async with (uow := UnitOfWork(pool, tenant)):
                    await uow.publish(fact(topic, 1))
                    raise LookupError
            await publish(pool, tenant, fact(topic, 2))
            await marked(database_url)
        assert [number(r.value or b"") for r in await read(bootstrap, topic, 1)] == [2]

    async def test_keeps_its_place_within_its_key(
        self, pool: Pool, relay: Relay, bootstrap: str, make_topic: MakeTopic
    ) -> None:
        topic, tenant = await make_topic(), uuid4()
        seen: dict[str, list[int]] = {key: [] for key in "abc"}

        async def handle(event: Received) -> None:
            seen[event.key].append(number(event.payload))

        async with at_work(relay, reader(bootstrap, topic, handle)):
            for start in range(0, 60, 6):
                await publish(pool, tenant, *(fact(topic, n, "abc"[n % 3]) for n in range(start, start + 6)))
            await until(lambda: sum(map(len, seen.values())) == 60)
        assert all(numbers == sorted(numbers) for numbers in seen.values())

    async def test_is_not_lost_when_it_commits_after_a_later_one(
        self, pool: Pool, relay: Relay, bootstrap: str, make_topic: MakeTopic, database_url: str
    ) -> None:
        topic, tenant, seen = await make_topic(), uuid4(), list[int]()
        async with at_work(relay, reader(bootstrap, topic, noting(pool, seen))):
            async with (late := UnitOfWork(pool, tenant)):
                await late.publish(fact(topic, 1))
                await publish(pool, tenant, fact(topic, 2))
                await until(lambda: seen == [2])
            await until(lambda: seen == [2, 1])
        assert await notes(pool, tenant) == [1, 2]


class TestTheRelay:
    async def test_sends_again_with_the_same_id_when_it_died_before_marking(
        self,
        pool: Pool,
        relay: Relay,
        bootstrap: str,
        make_topic: MakeTopic,
        database_url: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        topic, tenant, seen = await make_topic(), uuid4(), list[int]()
        sent = asyncio.Event()
        real = AIOKafkaProducer.send

        async def send(self: AIOKafkaProducer, *what: Any, **how: Any) -> Any:
            delivery = await real(self, *what, **how)

            async def delivered_and_dead() -> None:
                await delivery
                sent.set()
                await asyncio.Event().wait()

            return delivered_and_dead()

        await publish(pool, tenant, fact(topic, 1))
        with monkeypatch.context() as broken:
            broken.setattr(AIOKafkaProducer, "send", send)
            async with at_work(relay):
                await asyncio.wait_for(sent.wait(), 20)
        assert await unpublished(database_url) == 1
        async with at_work(relay, reader(bootstrap, topic, noting(pool, seen))):
            await until(lambda: len(seen) == 2)
            await marked(database_url)
        first, second = await read(bootstrap, topic, 2)
        assert headers(first)["ce_id"] == headers(second)["ce_id"]
        assert await notes(pool, tenant) == [1], "the second delivery has had an effect"

    async def test_works_alone_and_its_successor_takes_over(
        self, pool: Pool, relay: Relay, bootstrap: str, make_topic: MakeTopic, database_url: str
    ) -> None:
        topic, tenant = await make_topic(), uuid4()
        second = Relay("second", database_url, bootstrap)
        async with at_work(relay) as (first_task,):
            await publish(pool, tenant, fact(topic, 0))
            await marked(database_url)
            async with at_work(second):
                for n in range(1, 20):
                    await publish(pool, tenant, fact(topic, n))
                await marked(database_url)
                first_task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await first_task
                await publish(pool, tenant, fact(topic, 20))
                await marked(database_url)
        records = await read(bootstrap, topic, 21)
        assert [number(r.value or b"") for r in records] == list(range(21))
        assert [headers(r)["ce_source"] for r in records] == ["notes"] * 20 + ["second"]

    async def test_goes_on_when_its_connection_to_the_database_is_cut(
        self, pool: Pool, relay: Relay, bootstrap: str, make_topic: MakeTopic, database_url: str, admin_url: str
    ) -> None:
        topic, tenant = await make_topic(), uuid4()
        async with at_work(relay):
            await publish(pool, tenant, fact(topic, 1))
            await marked(database_url)
            admin = await asyncpg.connect(f"{admin_url}/postgres")
            cut = await admin.fetchval(
                "select count(pg_terminate_backend(pid)) from pg_locks where locktype = 'advisory' and objid = $1",
                relay_module.LOCK,
            )
            await admin.close()
            await publish(pool, tenant, fact(topic, 2))
            await marked(database_url)
        assert cut == 1
        assert [number(r.value or b"") for r in await read(bootstrap, topic, 2)] == [1, 2]

    async def test_forgets_what_was_published_a_week_ago_and_nothing_else(
        self, pool: Pool, relay: Relay, make_topic: MakeTopic, database_url: str
    ) -> None:
        topic, tenant = await make_topic(), uuid4()
        connection = await asyncpg.connect(database_url, server_settings={"koprogo.relay": "on"})
        await publish(pool, tenant, fact(topic, 1), fact(topic, 2))
        await connection.execute(
            "update outbox set published_at = now() - interval '8 days' where key = 'one'"
            " and position = (select min(position) from outbox)"
        )
        async with at_work(relay):
            async with asyncio.timeout(20):
                while await connection.fetchval("select count(*) from outbox") != 1:
                    await asyncio.sleep(0.02)
        await connection.close()


class TestAnIdleRelay:
    async def test_looks_less_and_less_often_until_something_comes(
        self, pool: Pool, relay: Relay, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        topic, tenant = await make_topic(), uuid4()
        found, waited = list[int](), list[float]()
        look, last = relay._publish_some, asyncio.get_running_loop().time()

        async def noted(*of: Any) -> int:
            nonlocal last
            waited.append(asyncio.get_running_loop().time() - last)
            found.append(await look(*of))
            last = asyncio.get_running_loop().time()
            return found[-1]

        monkeypatch.setattr(relay, "_publish_some", noted)
        async with at_work(relay):
            await until(lambda: len(found) >= 7)
            assert waited[1] < relay_module.LONGEST_WAIT <= waited[6]
            await publish(pool, tenant, fact(topic, 1))
            # One look at once after it, and one after the first wait.
            await until(lambda: 1 in found and len(found) > found.index(1) + 2)
        at_once, first = waited[found.index(1) + 1 :][:2]
        assert at_once < relay_module.FIRST_WAIT <= first < relay_module.LONGEST_WAIT


class TestADuplicate:
    async def test_has_no_second_effect(self, pool: Pool, bootstrap: str, make_topic: MakeTopic) -> None:
        topic, tenant, event_id, seen = await make_topic(), uuid4(), uuid4(), list[int]()
        await send(bootstrap, topic, *[envelope(fact(topic, 5), tenant, event_id)] * 3)
        async with at_work(reader(bootstrap, topic, noting(pool, seen))):
            await until(lambda: len(seen) == 3)
        assert await notes(pool, tenant) == [5]

    async def test_is_one_effect_when_both_are_handled_at_the_same_moment(self, pool: Pool) -> None:
        tenant, event = uuid4(), uuid4()
        handle = noting(pool, [])
        received = Received(event, "t", tenant, "k", fact("t", 5).message.SerializeToString())
        await asyncio.gather(*(handle(received) for _ in range(4)))
        assert await notes(pool, tenant) == [5]

    async def test_does_not_count_when_the_first_was_rolled_back(self, pool: Pool) -> None:
        tenant, event = uuid4(), uuid4()
        with pytest.raises(LookupError):
            async with (uow := UnitOfWork(pool, tenant)):
                assert await uow.is_new(event)
                raise LookupError
        async with (uow := UnitOfWork(pool, tenant)):
            assert await uow.is_new(event)


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


class TestWhatCannotBeHandled:
    @pytest.fixture(autouse=True)
    def hurry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(consumer_module, "TRIES", 2)

    async def buried(
        self, bootstrap: str, topic: str, trouble: Callable[[int], Awaitable[None]]
    ) -> tuple[dict[str, str], list[int]]:
        """Two events of one key; the first is trouble. What the dead letter says, and what was handled after it."""
        seen: list[int] = []

        async def handle(event: Received) -> None:
            if number(event.payload) == 1:
                await trouble(1)
            seen.append(number(event.payload))

        await send(bootstrap, topic, *(envelope(fact(topic, n), uuid4()) for n in (1, 2)))
        consumer = reader(bootstrap, topic, handle)
        async with at_work(consumer):
            await until(lambda: seen == [2])
        (dead,) = await read(bootstrap, f"{topic}.dlq", 1)
        assert number(dead.value or b"") == 1
        return headers(dead), seen

    async def test_is_a_dead_letter_with_its_reason_and_the_next_is_handled(
        self, bootstrap: str, make_topic: MakeTopic
    ) -> None:
        async def refuse(_: int) -> None:
            raise Conflict("It is closed.", reason="MEETING_CLOSED")

        told, seen = await self.buried(bootstrap, await make_topic(), refuse)
        assert told["dead_reason"] == "MEETING_CLOSED"
        assert told["dead_reader"].startswith("reader-")
        assert {"ce_id", "ce_type", "koprogo_tenant"} <= set(told)
        assert seen == [2]

    async def test_is_tried_again_when_it_may_work_later(self, bootstrap: str, make_topic: MakeTopic) -> None:
        tries: list[int] = []

        async def not_yet(n: int) -> None:
            tries.append(n)
            raise Unavailable("Later.", reason="NOT_YET")

        told, _ = await self.buried(bootstrap, await make_topic(), not_yet)
        assert told["dead_reason"] == "NOT_YET"
        assert tries == [1, 1]

    async def test_is_a_dead_letter_when_the_handler_is_broken(self, bootstrap: str, make_topic: MakeTopic) -> None:
        async def broken(_: int) -> None:
            raise ZeroDivisionError

        told, _ = await self.buried(bootstrap, await make_topic(), broken)
        assert told["dead_reason"] == "ZeroDivisionError"

    async def test_does_not_block_its_topic_when_the_database_refuses_its_data(
        self, pool: Pool, bootstrap: str, make_topic: MakeTopic
    ) -> None:
        async def unfit(_: int) -> None:
            await pool.execute("select 1 / 0")

        told, _ = await self.buried(bootstrap, await make_topic(), unfit)
        assert told["dead_reason"] == "DivisionByZeroError"

    async def test_does_not_block_its_topic_when_its_data_cannot_be_encoded(
        self, pool: Pool, bootstrap: str, make_topic: MakeTopic
    ) -> None:
        async def unfit(_: int) -> None:
            await pool.fetchval("select $1::int", 2**40)

        told, _ = await self.buried(bootstrap, await make_topic(), unfit)
        assert told["dead_reason"] == "DataError"

    @pytest.mark.parametrize("header", [(), ("ce_id", b"no uuid"), ("ce_id", b"\xff\xfe")])
    async def test_is_a_dead_letter_when_its_headers_cannot_be_read(
        self, bootstrap: str, make_topic: MakeTopic, header: tuple[str, bytes]
    ) -> None:
        topic, seen = await make_topic(), list[int]()

        async def handle(event: Received) -> None:
            seen.append(number(event.payload))

        torn = {**envelope(fact(topic, 1), uuid4()), "headers": [header] if header else []}
        await send(bootstrap, topic, torn, envelope(fact(topic, 2), uuid4()))
        async with at_work(reader(bootstrap, topic, handle)):
            await until(lambda: seen == [2])
        (dead,) = await read(bootstrap, f"{topic}.dlq", 1)
        assert dict(dead.headers)["dead_reason"] == b"MALFORMED_HEADERS"


class TestWhileTheDatabaseIsAway:
    async def test_the_event_waits_and_is_not_lost(
        self, pool: Pool, bootstrap: str, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(consumer_module, "TRIES", 1)
        topic, tenant, seen, away = await make_topic(), uuid4(), list[int](), [3]
        note = noting(pool, seen)

        async def handle(event: Received) -> None:
            if away[0]:
                away[0] -= 1
                raise asyncpg.CannotConnectNowError("the database system is starting up")
            await note(event)

        await send(bootstrap, topic, *(envelope(fact(topic, n), tenant) for n in (1, 2)))
        async with at_work(reader(bootstrap, topic, handle)):
            await until(lambda: seen == [1, 2])
        assert await notes(pool, tenant) == [1, 2]
