"""The roll call on a real PostgreSQL: many at once, several processes, another tenant, a database that is changed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from koprogo.governance.application.hold_meeting import (
    Arrival,
    NoteArrivals,
    NoteDeparture,
    close_meeting,
    note_arrivals,
    note_departure,
)
from koprogo.governance.domain import roll_call
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.verify_roll_call import check
from koprogo.kernel.errors import DomainError, NotFound
from koprogo.kit.database import Pool
from koprogo_api.governance.events.v1.decision_pb2 import DecisionTaken

from .assembly import BUDGET, OWNERS, SECRETARY, START, Assembly


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
    async def test_takes_his_votes_out_and_is_verified(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.conflict(0, assembly.heads[1])
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
            await assembly.conflict(0, assembly.heads[1])

    async def test_of_somebody_who_is_not_on_the_roll_is_refused(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        with pytest.raises(DomainError, match="not on the roll"):
            await assembly.conflict(0, uuid4())


class TestClosingAMeeting:
    async def told(self, assembly: Assembly) -> list[DecisionTaken]:
        async with (uow := assembly.uow()):
            await uow.connection.execute("set local koprogo.relay = 'on'")
            rows = await uow.connection.fetch(
                "select key, payload from outbox where topic = 'governance.decision' and tenant_id = $1",
                assembly.tenant,
            )
        messages = [DecisionTaken.FromString(row["payload"]) for row in rows]
        assert [m.decision_id for m in messages] == [row["key"] for row in rows]
        return messages

    async def closed(self, assembly: Assembly, choice: Choice = Choice.FOR) -> None:
        await assembly.open_vote(0)
        await assembly.cast(0, assembly.heads[1], choice)
        await assembly.close_vote(0)
        await close_meeting(assembly.association, assembly.meeting, subject=SECRETARY, uow=assembly.uow(), now=START)

    @pytest.mark.parametrize(("choice", "adopted"), [(Choice.FOR, True), (Choice.AGAINST, False)])
    async def test_tells_what_became_of_each_item_that_was_voted(
        self, pool: Pool, choice: Choice, adopted: bool
    ) -> None:
        assembly = await Assembly(pool).opened()
        await self.closed(assembly, choice)
        (told,) = await self.told(assembly)
        assert (told.about, told.adopted, told.item_number, told.nature) == (BUDGET, adopted, 1, "ordinary")
        assert (told.association_id, told.decided_on) == (str(assembly.association), "2026-11-24")
        assert dict(told.titles) == {"fr": "Budget"}

    async def test_tells_it_under_the_id_of_the_register(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await self.closed(assembly)
        async with (uow := assembly.uow()):
            meeting = await uow.meetings.get(assembly.association, assembly.meeting)
            hall = await uow.halls.enter(assembly.association, assembly.meeting, lock=False)
            await uow.decisions.enter(meeting, hall, at=START)
            entered = await uow.decisions.page(assembly.association, 10, None)
        (told,) = await self.told(assembly)
        assert [(str(one.id), one.number, one.item) for one in entered] == [(told.decision_id, 1, 1)]

    async def test_tells_nothing_when_it_is_refused(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        await assembly.open_vote(0)
        with pytest.raises(DomainError, match="still open"):
            await close_meeting(
                assembly.association, assembly.meeting, subject=SECRETARY, uow=assembly.uow(), now=START
            )
        assert await self.told(assembly) == []

    async def test_goes_on_for_an_agenda_of_before_items_could_be_about_something(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        async with (uow := assembly.uow()):
            await uow.connection.execute(
                "update meetings set agenda = (select jsonb_agg(item - 'about' order by n)"
                " from jsonb_array_elements(agenda) with ordinality as items (item, n)) where id = $1",
                assembly.meeting,
            )
        await self.closed(assembly)
        (told,) = await self.told(assembly)
        assert told.about == ""


class TestTheRollCallInTheDatabase:
    async def test_is_the_same_whatever_an_item_is_about(self, pool: Pool) -> None:
        assembly = await Assembly(pool).opened()
        opening = (await assembly.hall()).acts[0]
        assert BUDGET not in str(opening.data)
        assert set(opening.data["items"][0]) == {"item", "nature", "key", "excluded", "retry_of_unanimity"}

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
