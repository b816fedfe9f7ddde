"""A first meeting without quorum, and the second that decides whatever the attendance (R042, R043)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from koprogo.governance.adapters.postgres.halls import ReplayedHalls
from koprogo.governance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.governance.application.convene_general_meeting import (
    CallSecondAssembly,
    ConveneGeneralMeeting,
    call_second_assembly,
    convene_general_meeting,
)
from koprogo.governance.application.draft_meeting import DraftItem, DraftMeeting, draft_meeting
from koprogo.governance.application.hold_meeting import (
    Arrival,
    NoteArrivals,
    OpenMeeting,
    close_meeting,
    declare_quorum,
    join_remotely,
    note_arrivals,
    open_meeting,
)
from koprogo.governance.application.record_proxies import RecordProxy, record_proxies
from koprogo.governance.application.vote import CastBallot, OpenVote, cast_ballot, close_vote, open_vote
from koprogo.governance.domain.general_meeting import MeetingKind, MeetingState
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.roll_entry import AssociationFacts, Contact, RollLine, VoterRoll
from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Language
from koprogo.kit.database import Pool
from koprogo.kit.ids import new_id

NOW = datetime(2026, 5, 20, 9, tzinfo=UTC)
FIRST = datetime(2026, 6, 10, 17, tzinfo=UTC)
SECRETARY = uuid4()
BUDGET = f"finance/budget/{uuid4()}"


class Neighbours:
    """property and documents, of an association of ten co-owners with 100 shares each."""

    def __init__(self) -> None:
        self.heads = [uuid4() for _ in range(10)]
        self.shares_sum = 1000

    async def association(self, association_id: UUID) -> AssociationFacts:
        return AssociationFacts(
            association_id, "ACP", "0403019261", ["Zavel 1", "Bruxelles"], [Language.FR], 1000, self.shares_sum
        )

    async def voter_roll(self, tenant: UUID, association_id: UUID, on: datetime) -> VoterRoll:
        contacts = [
            Contact(h, f"Owner {n}", Language.FR, ["Zavel", "Bruxelles"], "", False) for n, h in enumerate(self.heads)
        ]
        lines = [RollLine(c.co_owner_id, c.name, 100, [c.name[-1]], False, [c], {}) for c in contacts]
        return VoterRoll(1000, lines)

    async def names(self, tenant: UUID, association_id: UUID, ids: object) -> dict[UUID, str]:
        return {}


class Secretary:
    """Drives one association's meetings at moments of his choosing."""

    def __init__(self, pool: Pool) -> None:
        self.tenant, self.association, self.neighbours = uuid4(), uuid4(), Neighbours()
        self.pool, self.replayed = pool, ReplayedHalls()

    def uow(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self.pool, self.tenant, self.replayed)

    async def draft(self, *, remote_system: str = "") -> UUID:
        item = DraftItem({Language.FR: "Comptes"}, nature=Nature.ORDINARY, about=BUDGET)
        draft = DraftMeeting(MeetingKind.ORDINARY, FIRST, place="Zavel 1", remote_system=remote_system, agenda=[item])
        return await draft_meeting(
            self.association,
            draft,
            tenant=self.tenant,
            uow=self.uow(),
            property_=self.neighbours,
            documents=self.neighbours,
            ids=new_id,
            now=NOW,
        )

    async def convene(self, meeting: UUID, at: datetime) -> int:
        return await convene_general_meeting(
            self.association,
            meeting,
            ConveneGeneralMeeting("Claire Dubois"),
            tenant=self.tenant,
            uow=self.uow(),
            property_=self.neighbours,
            ids=new_id,
            now=at,
        )

    async def open(self, meeting: UUID, at: datetime, present: int) -> None:
        opening = OpenMeeting(self.neighbours.heads[0], "Claire Dubois")
        await open_meeting(self.association, meeting, opening, subject=SECRETARY, uow=self.uow(), now=at)
        arrivals = NoteArrivals([Arrival(head, "in_person") for head in self.neighbours.heads[:present]])
        await note_arrivals(self.association, meeting, arrivals, subject=SECRETARY, uow=self.uow(), now=at)

    async def failed_first(self) -> UUID:
        """Four of ten came."""
        meeting = await self.draft()
        await self.convene(meeting, NOW)
        await record_proxies(
            self.association,
            meeting,
            RecordProxy(self.neighbours.heads[9], holder=self.neighbours.heads[0]),
            uow=self.uow(),
            new_id=new_id(),
            own=frozenset(),
            manages=True,
        )
        await self.open(meeting, FIRST, 4)
        quorum = await declare_quorum(self.association, meeting, subject=SECRETARY, uow=self.uow(), now=FIRST)
        assert (quorum.valid, quorum.missing_heads, quorum.missing_votes) == (False, 2, 100)
        state = await close_meeting(self.association, meeting, subject=SECRETARY, uow=self.uow(), now=FIRST)
        assert state is MeetingState.WITHOUT_QUORUM
        return meeting

    async def call_second(self, first: UUID, starts_at: datetime) -> UUID:
        return await call_second_assembly(
            self.association, first, CallSecondAssembly(starts_at), uow=self.uow(), ids=new_id
        )


