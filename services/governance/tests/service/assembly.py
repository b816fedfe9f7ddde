"""A meeting that is held, on a real PostgreSQL, by several processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from koprogo.governance.adapters.postgres.halls import ReplayedHalls
from koprogo.governance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.governance.application.hold_meeting import (
    Arrival,
    NoteArrivals,
    OpenMeeting,
    declare_quorum,
    note_arrivals,
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
from koprogo.governance.domain.agenda import AgendaItem
from koprogo.governance.domain.general_meeting import GeneralMeeting, MeetingKind
from koprogo.governance.domain.hall import Hall
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.roll_entry import AssociationFacts, Contact, RollLine, VoterRoll
from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Language
from koprogo.kit.database import Pool

OWNERS = 50
START = datetime(2026, 11, 24, 18, tzinfo=UTC)
SECRETARY = uuid4()
BUDGET = f"finance/budget/{uuid4()}"


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
            agenda=[
                AgendaItem(item, title, {}, Nature.ORDINARY, None, [], [], about=about)
                for item, about in zip(self.items, (BUDGET, ""), strict=True)
            ],
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

    async def conflict(self, item: int, head: UUID) -> None:
        await declare_conflict(
            self.association,
            self.meeting,
            self.items[item],
            DeclareConflict(head, "his firm is the contractor"),
            subject=SECRETARY,
            uow=self.uow(),
            now=START,
        )

    async def hall(self, process: int = 0) -> Hall:
        async with (uow := self.uow(process)):
            return await uow.halls.enter(self.association, self.meeting, lock=False)
