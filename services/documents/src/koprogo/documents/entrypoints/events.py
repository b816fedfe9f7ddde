"""Requests for documents, noted as they come."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from koprogo.documents.application.ports import Renderer, UnitOfWork
from koprogo.documents.application.render_document import note_request
from koprogo.kit.events import Handler, Received

TOPIC = "documents.request"


def on_request(uow_of: Callable[[UUID], UnitOfWork], renderer: Renderer, clock: Callable[[], datetime]) -> Handler:
    """The asker's document id makes a second reading a no-op."""

    async def handle(event: Received) -> None:
        await note_request(
            event.payload, document_id=UUID(event.key), uow=uow_of(event.tenant), renderer=renderer, now=clock()
        )

    return handle