class TestTheSecondAssembly:
    async def test_decides_with_whoever_is_there_after_a_convocation_of_its_own(self, pool: Pool) -> None:
        secretary = Secretary(pool)
        first = await secretary.failed_first()
        second = await secretary.call_second(first, FIRST + timedelta(days=16))
        assert await secretary.convene(second, FIRST + timedelta(days=1)) == 10
        at = FIRST + timedelta(days=16)
        await secretary.open(second, at, 2)
        quorum = await declare_quorum(secretary.association, second, subject=SECRETARY, uow=secretary.uow(), now=at)
        assert (quorum.valid, quorum.reason) == (True, "SECOND_SESSION")
        async with (uow := secretary.uow()):
            agenda = (await uow.meetings.get(secretary.association, second)).agenda
            item = agenda[0].id
            carried_over = await uow.proxies.of(second)
        assert [p.principal for p in carried_over] == [secretary.neighbours.heads[9]], "R043"
        assert [one.about for one in agenda] == [BUDGET], "the same agenda"
        await open_vote(
            secretary.association, second, item, OpenVote(60), subject=SECRETARY, uow=secretary.uow(), now=at
        )
        for head in secretary.neighbours.heads[:2]:
            await cast_ballot(
                secretary.association,
                second,
                item,
                CastBallot(head, Choice.FOR),
                subject=head,
                co_owners=frozenset({head}),
                is_syndic=False,
                acr="1",
                uow=secretary.uow(),
                now=at,
            )
        result = await close_vote(secretary.association, second, item, subject=SECRETARY, uow=secretary.uow(), now=at)
        assert result["adopted"]

    async def test_is_not_held_before_the_fifteenth_day_nor_convened_late(self, pool: Pool) -> None:
        secretary = Secretary(pool)
        first = await secretary.failed_first()
        with pytest.raises(DomainError) as soon:
            await secretary.call_second(first, FIRST + timedelta(days=14))
        assert soon.value.reason == "SECOND_ASSEMBLY_TOO_SOON"
        second = await secretary.call_second(first, FIRST + timedelta(days=15))
        with pytest.raises(DomainError) as late:
            await secretary.convene(second, FIRST + timedelta(days=1))
        assert late.value.reason == "NOTICE_TOO_SHORT"
        with pytest.raises(DomainError) as twice:
            await secretary.call_second(first, FIRST + timedelta(days=20))
        assert twice.value.reason == "MEETING_EXISTS"

    async def test_is_not_called_after_a_meeting_that_was_valid(self, pool: Pool) -> None:
        secretary = Secretary(pool)
        meeting = await secretary.draft()
        await secretary.convene(meeting, NOW)
        with pytest.raises(DomainError) as refused:
            await secretary.call_second(meeting, FIRST + timedelta(days=20))
        assert refused.value.reason == "MEETING_STATE"


class TestAttendingRemotely:
    async def test_is_possible_only_if_the_convocation_says_so_and_for_oneself(self, pool: Pool) -> None:
        for system, own, reason in (("", True, "NO_REMOTE_ATTENDANCE"), ("meet.example", False, "NOT_YOUR_VOTE")):
            secretary = Secretary(pool)
            meeting = await secretary.draft(remote_system=system)
            await secretary.convene(meeting, NOW)
            await secretary.open(meeting, FIRST, 1)
            head = secretary.neighbours.heads[5]

            async def join(as_owner: bool, secretary: Secretary = secretary, meeting: UUID = meeting) -> None:
                head = secretary.neighbours.heads[5]
                await join_remotely(
                    secretary.association,
                    meeting,
                    head,
                    subject=uuid4(),
                    own=frozenset({head if as_owner else uuid4()}),
                    uow=secretary.uow(),
                    now=FIRST,
                )

            with pytest.raises(DomainError) as refused:
                await join(own)
            assert refused.value.reason == reason
            if system:
                await join(True)
                async with (uow := secretary.uow()):
                    hall = await uow.halls.enter(secretary.association, meeting, lock=False)
                assert hall.meeting is not None
                assert hall.meeting.is_present(str(head))


class TestAnItemOfTheAgenda:
    @pytest.mark.parametrize("about", ["", BUDGET, f"contractors/quote/{uuid4()}"])
    def test_names_what_it_is_about_as_its_service_does(self, about: str) -> None:
        draft = {"title": {"fr": "Budget"}, "about": about}
        assert msgspec.convert(draft, DraftItem).about == about

    @pytest.mark.parametrize("about", ["budget", "finance/budget/1", f"Finance/budget/{uuid4()}", f"{BUDGET}/x"])
    def test_is_refused_when_it_is_about_nothing_that_can_be_found(self, about: str) -> None:
        with pytest.raises(msgspec.ValidationError, match="about"):
            msgspec.convert({"title": {"fr": "Budget"}, "about": about}, DraftItem)


class TestAMeeting:
    async def test_is_not_drafted_while_the_shares_do_not_add_up(self, pool: Pool) -> None:
        secretary = Secretary(pool)
        secretary.neighbours.shares_sum = 990
        with pytest.raises(DomainError, match="10 missing") as refused:
            await secretary.draft()
        assert (refused.value.reason, refused.value.metadata["difference"]) == ("SHARES_DO_NOT_ADD_UP", "-10")

    async def test_is_not_opened_before_its_hour(self, pool: Pool) -> None:
        secretary = Secretary(pool)
        meeting = await secretary.draft()
        await secretary.convene(meeting, NOW)
        with pytest.raises(DomainError) as refused:
            await secretary.open(meeting, FIRST - timedelta(minutes=1), 1)
        assert refused.value.reason == "TOO_EARLY"

    @pytest.mark.parametrize(("day", "late"), [(25, False), (26, False), (27, True)])
    async def test_of_the_tenth_is_convened_by_the_twenty_sixth_at_the_latest(
        self, pool: Pool, day: int, late: bool
    ) -> None:
        secretary = Secretary(pool)
        meeting = await secretary.draft()
        at = datetime(2026, 5, day, 20, tzinfo=UTC)
        if late:
            with pytest.raises(DomainError) as refused:
                await secretary.convene(meeting, at)
            assert refused.value.metadata["latest_dispatch"] == "2026-05-26"
        else:
            assert await secretary.convene(meeting, at) == 10
