from datetime import datetime
from uuid import UUID

import msgspec


class DocumentView(msgspec.Struct, frozen=True):
    id: UUID
    subject: str
    file_name: str
    media_type: str
    language: str
    size: int
    sha256: str
    visible_to: tuple[str, ...]
    stored_at: datetime


class DispatchView(msgspec.Struct, frozen=True):
    id: UUID
    document_id: UUID
    subject: str
    channel: str
    name: str
    address: list[str]
    state: str
    proof: str
    changed_at: datetime
