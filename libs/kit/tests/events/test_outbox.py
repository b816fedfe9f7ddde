"""A fact written in one transaction leaves once it is committed, whatever dies on the way."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.events import Received, Relay
from koprogo.kit.events import relay as relay_module

from .facts import (
    MakeTopic,
    at_work,
    fact,
    headers,
    marked,
    notes,
    noting,
    number,
    publish,
    read,
    reader,
    unpublished,
    until,
)


@pytest.fixture
async def relay(pool: Pool, database_url: str, bootstrap: str) -> Relay:
    # What another test left behind is not this one's.
    connection = await asyncpg.connect(database_url, server_settings={"koprogo.relay": "on"})
    await connection.execute("delete from outbox")
    await connection.close()
    return Relay("notes", database_url, bootstrap, pool)


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
        second = Relay("second", database_url, bootstrap, pool)
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
