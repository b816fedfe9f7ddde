from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from koprogo.governance.application.ports import UnitOfWork
from koprogo.governance.application.views import MinutesView
from koprogo.governance.domain.general_meeting import MeetingState
from koprogo.governance.domain.roll_entry import Contact
from koprogo.kernel.errors import Conflict
from koprogo.kernel.words import Language


class MinutesMissing(Conflict):
    reason = "MINUTES_MISSING"


class AlreadyEntered(Conflict):
    reason = "ALREADY_ENTERED"


class SignMinutes(msgspec.Struct, forbid_unknown_fields=True):
    capacity: Literal["chair", "secretary", "co_owner"]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    co_ownership_id: UUID | None = None
    method: Literal["paper", "platform"] = "platform"


async def draft_minutes(
    association_id: UUID, meeting_id: UUID, *, uow: UnitOfWork, ids: Callable[[], UUID], now: datetime
) -> Sequence[MinutesView]:
    """The text that is read and signed at the end (R080), in each language of the association."""
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        meeting.expect(MeetingState.CLOSED, MeetingState.WITHOUT_QUORUM)
        known = await uow.minutes.of(meeting_id)
        if not known:
            assert meeting.association is not None
            hall = await uow.halls.enter(association_id, meeting_id, lock=False)
            await uow.paperwork.attendance_sheet(meeting, hall, document_id=ids())
            for language in meeting.association.languages:
                document_id = ids()
                await uow.minutes.add(meeting_id, document_id=document_id, language=language, is_final=False, at=now)
                await uow.paperwork.minutes(
                    meeting, hall, language, document_id=document_id, is_final=False, recipients=()
                )
            known = await uow.minutes.of(meeting_id)
    return known


async def sign_minutes(
    association_id: UUID,
    meeting_id: UUID,
    command: SignMinutes,
    *,
    subject: UUID,
    acr: str,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """A signature is an act of the roll call, and names the text that was signed by its hash."""
    async with uow:
        hall = await uow.halls.enter(association_id, meeting_id)
        drafts = [one for one in await uow.minutes.of(meeting_id) if not one.is_final and one.sha256]
        if not drafts:
            raise MinutesMissing("The minutes are not rendered yet; try again in a moment.")
        hall.sign(
            name=command.name,
            capacity=command.capacity,
            co_ownership=command.co_ownership_id,
            method=f"acr:{acr}" if command.method == "platform" else "paper",
            sha256=drafts[0].sha256,
            at=now,
            noted_by=str(subject),
        )
        await uow.halls.save(meeting_id, hall)


async def enter_and_send_minutes(
    association_id: UUID,
    meeting_id: UUID,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    now: datetime,
) -> int:
    """Enter the decisions in the register and send the minutes to all with a vote (R081). Returns to how many."""
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        meeting.expect(MeetingState.CLOSED, MeetingState.WITHOUT_QUORUM)
        hall = await uow.halls.enter(association_id, meeting_id, lock=False)
        hall.check_signed()
        if any(one.is_final for one in await uow.minutes.of(meeting_id)):
            raise AlreadyEntered("The minutes were entered and sent already.")
        assert meeting.roll is not None
        assert meeting.association is not None
        await uow.decisions.enter(meeting, hall, at=now)
        by_language: dict[Language, list[tuple[UUID, UUID, Contact]]] = defaultdict(list)
        for line in meeting.roll.lines:
            for contact in line.contacts:
                by_language[contact.language].append((line.co_ownership_id, ids(), contact))
        for language in dict.fromkeys([*meeting.association.languages, *by_language]):
            document_id = ids()
            await uow.minutes.add(meeting_id, document_id=document_id, language=language, is_final=True, at=now)
            for co_ownership_id, dispatch_id, contact in by_language[language]:
                await uow.dispatches.add(
                    meeting_id,
                    purpose="minutes",
                    document_id=document_id,
                    dispatch_id=dispatch_id,
                    co_ownership_id=co_ownership_id,
                    recipient=contact,
                    at=now,
                )
            await uow.paperwork.minutes(
                meeting,
                hall,
                language,
                document_id=document_id,
                is_final=True,
                recipients=[(dispatch_id, contact) for _, dispatch_id, contact in by_language[language]],
            )
    return sum(len(recipients) for recipients in by_language.values())
