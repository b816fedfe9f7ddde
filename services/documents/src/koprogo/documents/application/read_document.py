import hashlib
from uuid import UUID

from koprogo.documents.application.ports import FileStore, Reader, UnitOfWork
from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import NotFound


class ContentChanged(Exception):
    """The object store gave other bytes than were stored."""


async def find_document(association_id: UUID, document_id: UUID, *, reader: Reader, uow: UnitOfWork) -> Document:
    """What may not be seen looks as if it were not there."""
    async with uow:
        document = await uow.documents.get(association_id, document_id)
    if not document.is_visible_to(reader.roles, reader.co_owners):
        raise NotFound("There is no such document.")
    return document


async def content_of(document: Document, *, store: FileStore) -> bytes:
    content = await store.get(document)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise ContentChanged(f"document {document.id}")
    return content
