from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.governance.application.ports import Documents, Property, UnitOfWork
from koprogo.governance.domain.agenda import AgendaItem, check_agenda
from koprogo.governance.domain.general_meeting import GeneralMeeting, MeetingKind, MeetingState, check_shares
from koprogo.governance.domain.law.majority import Nature
from koprogo.kernel.errors import DomainError, Stale
from koprogo.kernel.words import Language

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=20_000)]
About = Annotated[
    str, msgspec.Meta(max_length=100, pattern="^([a-z]+/[a-z]+/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")
]
Short = Annotated[str, msgspec.Meta(max_length=300)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class AttachmentUnknown(DomainError):
    reason = "ATTACHMENT_UNKNOWN"


class DraftItem(msgspec.Struct, forbid_unknown_fields=True):
    title: Annotated[dict[Language, Title], msgspec.Meta(min_length=1)]
    text: dict[Language, Text] = {}
    nature: Nature | None = None
    """Decides the majority (R070); without it the item is not voted."""
    allocation_key: UUID | None = None
    attachments: Annotated[list[UUID], msgspec.Meta(max_length=30)] = []
    excluded: Annotated[list[UUID], msgspec.Meta(max_length=500)] = []
    retry_of_unanimity: bool = False
    about: About = ""
    """What of another service is put to the vote, as `finance/budget/<id>`; it learns what was decided."""
    id: UUID | None = None


Agenda = Annotated[list[DraftItem], msgspec.Meta(max_length=200)]


class DraftMeeting(msgspec.Struct, forbid_unknown_fields=True):
    kind: MeetingKind
    starts_at: Moment
    place: Short = ""
    remote_system: Short = ""
    consultation: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    required_acr: Annotated[str, msgspec.Meta(max_length=100)] = ""
    agenda: Agenda = []
    id: UUID | None = None


class ChangeMeeting(msgspec.Struct, forbid_unknown_fields=True):
    kind: MeetingKind | msgspec.UnsetType = msgspec.UNSET
    starts_at: Moment | msgspec.UnsetType = msgspec.UNSET
    place: Short | msgspec.UnsetType = msgspec.UNSET
    remote_system: Short | msgspec.UnsetType = msgspec.UNSET
    consultation: Annotated[str, msgspec.Meta(max_length=1000)] | msgspec.UnsetType = msgspec.UNSET
    required_acr: Annotated[str, msgspec.Meta(max_length=100)] | msgspec.UnsetType = msgspec.UNSET
    agenda: Agenda | msgspec.UnsetType = msgspec.UNSET


async def draft_meeting(
    association_id: UUID,
    command: DraftMeeting,
    *,
    tenant: UUID,
    uow: UnitOfWork,
    property_: Property,
    documents: Documents,
    ids: Callable[[], UUID],
    now: datetime,
) -> UUID:
    """A meeting in preparation; refused while the association's shares do not add up (R004)."""
    association = await property_.association(association_id)
    check_shares(association)
    meeting = GeneralMeeting(
        id=command.id or ids(),
        association_id=association_id,
        kind=command.kind,
        starts_at=command.starts_at,
        place=command.place,
        remote_system=command.remote_system,
        consultation=command.consultation,
        required_acr=command.required_acr,
        agenda=[_item(item, ids) for item in command.agenda],
        version=0,
    )
    meeting.check_draft(now)
    check_agenda(meeting.agenda, association.languages)
    await name_attachments(meeting.agenda, tenant=tenant, association_id=association_id, documents=documents)
    async with uow:
        await uow.meetings.save(meeting)
    return meeting.id


async def change_meeting(
    association_id: UUID,
    meeting_id: UUID,
    command: ChangeMeeting,
    *,
    version: int,
    tenant: UUID,
    uow: UnitOfWork,
    property_: Property,
    documents: Documents,
    ids: Callable[[], UUID],
    now: datetime,
) -> None:
    """Edit a draft; once convened, date and agenda stand as they were sent (R029)."""
    association = await property_.association(association_id)
    agenda = None if command.agenda is msgspec.UNSET else [_item(item, ids) for item in command.agenda]
    if agenda is not None:
        check_agenda(agenda, association.languages)
        await name_attachments(agenda, tenant=tenant, association_id=association_id, documents=documents)
    async with uow:
        meeting = await uow.meetings.get(association_id, meeting_id, lock=True)
        meeting.expect(MeetingState.DRAFT)
        if meeting.version != version:
            raise Stale("The meeting was changed since you read it; read it again.")
        for field in command.__struct_fields__:
            value = getattr(command, field)
            if field != "agenda" and value is not msgspec.UNSET:
                setattr(meeting, field, value)
        if agenda is not None:
            meeting.agenda = agenda
        meeting.check_draft(now)
        await uow.meetings.save(meeting)


async def name_attachments(
    agenda: Sequence[AgendaItem], *, tenant: UUID, association_id: UUID, documents: Documents
) -> None:
    wanted = {attachment for item in agenda for attachment in item.attachments}
    if not wanted:
        return
    known = await documents.names(tenant, association_id, sorted(wanted))
    for position, item in enumerate(agenda):
        for place, attachment in enumerate(item.attachments):
            if attachment not in known:
                raise AttachmentUnknown(
                    "There is no such document of this association; upload it first.",
                    field=f"agenda.{position}.attachments.{place}",
                )
        item.attachment_names = [known[attachment] for attachment in item.attachments]


def _item(draft: DraftItem, ids: Callable[[], UUID]) -> AgendaItem:
    return AgendaItem(
        id=draft.id or ids(),
        title=draft.title,
        text=draft.text,
        nature=draft.nature,
        allocation_key=draft.allocation_key,
        attachments=draft.attachments,
        excluded=draft.excluded,
        retry_of_unanimity=draft.retry_of_unanimity,
        about=draft.about,
    )
