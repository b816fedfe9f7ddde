import hashlib
from datetime import datetime
from uuid import UUID

from koprogo.documents.application.ports import FileStore, UnitOfWork
from koprogo.documents.domain.document import SHARED_WITH, Document
from koprogo.documents.domain.media_type import media_type_of
from koprogo.kernel.errors import Conflict, DomainError


class AlreadyStored(Conflict):
    """The same bytes are there already."""

    reason = "ALREADY_STORED"


class RoleUnknown(DomainError):
    reason = "ROLE_UNKNOWN"


async def upload_document(
    association_id: UUID,
    *,
    document_id: UUID,
    file_name: str,
    visible_to: list[str],
    content: bytes,
    uow: UnitOfWork,
    store: FileStore,
    now: datetime,
) -> Document:
    """Keep a file; the bytes are stored before anybody can hear of it."""
    for role in visible_to:
        if role not in SHARED_WITH:
            raise RoleUnknown(f"Documents are shown to: {', '.join(sorted(SHARED_WITH))}.", field="visible_to")
    document = Document(
        id=document_id,
        association_id=association_id,
        subject="",
        file_name=file_name,
        media_type=media_type_of(content),
        language="",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        visible_to=tuple(dict.fromkeys(visible_to)),
        visible_to_co_owner_id=None,
        stored_at=now,
    )
    async with uow:
        known = await uow.documents.by_hash(association_id, document.sha256)
    if known is not None:
        raise AlreadyStored("These bytes are stored already.", document_id=known)
    await store.put(association_id, document_id, content, document.media_type)
    async with uow:
        await uow.documents.add(document)
    return document
