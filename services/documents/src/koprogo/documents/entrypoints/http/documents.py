from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import Dependency, Parameter

from koprogo.documents.application.follow_up_dispatch import NotePosting, note_posting, retry_dispatch
from koprogo.documents.application.ports import FileStore, Reader, UnitOfWork
from koprogo.documents.application.read_document import content_of, find_document
from koprogo.documents.application.upload_document import upload_document
from koprogo.documents.application.views import DispatchView, DocumentView
from koprogo.documents.domain.document import Document
from koprogo.documents.domain.media_type import LARGEST
from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id

Uow = Annotated[UnitOfWork, Dependency(skip_validation=True)]
Store = Annotated[FileStore, Dependency(skip_validation=True)]
FileName = Annotated[str, Parameter(min_length=1, max_length=150, pattern=r"^[^/\\\x00-\x1f\x7f]+$")]
COLLECTION = "/associations/{association_id:uuid}/documents"
ONE = COLLECTION + "/{document_id:uuid}"
DISPATCH = "/associations/{association_id:uuid}/dispatches"
READERS = (Role.SYNDIC, Role.SUPER_ADMIN, Role.ACCOUNTANT, Role.BOARD_MEMBER, Role.OWNER)
MANAGERS = (Role.SYNDIC, Role.SUPER_ADMIN)


@post(COLLECTION, opt=admits(Role.SYNDIC, Role.SUPER_ADMIN, Role.ACCOUNTANT, Role.BOARD_MEMBER))
async def upload(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    store: Store,
    file_name: FileName,
    id: Annotated[UUID | None, Parameter(description="Chosen by the client, if he wants to.")] = None,
    visible_to: Annotated[list[str] | None, Parameter(max_items=6)] = None,
) -> Response[DocumentView]:
    """The file is the body; what it is, is read from its bytes. At most 10 MB."""
    if int(request.headers.get("content-length") or 0) > LARGEST or len(content := await request.body()) > LARGEST:
        raise HTTPException(status_code=413, detail=f"A file has at most {LARGEST // 1_000_000} MB (10,000,000 bytes).")
    document = await upload_document(
        association_id,
        document_id=id or new_id(),
        file_name=file_name,
        visible_to=visible_to or [],
        roles=actor.roles,
        content=content,
        uow=uow,
        store=store,
        now=datetime.now(UTC),
    )
    return Response(
        _view(document),
        status_code=201,
        headers={"location": f"/api/documents/v1/associations/{association_id}/documents/{document.id}"},
    )


@get(COLLECTION, opt=admits(*READERS))
async def list_documents(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    subject: Annotated[str | None, Parameter(max_length=100)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[DocumentView]]:
    async with uow:
        rows = await uow.documents.page(association_id, _reader(actor), subject, limit + 1, after)
    return page(request, [_view(row) for row in rows], limit, lambda row: str(row.id))


@get(ONE, opt=admits(*READERS))
async def read_document(association_id: UUID, document_id: UUID, actor: Actor, uow: Uow) -> DocumentView:
    return _view(await find_document(association_id, document_id, reader=_reader(actor), uow=uow))


@get(ONE + "/content", opt=admits(*READERS), media_type="application/octet-stream")
async def read_content(
    association_id: UUID, document_id: UUID, actor: Actor, uow: Uow, store: Store
) -> Response[bytes]:
    document = await find_document(association_id, document_id, reader=_reader(actor), uow=uow)
    plain = document.file_name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    return Response(
        await content_of(document, store=store),
        media_type=document.media_type,
        headers={
            "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(document.file_name)}",
            "x-content-type-options": "nosniff",
            "cache-control": "private, no-cache",
            "digest": f"sha-256={document.sha256}",
        },
    )


@get(DISPATCH, opt=admits(*MANAGERS))
async def list_association_dispatches(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    status: Annotated[str | None, Parameter(max_length=20)] = None,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[DispatchView]]:
    """`?status=to_post` is the list for the post office, with addresses."""
    async with uow:
        rows = await uow.dispatches.page(association_id, status, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@post(DISPATCH + "/{dispatch_id:uuid}/posting", opt=admits(*MANAGERS), status_code=204)
async def note_posted(association_id: UUID, dispatch_id: UUID, data: NotePosting, uow: Uow) -> None:
    await note_posting(association_id, dispatch_id, data, uow=uow, now=datetime.now(UTC))


@post(DISPATCH + "/{dispatch_id:uuid}/retry", opt=admits(*MANAGERS), status_code=202)
async def send_again(association_id: UUID, dispatch_id: UUID, uow: Uow) -> None:
    """For what failed, or what a crash left unconfirmed: a person decides."""
    await retry_dispatch(association_id, dispatch_id, uow=uow, now=datetime.now(UTC))


def _reader(actor: Actor) -> Reader:
    return Reader(actor.roles, actor.co_owners)


def _view(document: Document) -> DocumentView:
    return msgspec.convert(document, DocumentView, from_attributes=True)


routes = [
    upload,
    list_documents,
    read_document,
    read_content,
    list_association_dispatches,
    note_posted,
    send_again,
]
