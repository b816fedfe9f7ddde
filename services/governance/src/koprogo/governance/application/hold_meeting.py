"""Opening, attendance, quorum, remarks and closing of a meeting: one act each, in one transaction each."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from koprogo.governance.application.ports import UnitOfWork
from koprogo.governance.domain.general_meeting import MeetingState
from koprogo.governance.domain.hall import NotYourVote
from koprogo.governance.domain.law.quorum import QuorumResult


class OpenMeeting(msgspec.Struct, forbid_unknown_fields=True):
    chair: UUID
    """Co-ownership of the chair, who is a co-owner (R040)."""
    secretary: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Arrival(msgspec.Struct, forbid_unknown_fields=True):
    co_ownership_id: UUID
    mode: Literal["in_person", "remote", "by_proxy"]


class NoteArrivals(msgspec.Struct, forbid_unknown_fields=True):
    arrivals: Annotated[list[Arrival], msgspec.Meta(min_length=1, max_length=1000)]


class NoteDeparture(msgspec.Struct, forbid_unknown_fields=True):
    co_ownership_id: UUID


class NoteRemark(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=5000)]
    item_id: UUID | None = None


async def open_meeting(
    association_id: UUID, meeting_id: UUID, command: OpenMeeting, *, subject: UUID, uow: UnitOfWork, now: datetime
) -> None:
    """Who opens is the secretary: ballots on paper are entered by him and by nobody else."""
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        meeting.check_may_open(now)
        hall = await uow.halls.enter(association_id, meeting_id)
        hall.open(
            meeting,
            proxies=await uow.proxies.of(meeting_id),
            chair=command.chair,
            secretary=command.secretary,
            secretary_subject=subject,
            opened_by=str(subject),
            at=now,
        )
        meeting.state = MeetingState.OPEN
        await uow.meetings.save(meeting)
        await uow.halls.save(meeting_id, hall)


async def note_arrivals(
    association_id: UUID, meeting_id: UUID, command: NoteArrivals, *, subject: UUID, uow: UnitOfWork, now: datetime
) -> None:
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        for arrival in command.arrivals:
            hall.arrive(arrival.co_ownership_id, arrival.mode, at=now, noted_by=str(subject))
        await uow.halls.save(meeting_id, hall)


async def join_remotely(
    association_id: UUID,
    meeting_id: UUID,
    co_ownership_id: UUID,
    *,
    subject: UUID,
    own: frozenset[UUID],
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """An owner signs in to a meeting he attends from elsewhere (R020, R021)."""
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        represented: list[str] = next(
            (
                line["represented_by"]
                for line in (hall.opening["roll"] if hall.count else [])
                if line["co_ownership"] == str(co_ownership_id)
            ),
            [],
        )
        if not {str(one) for one in own} & set(represented):
            raise NotYourVote("You cannot attend for this co-ownership.")
        hall.arrive(co_ownership_id, "remote", at=now, noted_by=str(subject))
        await uow.halls.save(meeting_id, hall)


async def note_departure(
    association_id: UUID, meeting_id: UUID, command: NoteDeparture, *, subject: UUID, uow: UnitOfWork, now: datetime
) -> None:
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        hall.leave(command.co_ownership_id, at=now, noted_by=str(subject))
        await uow.halls.save(meeting_id, hall)


async def declare_quorum(
    association_id: UUID, meeting_id: UUID, *, subject: UUID, uow: UnitOfWork, now: datetime
) -> QuorumResult:
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        result = hall.declare_quorum(at=now, declared_by=str(subject))
        await uow.halls.save(meeting_id, hall)
    return result


async def note_remark(
    association_id: UUID, meeting_id: UUID, command: NoteRemark, *, subject: UUID, uow: UnitOfWork, now: datetime
) -> None:
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        hall.remark(command.text, command.item_id, at=now, noted_by=str(subject))
        await uow.halls.save(meeting_id, hall)


async def close_meeting(
    association_id: UUID, meeting_id: UUID, *, subject: UUID, uow: UnitOfWork, now: datetime
) -> MeetingState:
    """Without quorum nothing was decided, and a second assembly may be called (R042)."""
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        meeting.expect(MeetingState.OPEN)
        hall = await uow.halls.enter(association_id, meeting_id)
        hall.close(at=now, closed_by=str(subject))
        valid = hall.quorum is not None and hall.quorum["valid"]
        meeting.state = MeetingState.CLOSED if valid else MeetingState.WITHOUT_QUORUM
        await uow.meetings.save(meeting)
        await uow.halls.save(meeting_id, hall)
        await uow.decisions.tell(meeting, hall)
    return meeting.state
