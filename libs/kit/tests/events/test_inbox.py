"""A fact that comes has one effect, however often it comes, or becomes a dead letter that says why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import asyncpg
import pytest

from koprogo.kernel.errors import Conflict, Unavailable
from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.events import Received
from koprogo.kit.events import consumer as consumer_module

from .facts import (
    MakeTopic,
    at_work,
    envelope,
    fact,
    headers,
    notes,
    noting,
    number,
    read,
    reader,
    send,
    until,
)


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
        assert told["dead_key"] == "one"
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
