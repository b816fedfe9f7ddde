"""What governance asks of documents: convocations, attendance sheets and minutes, through the outbox."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from koprogo.governance.adapters import minutes_content
from koprogo.governance.domain.general_meeting import BRUSSELS, GeneralMeeting
from koprogo.governance.domain.hall import Hall
from koprogo.governance.domain.roll_entry import Contact, RollLine
from koprogo.kernel.words import Language
from koprogo.kit.database import Outgoing, UnitOfWork
from koprogo_api.documents.events.v1 import content_pb2 as content
from koprogo_api.documents.events.v1.request_pb2 import Dispatch, DocumentRequested

TOPIC = "documents.request"
FILE_NAMES = {
    "convocation": {"fr": "convocation", "nl": "oproeping", "de": "einladung", "en": "convocation"},
    "minutes": {"fr": "proces-verbal", "nl": "notulen", "de": "protokoll", "en": "minutes"},
    "attendance": {
        "fr": "liste-de-presence",
        "nl": "aanwezigheidslijst",
        "de": "anwesenheitsliste",
        "en": "attendance",
    },
}
READERS = ["accountant", "board_member", "owner"]


class OutboxPaperwork:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def convocation(
        self,
        meeting: GeneralMeeting,
        line: RollLine,
        contact: Contact,
        *,
        document_id: UUID,
        dispatch_id: UUID,
        at: datetime,
    ) -> None:
        assert meeting.association is not None
        request = self._request(meeting, document_id, contact.language, "convocation")
        request.visible_to_co_owner_id = str(contact.co_owner_id)
        request.convocation.CopyFrom(
            content.Convocation(
                letterhead=minutes_content.letterhead(meeting),
                meeting=minutes_content.meeting(meeting),
                recipient_address=contact.address,
                recipient_name=contact.name,
                co_ownership_name=line.name,
                lots=line.lots,
                votes=line.votes,
                share_denominator=meeting.association.share_denominator,
                agenda=minutes_content.agenda(meeting, contact.language),
                consultation=meeting.consultation,
                urgency=meeting.urgency,
                dated=at.astimezone(BRUSSELS).date().isoformat(),
                suspended=line.suspended,
            )
        )
        attachments = [str(one) for item in meeting.agenda for one in item.attachments]
        request.dispatches.append(_dispatch(dispatch_id, contact, attachments))
        await self._send(request)

    async def attendance_sheet(self, meeting: GeneralMeeting, hall: Hall, *, document_id: UUID) -> None:
        assert meeting.association is not None
        request = self._request(meeting, document_id, meeting.association.languages[0], "attendance")
        request.visible_to.extend(READERS)
        request.attendance_sheet.CopyFrom(
            content.AttendanceSheet(
                letterhead=minutes_content.letterhead(meeting),
                meeting=minutes_content.meeting(meeting),
                share_denominator=meeting.association.share_denominator,
                lines=minutes_content.attendance(meeting, hall),
            )
        )
        await self._send(request)

    async def minutes(
        self,
        meeting: GeneralMeeting,
        hall: Hall,
        language: Language,
        *,
        document_id: UUID,
        is_final: bool,
        recipients: Sequence[tuple[UUID, Contact]],
    ) -> None:
        request = self._request(meeting, document_id, language, "minutes")
        request.visible_to.extend(READERS)
        request.minutes.CopyFrom(minutes_content.minutes(meeting, hall, language, with_signatures=is_final))
        request.dispatches.extend(_dispatch(dispatch_id, contact, []) for dispatch_id, contact in recipients)
        await self._send(request)

    def _request(self, meeting: GeneralMeeting, document_id: UUID, language: Language, kind: str) -> DocumentRequested:
        return DocumentRequested(
            document_id=str(document_id),
            association_id=str(meeting.association_id),
            subject=f"meeting/{meeting.id}",
            language=language.value,
            file_name=f"{FILE_NAMES[kind][language.value]}-{meeting.day.isoformat()}.pdf",
        )

    async def _send(self, request: DocumentRequested) -> None:
        await self._uow.publish(Outgoing(TOPIC, request.document_id, request))


def _dispatch(dispatch_id: UUID, contact: Contact, attachments: Sequence[str]) -> Dispatch:
    return Dispatch(
        dispatch_id=str(dispatch_id),
        channel="email" if contact.accepts_email else "registered_post",
        name=contact.name,
        address=contact.address,
        email=contact.email,
        attachment_ids=attachments,
    )
