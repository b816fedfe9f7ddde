"""The roll call on a real PostgreSQL: many at once, several processes, another tenant, a database that is changed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.governance.adapters.postgres.halls import ReplayedHalls
from koprogo.governance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.governance.application.hold_meeting import (
    Arrival,
    NoteArrivals,
    NoteDeparture,
    OpenMeeting,
    close_meeting,
    declare_quorum,
    note_arrivals,
    note_departure,
    open_meeting,
)
from koprogo.governance.application.vote import (
    CastBallot,
    DeclareConflict,
    OpenVote,
    cast_ballot,
    close_vote,
    declare_conflict,
    open_vote,
)
from koprogo.governance.domain import roll_call
from koprogo.governance.domain.agenda import AgendaItem
from koprogo.governance.domain.general_meeting import GeneralMeeting, MeetingKind
from koprogo.governance.domain.hall import Hall
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.roll_entry import AssociationFacts, Contact, RollLine, VoterRoll
from koprogo.governance.verify_roll_call import check
from koprogo.kernel.errors import DomainError, NotFound
from koprogo.kernel.words import Language
from koprogo.kit.database import Pool

OWNERS = 50
START = datetime(2026, 11, 24, 18, tzinfo=UTC)
SECRETARY = uuid4()


class Assembly:
    """A convened meeting of 50 co-owners with 20 shares each, opened, everybody there but one."""

    def __init__(self, pool: Pool, *, required_acr: str = "") -> None:
        self.pool, self.tenant, self.association = pool, uuid4(), uuid4()
        self.heads = [uuid4() for _ in range(OWNERS)]
        self.items = [uuid4(), uuid4()]
        self.required_acr = required_acr
        self.processes = [ReplayedHalls(), ReplayedHalls()]
        self.meeting = uuid4()

    def uow(self, process: int = 0, tenant: UUID | None = None) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self.pool, tenant or self.tenant, self.processes[process])

    async def opened(self) -> Assembly:
        title = {Language.FR: "Budget"}
        meeting = GeneralMeeting(
            id=self.meeting,
            association_id=self.association,
            kind=MeetingKind.ORDINARY,
            starts_at=START,
            place="Zavelplein 7",
            remote_system="",
            consultation="",
            required_acr=self.required_acr,
            agenda=[AgendaItem(item, title, {}, Nature.ORDINARY, None, [], []) for item in self.items],
            version=0,
        )
        facts = AssociationFacts(self.association, "ACP", "0403019261", ["Zavel"], [Language.FR], 1000, 1000)
        lines = [
            RollLine(head, f"Owner {n}", 20, [str(n)], False, [Contact(head, "", Language.FR, [], "", False)], {})
            for n, head in enumerate(self.heads)
        ]
        meeting.convene(
            association=facts,
            roll=VoterRoll(1000, lines),
            policies=Policies(),
            urgency="",
            syndic_name="Claire Dubois",
            now=START - timedelta(days=20),
        )
        async with (uow := self.uow()):
            await uow.meetings.save(meeting)
        opening = OpenMeeting(self.heads[0], "Claire Dubois")
        await self.do(open_meeting, opening)
        await self.do(note_arrivals, NoteArrivals([Arrival(head, "in_person") for head in self.heads[:-1]]))
        async with self.uow() as _:
            pass
        await declare_quorum(self.association, self.meeting, subject=SECRETARY, uow=self.uow(), now=START)
        return self

    async def do(self, deed: Callable[..., Awaitable[None]], command: object) -> None:
        await deed(self.association, self.meeting, command, subject=SECRETARY, uow=self.uow(), now=START)

    async def open_vote(self, item: int, seconds: int = 60) -> None:
        await open_vote(
            self.association,
            self.meeting,
            self.items[item],
            OpenVote(seconds),
            subject=SECRETARY,
            uow=self.uow(),
            now=START,
        )

    async def cast(
        self,
        item: int,
        head: UUID,
        choice: Choice = Choice.FOR,
        *,
        by: UUID | None = None,
        process: int = 0,
        acr: str = "1",
        at: datetime = START,
    ) -> str:
        """`counted`, or the reason of the refusal."""
        try:
            await cast_ballot(
                self.association,
                self.meeting,
                self.items[item],
                CastBallot(head, choice),
                subject=uuid4(),
                co_owners=frozenset({by or head}),
                is_syndic=False,
                acr=acr,
                uow=self.uow(process),
                now=at,
            )
        except DomainError as refused:
            return refused.reason
        return "counted"

    async def close_vote(self, item: int) -> Mapping[str, Any]:
        return await close_vote(
            self.association,
            self.meeting,
            self.items[item],
            subject=SECRETARY,
            uow=self.uow(),
            now=START + timedelta(seconds=61),
        )

    async def hall(self, process: int = 0) -> Hall:
        async with (uow := self.uow(process)):
            return await uow.halls.enter(self.association, self.meeting, lock=False)


class TestTwoHundredBallotsAtOnce:
    @pytest.mark.parametrize("processes", [1, 2])
    async def test_count_each_of_fifty_once_and_refuse_the_rest_with_a_reason(self, pool: Pool, processes: int) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        tries = [(n, head) for n, head in enumerate(assembly.heads * 4)]
        random.Random(7).shuffle(tries)
        answers = await asyncio.gather(*(assembly.cast(0, head, process=n % processes) for n, head in tries))
        assert Counter(answers) == {"counted": OWNERS - 1, "ALREADY_CAST": 3 * (OWNERS - 1), "NOT_PRESENT": 4}
        result = await assembly.close_vote(0)
        assert result["cast"] == {"for": "980", "against": "0", "abstain": "0", "blank": "0", "null": "0"}
        hall = await assembly.hall(1)
        roll_call.verify(hall.acts)
        assert roll_call.read_export(roll_call.export(hall.acts)) == tuple(hall.acts)


class TestABallot:
    async def test_is_cast_by_nobody_else(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        assert await assembly.cast(0, assembly.heads[1], by=assembly.heads[2]) == "NOT_YOUR_VOTE"
        assert await assembly.cast(0, uuid4()) == "NOT_YOUR_VOTE"

    async def test_needs_the_sign_in_level_the_meeting_demands(self, pool: Pool) -> None:
        assembly = await Assembly(pool, required_acr="2").opened()
        await assembly.open_vote(0)
        assert await assembly.cast(0, assembly.heads[1], acr="1") == "SIGN_IN_TOO_WEAK"
        assert await assembly.cast(0, assembly.heads[1], acr="") == "SIGN_IN_TOO_WEAK"
        assert await assembly.cast(0, assembly.heads[1], acr="2") == "counted"
        act = (await assembly.hall()).acts[-1]
        assert (act.data["acr"], act.data["channel"]) == ("2", "api")

    async def test_is_late_after_the_time_by_the_servers_clock(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0, seconds=10)
        assert await assembly.cast(0, assembly.heads[1], at=START + timedelta(seconds=10)) == "counted"
        assert await assembly.cast(0, assembly.heads[2], at=START + timedelta(seconds=11)) == "VOTE_OVER"

    async def test_of_who_has_left_is_refused_and_of_who_comes_late_is_taken(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        await assembly.do(note_departure, NoteDeparture(assembly.heads[3]))
        await assembly.do(note_arrivals, NoteArrivals([Arrival(assembly.heads[-1], "in_person")]))
        assert await assembly.cast(0, assembly.heads[3]) == "NOT_PRESENT"
        assert await assembly.cast(0, assembly.heads[-1]) == "counted"

    async def test_is_not_counted_when_its_transaction_fails(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        with pytest.raises(RuntimeError):
            async with (uow := assembly.uow()):
                hall = await uow.halls.enter(assembly.association, assembly.meeting)
                hall.cast_ballot(
                    assembly.items[0],
                    assembly.heads[1],
                    Choice.FOR,
                    subject=SECRETARY,
                    co_owners={assembly.heads[1]},
                    is_secretary=False,
                    acr="1",
                    at=START,
                )
                await uow.halls.save(assembly.meeting, hall)
                raise RuntimeError("the process dies before the commit")
        assert await assembly.cast(0, assembly.heads[1], Choice.AGAINST) == "counted"


class TestWhatAProcessRemembers:
    async def test_is_not_believed_when_its_commit_failed(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        async with (uow := assembly.uow()):
            lost = await uow.halls.enter(assembly.association, assembly.meeting)
            ballot = {"subject": SECRETARY, "is_secretary": False, "acr": "1", "at": START}
            head = assembly.heads[1]
            lost.cast_ballot(assembly.items[0], head, Choice.FOR, co_owners={head}, **ballot)
        # It was remembered with the ballot and never written: as if the commit had failed.
        assert await assembly.cast(0, head, Choice.AGAINST) == "counted"
        assembly.processes[0].put(assembly.meeting, lost)
        assert await assembly.cast(0, assembly.heads[2], process=1) == "counted"
        assert await assembly.cast(0, assembly.heads[3]) == "counted"
        hall = await assembly.hall()
        roll_call.verify(hall.acts)
        assert [act.data["choice"] for act in hall.acts if act.kind is roll_call.ActKind.BALLOT] == [
            "against",
            "for",
            "for",
        ]


class TestAConflictDeclaredInTheMeeting:
    async def declare(self, assembly: Assembly, item: int, head: UUID) -> None:
        await declare_conflict(
            assembly.association,
            assembly.meeting,
            assembly.items[item],
            DeclareConflict(head, "his firm is the contractor"),
            subject=SECRETARY,
            uow=assembly.uow(),
            now=START,
        )

    async def test_takes_his_votes_out_and_is_verified(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await self.declare(assembly, 0, assembly.heads[1])
        await assembly.open_vote(0)
        assert await assembly.cast(0, assembly.heads[1]) == "NO_VOTE_ON_THIS"
        assert await assembly.cast(0, assembly.heads[2], Choice.AGAINST) == "counted"
        result = await assembly.close_vote(0)
        # 49 are there; without him 48, of whom one is against and the others abstain.
        assert (result["cast"]["against"], result["cast"]["abstain"]) == ("20", str(47 * 20))
        assert any("Owner 1 " in sentence for sentence in result["explanations"])
        await close_meeting(assembly.association, assembly.meeting, subject=SECRETARY, uow=assembly.uow(), now=START)
        report, fine = check(roll_call.export((await assembly.hall(1)).acts))
        assert fine, report

    async def test_comes_too_late_once_the_vote_is_open(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        with pytest.raises(DomainError, match="opened already"):
            await self.declare(assembly, 0, assembly.heads[1])

    async def test_of_somebody_who_is_not_on_the_roll_is_refused(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        with pytest.raises(DomainError, match="not on the roll"):
            await self.declare(assembly, 0, uuid4())


class TestTheRollCallInTheDatabase:
    async def test_is_not_there_for_another_tenant(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        stranger = assembly.uow(tenant=uuid4())
        with pytest.raises(NotFound):
            async with stranger:
                await stranger.halls.enter(assembly.association, assembly.meeting)
        async with (uow := assembly.uow(tenant=uuid4())):
            for table in ("meetings", "acts", "proxies", "dispatches", "minutes", "decisions", "policy_choices"):
                assert await uow.connection.fetchval(f"select count(*) from {table}") == 0, table

    async def test_cannot_be_changed_or_shortened_by_the_service(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        async with (uow := assembly.uow()):
            assert await uow.connection.execute("update acts set data = '{}'") == "UPDATE 0"
            assert await uow.connection.execute("delete from acts") == "DELETE 0"

    async def test_keeps_one_ballot_an_ownership_whatever_the_program_does(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        await assembly.cast(0, assembly.heads[1])
        with pytest.raises(asyncpg.UniqueViolationError):
            async with (uow := assembly.uow()):
                await uow.connection.execute(
                    "insert into acts (meeting_id, number, at, kind, data, previous, hash)"
                    " select meeting_id, number + 1, at, kind, data, previous, hash from acts"
                    " where meeting_id = $1 and kind = 'ballot'",
                    assembly.meeting,
                )
