"""The SQL, and the whole process from request to proof on the real parts."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import asyncpg
import httpx
import pytest

from koprogo.documents.adapters.jobs import Job
from koprogo.documents.adapters.postgres.documents import DocumentExists
from koprogo.documents.adapters.postgres.unit_of_work import (
    Open,
    PostgresUnitOfWork,
    open_dispatches,
    open_requests,
)
from koprogo.documents.adapters.smtp import SmtpMailer
from koprogo.documents.application.dispatch_document import dispatch_document
from koprogo.documents.application.ports import Reader
from koprogo.documents.application.render_document import note_request, render_document
from koprogo.documents.domain.dispatch import DispatchState
from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Role

from .builders import document, request
from .fakes import FakeMailer, FakeRenderer


def now():
    return datetime.now(UTC)


@pytest.fixture
def units(pool, tenant):
    return partial(PostgresUnitOfWork, pool, tenant)


class TestDocuments:
    async def test_are_listed_for_those_they_are_for(self, units, association):
        me = uuid4()
        kept = [
            document(os.urandom(9), association_id=association, stored_at=now() + timedelta(seconds=n), **what)
            for n, what in enumerate(
                [
                    {},
                    {"visible_to": ("owner",)},
                    {"visible_to": ("board_member", "accountant"), "subject": "meeting/1"},
                    {"visible_to_co_owner_id": me},
                ]
            )
        ]
        async with units() as uow:
            for one in kept:
                await uow.documents.add(one)
        readers = [
            Reader(frozenset(roles), frozenset(co_owners))
            for roles, co_owners in [
                ({Role.SYNDIC}, ()),
                ({Role.SUPER_ADMIN}, ()),
                ({Role.OWNER}, (me,)),
                ({Role.OWNER}, (uuid4(),)),
                ({Role.OWNER, Role.BOARD_MEMBER}, ()),
                ({Role.ACCOUNTANT}, ()),
                ((), ()),
            ]
        ]
        async with units() as uow:
            for reader in readers:
                # The statement and the rule of the domain say the same.
                wanted = [one for one in reversed(kept) if one.is_visible_to(reader.roles, reader.co_owners)]
                assert await uow.documents.page(association, reader, None, 10, None) == wanted
            first = await uow.documents.page(association, readers[0], None, 2, None)
            rest = await uow.documents.page(association, readers[0], None, 2, str(first[-1].id))
            assert [*first, *rest] == kept[::-1]
            assert await uow.documents.page(association, readers[0], "meeting/1", 9, None) == [kept[2]]

    async def test_are_nobody_elses(self, units, pool, association):
        one = document(association_id=association)
        async with units() as uow:
            await uow.documents.add(one)
        strange = PostgresUnitOfWork(pool, uuid4())
        with pytest.raises(NotFound):
            async with strange:
                await strange.documents.get(association, one.id)
        with pytest.raises(NotFound):
            async with units() as uow:
                await uow.documents.get(uuid4(), one.id)

    async def test_are_uploaded_once_also_at_the_same_moment(self, units, association):
        async def add():
            async with units() as uow:
                await uow.documents.add(document(association_id=association))

        done = await asyncio.gather(*(add() for _ in range(4)), return_exceptions=True)
        assert sum(one is None for one in done) == 1
        assert all(isinstance(one, DocumentExists) for one in done if one is not None)

    async def test_are_found_by_hash_his_own_first(self, units, association):
        ours, other = (document(association_id=association, subject=s) for s in ("", "meeting/1"))
        async with units() as uow:
            await uow.documents.add(ours)
            await uow.documents.add(other)
            for one in (ours, other):
                assert await uow.documents.by_hash(association, one.sha256, first=one.id) == one.id
            assert await uow.documents.by_hash(association, ours.sha256, first=uuid4()) in (ours.id, other.id)
            assert await uow.documents.by_hash(uuid4(), ours.sha256, first=ours.id) is None


class Journey:
    def __init__(self, pool, units, store, tenant, association):
        self.pool, self.units, self.store, self.tenant, self.association = pool, units, store, tenant, association
        self.renderer, self.document = FakeRenderer(), uuid4()

    async def note(self, *dispatches, **what):
        payload = request(self.document, *dispatches, association=self.association, **what)
        await note_request(payload, document_id=self.document, uow=self.units(), renderer=self.renderer, now=now())

    async def render(self):
        await render_document(self.document, uow=self.units, renderer=self.renderer, store=self.store, clock=now)

    async def dispatch(self, one, mailer):
        return await dispatch_document(one, uow=self.units, store=self.store, mailer=mailer, clock=now)

    async def open(self, find):
        return [one.id for one in await find(self.pool) if one.tenant == self.tenant]

    async def told(self, parts):
        owner = await asyncpg.connect(parts.database_url("documents"), server_settings={"koprogo.relay": "on"})
        rows = await owner.fetch(
            "select type, topic, key from outbox where tenant_id = $1 order by position", self.tenant
        )
        await owner.close()
        assert all((r["topic"], r["key"]) == ("documents.document", str(self.document)) for r in rows)
        return [r["type"].rpartition(".")[2] for r in rows]

    async def states(self):
        async with self.units() as uow:
            return [v.state for v in await uow.dispatches.page(self.association, None, 99, None)]


@pytest.fixture
def journey(pool, units, store, tenant, association):
    return Journey(pool, units, store, tenant, association)


class TestAProcess:
    async def test_goes_from_a_request_to_the_proofs(self, journey, parts):
        mails = [uuid4() for _ in range(3)]
        await journey.note(*mails)
        await journey.note(*mails)
        assert await journey.open(open_requests) == [journey.document]
        assert await journey.open(open_dispatches) == []
        await journey.render()
        assert await journey.open(open_requests) == []
        found = await journey.open(open_dispatches)
        assert sorted(found) == sorted(mails)
        mailer = SmtpMailer(host="127.0.0.1", port=parts.port("smtp"), sender="no-reply@koprogo.test")
        for one in found:
            assert await journey.dispatch(one, mailer) is DispatchState.SENT
        mailer.close()
        assert await journey.open(open_dispatches) == []
        assert await journey.told(parts) == ["DocumentRendered", *["DispatchChanged"] * 3]
        async with httpx.AsyncClient() as client:
            letters = (await client.get(f"{parts.mail_url}/messages")).json()
        ids = [letter["message_id"].strip("<>").partition("@")[0] for letter in letters]
        assert [ids.count(str(one)) for one in mails] == [1, 1, 1]

    async def test_waits_longer_after_each_failure(self, journey):
        one = uuid4()
        await journey.note(one)
        await journey.render()
        async with journey.units() as uow:
            sending = await uow.dispatches.get(one)
            sending.put_off("away", now())
            await uow.dispatches.save(sending)
        assert await journey.open(open_dispatches) == []
        for attempts, seconds, is_open in [
            (1, 3, False),
            (1, 5, True),
            (6, 100, False),
            (6, 130, True),
            (19, 601, True),
        ]:
            async with journey.units() as uow:
                await uow.connection.execute(
                    "update dispatches set attempts = $2, changed_at = $3 where id = $1",
                    one,
                    attempts,
                    now() - timedelta(seconds=seconds),
                )
            assert await journey.open(open_dispatches) == ([one] if is_open else []), (attempts, seconds)

    async def test_left_in_the_middle_of_a_mail_is_found_after_thirty_seconds(self, journey, parts):
        one = uuid4()
        await journey.note(one)
        await journey.render()
        for age, is_open in [(5, False), (31, True)]:
            async with journey.units() as uow:
                await uow.connection.execute(
                    "update dispatches set state = 'sending', changed_at = $2 where id = $1",
                    one,
                    now() - timedelta(seconds=age),
                )
            assert await journey.open(open_dispatches) == ([one] if is_open else [])
        mailer = FakeMailer()
        assert await journey.dispatch(one, mailer) is DispatchState.UNCONFIRMED
        assert mailer.left == []
        assert await journey.told(parts) == ["DocumentRendered", "DispatchChanged"]

    async def test_of_registered_letters_lists_them_with_their_addresses(self, journey):
        letters = [uuid4() for _ in range(3)]
        await journey.note(*letters, channel="registered_post")
        await journey.render()
        for one in letters:
            await journey.dispatch(one, FakeMailer())
        async with journey.units() as uow:
            first = await uow.dispatches.page(journey.association, "to_post", 2, None)
            rest = await uow.dispatches.page(journey.association, "to_post", 2, str(first[-1].id))
            assert await uow.dispatches.page(journey.association, "sent", 2, None) == []
        assert sorted(one.id for one in [*first, *rest]) == sorted(letters)
        assert first[0].address == ["Zavelstraat 12", "3000 Leuven"]

    async def test_shows_nothing_to_another_tenant(self, journey, pool):
        one = uuid4()
        await journey.note(one)
        strange = PostgresUnitOfWork(pool, uuid4())
        async with strange:
            assert await strange.dispatches.page(journey.association, None, 9, None) == []
            assert await strange.dispatches.of_document(journey.document) == []
            with pytest.raises(NotFound):
                await strange.dispatches.get(one)
            with pytest.raises(NotFound):
                await strange.requests.get(journey.document)

    async def test_dispatched_by_two_at_once_sends_one_mail(self, journey):
        one, mailer = uuid4(), FakeMailer()
        await journey.note(one)
        await journey.render()
        await asyncio.gather(*(journey.dispatch(one, mailer) for _ in range(4)))
        assert len(mailer.left) == 1
        assert await journey.states() == ["sent"]


class TestAJob:
    async def test_works_in_one_process_at_a_time_and_in_the_next_when_that_dies(self, parts):
        lock, done = 9_000_001, []

        def job(name):
            async def find():
                return [Open(uuid4(), uuid4())]

            async def carry_out(_):
                done.append(name)
                await asyncio.sleep(0.01)

            return asyncio.create_task(Job(parts.database_url("documents"), lock, find, carry_out).run())

        first = job("first")
        await asyncio.sleep(0.3)
        second = job("second")
        await asyncio.sleep(0.3)
        assert set(done) == {"first"}
        first.cancel()
        await asyncio.sleep(1.5)
        second.cancel()
        assert done[-1] == "second"
        await asyncio.gather(first, second, return_exceptions=True)

    async def test_told_to_end_finishes_what_is_in_hand(self, parts):
        begun, finished = asyncio.Event(), []

        async def find():
            return [Open(uuid4(), uuid4())]

        async def carry_out(_):
            begun.set()
            await asyncio.sleep(0.3)
            finished.append(True)

        task = asyncio.create_task(Job(parts.database_url("documents"), 9_000_002, find, carry_out).run())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert finished == [True]
