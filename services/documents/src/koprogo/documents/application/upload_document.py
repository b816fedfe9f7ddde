import hashlib
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from koprogo.documents.application.ports import FileStore, UnitOfWork
from koprogo.documents.domain.document import SHARED_WITH, Document, readers_of_upload
from koprogo.documents.domain.media_type import file_name_for, media_type_of
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Role


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
    roles: Collection[Role],
    content: bytes,
    uow: UnitOfWork,
    store: FileStore,
    now: datetime,
) -> Document:
    """Keep a file. One transaction, after the bytes are stored: a failure before it leaves nothing to undo."""
    for role in visible_to:
        if role not in SHARED_WITH:
            raise RoleUnknown(f"Documents are shown to: {', '.join(sorted(SHARED_WITH))}.", field="visible_to")
    media_type = media_type_of(content)
    document = Document(
        id=document_id,
        association_id=association_id,
        subject="",
        file_name=file_name_for(file_name, media_type),
        media_type=media_type,
        language="",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        visible_to=readers_of_upload(visible_to, roles),
        visible_to_co_owner_id=None,
        stored_at=now,
    )
    await store.put(document, content)
    try:
        async with uow:
            known = await uow.documents.by_hash(association_id, document.sha256, first=document_id)
            if known is not None:
                raise AlreadyStored("These bytes are stored already.", document_id=known)
            await uow.documents.add(document)
    except AlreadyStored:
        if known != document_id:
            await store.drop(document)
        raise
    return document
