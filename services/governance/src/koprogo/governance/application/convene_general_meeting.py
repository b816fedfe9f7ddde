from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.governance.application.ports import Property, UnitOfWork
from koprogo.governance.domain.agenda import check_agenda
from koprogo.governance.domain.general_meeting import check_shares


class ConveneGeneralMeeting(msgspec.Struct, forbid_unknown_fields=True):
    syndic_name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    urgency: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    """Why the notice is shorter than the law's; needed only then (R027)."""


async def convene_general_meeting(
    association_id: UUID,
    meeting_id: UUID,
    command: ConveneGeneralMeeting,
    *,
    tenant: UUID,
    uow: UnitOfWork,
    property_: Property,
    ids: Callable[[], UUID],
    now: datetime,
) -> int:
    """Freeze the voter roll of today, and ask a convocation for each who is to be convened (R022 to R029).

    Returns how many.
    """
    association = await property_.association(association_id)
    check_shares(association)
    roll = await property_.voter_roll(tenant, association_id, now)
    count = 0
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        policies = await uow.policies.of(association_id)
        meeting.convene(
            association=association,
            roll=roll,
            policies=policies,
            urgency=command.urgency,
            syndic_name=command.syndic_name,
            now=now,
        )
        check_agenda(meeting.agenda, association.languages)
        await uow.meetings.save(meeting)
        await uow.decisions.tell_convened(meeting)
        for line in roll.lines:
            for contact in line.contacts:
                document_id, dispatch_id = ids(), ids()
                await uow.dispatches.add(
                    meeting_id,
                    purpose="convocation",
                    document_id=document_id,
                    dispatch_id=dispatch_id,
                    co_ownership_id=line.co_ownership_id,
                    recipient=contact,
                    at=now,
                )
                await uow.paperwork.convocation(
                    meeting, line, contact, document_id=document_id, dispatch_id=dispatch_id, at=now
                )
                count += 1
    return count


class CallSecondAssembly(msgspec.Struct, forbid_unknown_fields=True):
    starts_at: Annotated[datetime, msgspec.Meta(tz=True)]
    place: Annotated[str, msgspec.Meta(max_length=300)] = ""
    id: UUID | None = None


async def call_second_assembly(
    association_id: UUID,
    meeting_id: UUID,
    command: CallSecondAssembly,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
) -> UUID:
    """After a meeting without quorum: the same agenda, decided whatever the attendance (R042)."""
    async with uow:
        first = await uow.meetings.get(association_id, meeting_id, lock=True)
        second = first.second_assembly(meeting_id=command.id or ids(), starts_at=command.starts_at, place=command.place)
        await uow.meetings.save(second)
        # A proxy for the first serves for the second, unless stated otherwise (R043).
        for proxy in await uow.proxies.of(meeting_id):
            await uow.proxies.add(second.id, msgspec.structs.replace(proxy, id=ids()))
    return second.id
