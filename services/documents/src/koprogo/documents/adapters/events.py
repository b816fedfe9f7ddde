"""What leaves this service, on which topic, with which key; and what comes in, read."""

from datetime import datetime
from uuid import UUID

from google.protobuf.message import DecodeError

from koprogo.documents.application.ports import Asked, Request
from koprogo.documents.domain.dispatch import Dispatch
from koprogo.documents.domain.document import SHARED_WITH, Document
from koprogo.kernel.errors import DomainError
from koprogo.kit.database import Outgoing
from koprogo_api.documents.events.v1.document_pb2 import DispatchChanged, DocumentRefused, DocumentRendered
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

TOPIC = "documents.document"
CHANNELS = {"email", "post", "registered_post"}


class RequestMalformed(DomainError):
    """It cannot be read, however often it is tried."""

    reason = "REQUEST_MALFORMED"


def rendered(document: Document) -> Outgoing:
    return Outgoing(
        TOPIC,
        str(document.id),
        DocumentRendered(
            document_id=str(document.id),
            subject=document.subject,
            sha256=document.sha256,
            size=document.size,
            rendered_at=document.stored_at.isoformat(),
        ),
    )


def refused(request: Request) -> Outgoing:
    return Outgoing(
        TOPIC,
        str(request.document_id),
        DocumentRefused(document_id=str(request.document_id), subject=request.subject, reason=request.reason),
    )


def dispatch_changed(dispatch: Dispatch) -> Outgoing:
    return Outgoing(
        TOPIC,
        str(dispatch.document_id),
        DispatchChanged(
            dispatch_id=str(dispatch.id),
            document_id=str(dispatch.document_id),
            subject=dispatch.subject,
            channel=dispatch.channel,
            status=dispatch.state.value,
            at=dispatch.changed_at.isoformat(),
            proof=dispatch.proof,
        ),
    )


def read_request(payload: bytes, at: datetime) -> Asked:
    try:
        return _asked(DocumentRequested.FromString(payload), at)
    except (DecodeError, ValueError) as malformed:
        raise RequestMalformed(f"A request for a document cannot be read: {type(malformed).__name__}.") from malformed


def _asked(request: DocumentRequested, at: datetime) -> Asked:
    if unknown := {one.channel for one in request.dispatches} - CHANNELS:
        raise ValueError(f"channels {unknown}")
    kind = request.WhichOneof("content") or ""
    letterhead = getattr(request, kind).letterhead if kind else None
    return Asked(
        association_id=UUID(request.association_id),
        subject=request.subject,
        language=request.language,
        file_name=request.file_name,
        visible_to=tuple(role for role in request.visible_to if role in SHARED_WITH),
        visible_to_co_owner_id=UUID(request.visible_to_co_owner_id) if request.visible_to_co_owner_id else None,
        dispatches=[
            Dispatch(
                id=UUID(one.dispatch_id),
                association_id=UUID(request.association_id),
                association_name=letterhead.association_name if letterhead else "",
                document_id=UUID(request.document_id),
                subject=request.subject,
                kind=kind,
                language=request.language,
                channel=one.channel,
                name=one.name,
                address=list(one.address),
                email=one.email,
                attachment_ids=[UUID(attachment) for attachment in one.attachment_ids],
                changed_at=at,
            )
            for one in request.dispatches
        ],
    )
