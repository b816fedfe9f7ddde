import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

from koprogo.documents.domain.dispatch import Dispatch
from koprogo.documents.domain.document import Document
from koprogo_api.documents.events.v1.content_pb2 import Convocation, Letterhead
from koprogo_api.documents.events.v1.request_pb2 import Dispatch as AskedDispatch
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

ASSOCIATION = UUID("01890000-0000-7000-8000-000000000001")
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
PDF = b"%PDF-1.7\nplan"


def dispatch(**what: object) -> Dispatch:
    wanted: dict[str, object] = {
        "id": uuid4(),
        "association_id": ASSOCIATION,
        "association_name": "ACP Résidence « Les Tilleuls »",
        "document_id": uuid4(),
        "subject": "meeting/1",
        "kind": "convocation",
        "language": "fr",
        "channel": "email",
        "name": "Élise Müller",
        "address": ["rue Haute 1", "1000 Bruxelles"],
        "email": "elise@example.org",
        "attachment_ids": [],
        "changed_at": AT,
    }
    return Dispatch(**{**wanted, **what})


def document(content: bytes = PDF, **what: object) -> Document:
    wanted: dict[str, object] = {
        "id": uuid4(),
        "association_id": ASSOCIATION,
        "subject": "",
        "file_name": "plan.pdf",
        "media_type": "application/pdf",
        "language": "",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "visible_to": (),
        "visible_to_co_owner_id": None,
        "stored_at": AT,
    }
    return Document(**{**wanted, **what})


def request(
    document_id: UUID,
    *dispatches: UUID,
    channel: str = "email",
    attachments: tuple[UUID, ...] = (),
    association: UUID = ASSOCIATION,
) -> bytes:
    """A convocation asked for, one dispatch a recipient."""
    return DocumentRequested(
        document_id=str(document_id),
        association_id=str(association),
        subject="meeting/1",
        language="nl",
        file_name="oproeping-2026-06-10.pdf",
        visible_to=["owner", "syndic"],
        convocation=Convocation(letterhead=Letterhead(association_name="VME Residentie De Linden")),
        dispatches=[
            AskedDispatch(
                dispatch_id=str(one),
                channel=channel,
                name=f"Peeters {number}",
                address=["Zavelstraat 12", "3000 Leuven"],
                email=f"an{number}@example.org",
                attachment_ids=[str(attachment) for attachment in attachments],
            )
            for number, one in enumerate(dispatches)
        ],
    ).SerializeToString()
