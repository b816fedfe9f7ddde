"""From a request to a stored document: noted, rendered, stored, told. Each step may be repeated."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from koprogo.documents.application.ports import FileStore, Renderer, Request, UnitOfWork
from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import DomainError, Kind

MAX_ATTEMPTS = 20


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
    asked = renderer.read(request.payload, now)
    try:
        content = await renderer.render(request.payload, now)
    except DomainError as refused:
        async with (step := uow()):
            request = await step.requests.get(document_id)
            request.attempts += 1
            request.reason = refused.message
            if refused.kind is not Kind.UNAVAILABLE or request.attempts >= MAX_ATTEMPTS:
                request.state = "refused"
                await step.told.refused(request)
            await step.requests.save(request, clock())
        return
    await store.put(asked.association_id, document_id, content, "application/pdf")
    document = Document(
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
    async with (step := uow()):
        request = await step.requests.get(document_id)
        if request.state == "requested":
            request.state = "rendered"
            await step.documents.add(document)
            await step.requests.save(request, clock())
            await step.told.rendered(document)
