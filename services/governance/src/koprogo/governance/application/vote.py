"""Opening a vote, casting, closing. The server decides who votes with which weight."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from koprogo.governance.application.ports import UnitOfWork
from koprogo.governance.domain.law.cap import Choice


class OpenVote(msgspec.Struct, forbid_unknown_fields=True):
    seconds: Annotated[int, msgspec.Meta(ge=5, le=24 * 3600)]


class CastBallot(msgspec.Struct, forbid_unknown_fields=True):
    co_ownership_id: UUID
    choice: Choice


class DeclareConflict(msgspec.Struct, forbid_unknown_fields=True):
    co_ownership_id: UUID
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


async def declare_conflict(
    association_id: UUID,
    meeting_id: UUID,
    item_id: UUID,
    command: DeclareConflict,
    *,
    subject: UUID,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Somebody serves the association in what is to be decided; he and the proxies he carries take no part (R059)."""
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        hall.declare_conflict(item_id, command.co_ownership_id, command.reason, at=now, noted_by=str(subject))
        await uow.halls.save(meeting_id, hall)


async def open_vote(
    association_id: UUID,
    meeting_id: UUID,
    item_id: UUID,
    command: OpenVote,
    *,
    subject: UUID,
    uow: UnitOfWork,
    now: datetime,
) -> datetime:
    """Returns until when ballots are taken, by the server's clock."""
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        closes_at = hall.open_vote(item_id, command.seconds, at=now, opened_by=str(subject))
        await uow.halls.save(meeting_id, hall)
    return closes_at


async def cast_ballot(
    association_id: UUID,
    meeting_id: UUID,
    item_id: UUID,
    command: CastBallot,
    *,
    subject: UUID,
    co_owners: frozenset[UUID],
    is_syndic: bool,
    acr: str,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        hall.cast_ballot(
            item_id,
            command.co_ownership_id,
            command.choice,
            subject=subject,
            co_owners=co_owners,
            is_secretary=is_syndic and bool(hall.count) and hall.opening["secretary_subject"] == str(subject),
            acr=acr,
            at=now,
        )
        await uow.halls.save(meeting_id, hall)


async def close_vote(
    association_id: UUID, meeting_id: UUID, item_id: UUID, *, subject: UUID, uow: UnitOfWork, now: datetime
) -> Mapping[str, Any]:
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        result = hall.close_vote(item_id, at=now, closed_by=str(subject))
        await uow.halls.save(meeting_id, hall)
    return result
