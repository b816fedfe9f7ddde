import math
from datetime import datetime
from uuid import UUID

from koprogo.governance.application.ports import UnitOfWork
from koprogo.governance.application.views import Live


async def watch(association_id: UUID, meeting_id: UUID, *, uow: UnitOfWork, now: datetime) -> Live:
    """How the meeting stands, without any tally of a vote that is open."""
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id)
        hall = await uow.halls.enter(association_id, meeting_id, lock=False)
        item, closes_at = next(iter(hall.voting.items()), (None, None))
        standing = hall.meeting.quorum() if hall.meeting is not None else None
        return Live(
            state=meeting.state,
            heads_present=standing.heads_present if standing else 0,
            votes_present=standing.votes_present if standing else 0,
            quorum=bool(hall.quorum and hall.quorum["valid"]),
            item=UUID(item) if item else None,
            closes_at=closes_at,
            seconds_left=max(0, math.ceil((closes_at - now).total_seconds())) if closes_at else 0,
            server_time=now,
            ballots_in=len(hall.cast[item]) if item else 0,
            ballots_expected=len(hall.voters(item) | hall.cast[item]) if item else 0,
            closed_items=[UUID(one) for one in hall.results],
            acts=hall.count,
        )
