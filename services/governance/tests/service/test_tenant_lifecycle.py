"""What an organisation decided leaves whole, comes back under another one act by act, and is gone when erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from koprogo.governance.adapters.postgres.halls import ReplayedHalls
from koprogo.governance.application.hold_meeting import close_meeting, declare_quorum
from koprogo.governance.application.produce_minutes import (
    SignMinutes,
    draft_minutes,
    enter_and_send_minutes,
    sign_minutes,
)
from koprogo.governance.application.vote import CastBallot, OpenVote, cast_ballot, close_vote, open_vote
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.law.policies import Policies
from koprogo.kernel.words import Role
from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.ids import new_id
from koprogo.kit.tenants import state
from koprogo.kit.tenants.lifecycle import TenantLifecycle, nothing_to_provision, nothing_told
from koprogo.kit.testing import Operator, in_the_way, through_an_archive
from koprogo.kit.testing.in_process import write_local_grant
from koprogo.stack.testing import TestInstance, superuser_url

from .test_second_assembly import FIRST, SECRETARY, Secretary

AT = FIRST + timedelta(days=16)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


@pytest.fixture
async def superuser(town: TestInstance) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(superuser_url(town.instance, "governance"))
    yield connection
    await connection.close()


@pytest.fixture
def operator(pool: Pool) -> Operator:
    return Operator(TenantLifecycle(pool, nothing_to_provision, nothing_told))


class Decided(Secretary):
    """A first meeting without quorum and a second one that decided, with minutes that were signed and sent."""

    async def held(self) -> Decided:
        await write_local_grant(self.pool, uuid4(), Role.SYNDIC, self.tenant)
        async with (uow := self.uow()):
            await uow.policies.choose(self.association, dict(Policies()))
        first = await self.failed_first()
        self.meeting = await self.call_second(first, AT)
        await self.convene(self.meeting, FIRST + timedelta(days=1))
        await self.open(self.meeting, AT, 3)
        await declare_quorum(self.association, self.meeting, subject=SECRETARY, uow=self.uow(), now=AT)
        async with (uow := self.uow()):
            item = (await uow.meetings.get(self.association, self.meeting)).agenda[0].id
        by: dict[str, Any] = {"subject": SECRETARY, "now": AT}
        await open_vote(self.association, self.meeting, item, OpenVote(60), uow=self.uow(), **by)
        for head in self.neighbours.heads[:3]:
            await cast_ballot(
                self.association, self.meeting, item, CastBallot(head, Choice.FOR), co_owners=frozenset({head}),
                is_syndic=False, acr="1", uow=self.uow(), **by,
            )  # fmt: skip
        await close_vote(self.association, self.meeting, item, uow=self.uow(), **by)
        await close_meeting(self.association, self.meeting, uow=self.uow(), **by)
        (draft, *_) = await draft_minutes(self.association, self.meeting, uow=self.uow(), ids=new_id, now=AT)
        async with (uow := self.uow()):
            await uow.minutes.rendered(draft.document_id, sha256="ab" * 32, at=AT)
        for capacity in ("chair", "secretary", "co_owner"):
            head = None if capacity == "secretary" else self.neighbours.heads[0]
            signed = SignMinutes(capacity, "Claire Dubois", head)  # type: ignore[arg-type]
            await sign_minutes(self.association, self.meeting, signed, acr="1", uow=self.uow(), **by)
        await enter_and_send_minutes(self.association, self.meeting, uow=self.uow(), ids=new_id, now=AT)
        return self

    async def shown(self) -> dict[str, Any]:
        async with (uow := self.uow()):
            hall = await uow.halls.enter(self.association, self.meeting, lock=False)
            assert hall.meeting is not None
            present = [head for head in self.neighbours.heads if hall.meeting.is_present(str(head))]
            return {
                "present": present,
                "meeting": await uow.meetings.get(self.association, self.meeting),
                "proxies": await uow.proxies.of(self.meeting),
                "minutes": await uow.minutes.of(self.meeting),
                "dispatches": await uow.dispatches.of(self.meeting, 200, None),
                "decisions": await uow.decisions.page(self.association, 50, None),
                "acts": await uow.connection.fetch("select number, kind, data, previous, hash from acts order by hash"),
            }


class TestATenant:
    async def test_survives_an_archive_and_leaves_nothing_behind(
        self, pool: Pool, operator: Operator, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        decided, other = await Decided(pool).held(), await Decided(pool).held()
        before = await decided.shown()
        ids = [decided.association, decided.meeting, *decided.neighbours.heads]
        decided.tenant, archive = await through_an_archive(
            operator, superuser, decided.tenant, other=other.tenant, ids=ids
        )
        assert all(count for count, _ in archive.manifest.values()), archive.manifest
        # Replayed from its acts, as a process does that has not seen the meeting.
        decided.replayed = ReplayedHalls()
        assert await decided.shown() == before
        assert len(before["present"]) == 3 and before["decisions"]

    async def test_finds_nothing_in_the_way(self, pool: Pool) -> None:
        async with (uow := UnitOfWork(pool, uuid4())):
            assert await in_the_way(uow.connection) == []


class TestAnActOrADecision:
    @pytest.mark.parametrize("table", ["acts", "decisions"])
    async def test_is_removed_by_nothing_but_an_erasure(self, pool: Pool, table: str) -> None:
        decided = await Decided(pool).held()
        async with (uow := decided.uow()):
            assert await uow.connection.execute(f"delete from {table}") == "DELETE 0"
            assert await uow.connection.fetchval(f"select count(*) > 0 from {table}")
