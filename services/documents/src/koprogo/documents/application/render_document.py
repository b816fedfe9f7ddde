"""From a request to a stored document: noted, rendered, stored, told. Each step may be repeated."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from koprogo.documents.application.ports import Asked, FileStore, Renderer, Request, UnitOfWork
from koprogo.documents.domain.dispatch import DispatchState
from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import DomainError, Kind

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
"""Of a renderer that fails; what is not the renderer's fault never counts up to it."""


async def note_request(
    payload: bytes, *, document_id: UUID, uow: UnitOfWork, renderer: Renderer, now: datetime
) -> None:
    """Quick, so that the topic never waits. The same request again changes nothing."""
    asked = renderer.read(payload, now)
    async with uow:
        if await uow.requests.add(Request(document_id, asked.subject, payload, "requested"), now):
            for dispatch in asked.dispatches:
                await uow.dispatches.add(dispatch)


async def render_document(
    document_id: UUID,
    *,
    uow: Callable[[], UnitOfWork],
    renderer: Renderer,
    store: FileStore,
    clock: Callable[[], datetime],
) -> None:
    async with (step := uow()):
        request = await step.requests.get(document_id)
    if request.state != "requested":
        return
    now = clock()
    try:
        asked = renderer.read(request.payload, now)
        content = await renderer.render(request.payload, now)
    except Exception as broken:
        final = isinstance(broken, DomainError) and broken.kind is not Kind.UNAVAILABLE
        await _put_off(document_id, broken, uow=uow(), now=clock(), tries=0 if final else MAX_ATTEMPTS)
        return
    document = _document(document_id, asked, content, now)
    try:
        await store.put(document, content)
    except DomainError as away:
        await _put_off(document_id, away, uow=uow(), now=clock(), tries=None)
        return
    async with (step := uow()):
        request = await step.requests.get(document_id)
        if request.state == "requested":
            request.state, request.reason = "rendered", ""
            await step.documents.add(document)
            await step.requests.save(request, clock())
            await step.told.rendered(document)


async def _put_off(document_id: UUID, why: Exception, *, uow: UnitOfWork, now: datetime, tries: int | None) -> None:
    """Later, or after `tries` never: then what hangs on the document has failed with it, and that is told."""
    logger.warning("document %s is not rendered: %s", document_id, type(why).__name__, exc_info=why)
    async with uow:
        request = await uow.requests.get(document_id)
        if request.state != "requested":
            return
        request.attempts = request.attempts + 1 if tries is not None else min(request.attempts + 1, MAX_ATTEMPTS // 2)
        request.reason = why.message if isinstance(why, DomainError) else type(why).__name__
        if tries is not None and request.attempts >= tries:
            request.state = "refused"
            await uow.told.refused(request)
            for dispatch in await uow.dispatches.of_document(document_id):
                if dispatch.state is DispatchState.REQUESTED:
                    dispatch.fail(f"The document could not be made: {request.reason}", now)
                    await uow.dispatches.save(dispatch)
        await uow.requests.save(request, now)


def _document(document_id: UUID, asked: Asked, content: bytes, now: datetime) -> Document:
    return Document(
        id=document_id,
        association_id=asked.association_id,
        subject=asked.subject,
        file_name=asked.file_name,
        media_type="application/pdf",
        language=asked.language,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        visible_to=asked.visible_to,
        visible_to_co_owner_id=asked.visible_to_co_owner_id,
        stored_at=now,
    )
