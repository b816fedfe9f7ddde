"""What governance notes of facts told by documents: what was rendered, and what became of each dispatch."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from koprogo.governance.application.ports import UnitOfWork
from koprogo.kit.events import Handler, Received
from koprogo_api.documents.events.v1.document_pb2 import DispatchChanged, DocumentRendered


def on_document(uow_of: Callable[[UUID], UnitOfWork]) -> Handler:
    """Later messages of a dispatch replace earlier ones, by their time: handling one twice changes nothing."""

    async def handle(event: Received) -> None:
        uow = uow_of(event.tenant)
        match event.type.rpartition(".")[2]:
            case "DocumentRendered":
                rendered = DocumentRendered.FromString(event.payload)
                async with uow:
                    await uow.minutes.rendered(
                        UUID(rendered.document_id),
                        sha256=rendered.sha256,
                        at=datetime.fromisoformat(rendered.rendered_at),
                    )
            case "DispatchChanged":
                changed = DispatchChanged.FromString(event.payload)
                async with uow:
                    await uow.dispatches.change(
                        UUID(changed.dispatch_id),
                        status=changed.status,
                        proof=changed.proof,
                        at=datetime.fromisoformat(changed.at),
                    )
            case _:
                pass

    return handle
