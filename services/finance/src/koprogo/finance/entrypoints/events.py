"""What finance notes of facts told by others."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from uuid import UUID

from koprogo.finance.application.note_decision import note_convocation, note_decision
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.call_for_funds import Decision
from koprogo.finance.domain.decisions import Convened, Taken
from koprogo.finance.domain.settlement import NotedTransfer
from koprogo.finance.entrypoints.http.shared import day_of
from koprogo.kernel.words import Language
from koprogo.kit.events import Handler, Received
from koprogo.kit.ids import new_id
from koprogo_api.documents.events.v1.document_pb2 import DispatchChanged, DocumentRendered
from koprogo_api.governance.events.v1.decision_pb2 import DecisionTaken, MeetingConvened
from koprogo_api.property.events.v1.lot_pb2 import LotTransferred


def on_document(uow_of: Callable[[UUID], UnitOfWork]) -> Handler:
    """What became of our letters; handling one twice changes nothing. Letters of others are not ours to note."""

    async def handle(event: Received) -> None:
        uow = uow_of(event.tenant)
        match event.type.rpartition(".")[2]:
            case "DocumentRendered":
                rendered = DocumentRendered.FromString(event.payload)
                async with uow:
                    await uow.letters.rendered(UUID(rendered.document_id), sha256=rendered.sha256)
            case "DispatchChanged":
                changed = DispatchChanged.FromString(event.payload)
                async with uow:
                    await uow.letters.change(
                        UUID(changed.dispatch_id),
                        status=changed.status,
                        proof=changed.proof,
                        at=datetime.fromisoformat(changed.at),
                    )
            case _:
                pass

    return handle


def on_decision(uow_of: Callable[[UUID], UnitOfWork]) -> Handler:
    """Which budgets are put to the vote and adopted, and what else a call may rest on."""

    async def handle(event: Received) -> None:
        match event.type:
            case MeetingConvened.DESCRIPTOR.full_name:
                await convened(event)
            case DecisionTaken.DESCRIPTOR.full_name:
                await decided(event)
            case _:
                pass

    async def convened(event: Received) -> None:
        told = MeetingConvened.FromString(event.payload)
        meeting = _convened(told.association_id, told.convened_at, told.about)
        await note_convocation(meeting, event_id=event.event_id, uow=uow_of(event.tenant), ids=new_id)

    async def decided(event: Received) -> None:
        told = DecisionTaken.FromString(event.payload)
        decision_id = UUID(told.decision_id)
        taken = Taken(
            association_id=UUID(told.association_id),
            meeting_id=UUID(told.meeting_id),
            decision_id=decision_id,
            decision=Decision(
                date.fromisoformat(told.decided_on),
                told.item_number,
                {Language(language): title for language, title in told.titles.items()},
                decision_id,
            ),
            nature=told.nature,
            adopted=told.adopted,
            about=told.about,
            convened=_convened(told.association_id, told.convened_at, [told.about]) if told.convened_at else None,
        )
        await note_decision(taken, event_id=event.event_id, uow=uow_of(event.tenant), ids=new_id)

    return handle


def _convened(association_id: str, convened_at: str, about: Iterable[str]) -> Convened:
    at = datetime.fromisoformat(convened_at)
    return Convened(association_id=UUID(association_id), convened_at=at, on=day_of(at), about=tuple(about))


def on_lot(uow_of: Callable[[UUID], UnitOfWork]) -> Handler:
    """On which days lots change hands, and between whom; noting one twice changes nothing, so no inbox is needed."""

    async def handle(event: Received) -> None:
        transferred = LotTransferred.FromString(event.payload)
        async with (uow := uow_of(event.tenant)):
            await uow.charge_statements.note_transfer(
                UUID(transferred.association_id),
                NotedTransfer(
                    UUID(transferred.lot_id),
                    date.fromisoformat(transferred.transferred_on),
                    transferred.lot_number,
                    UUID(transferred.from_holders_id) if transferred.from_holders_id else None,
                    UUID(transferred.to_holders_id) if transferred.to_holders_id else None,
                ),
            )

    return handle
