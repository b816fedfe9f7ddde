"""What identity does about facts told by its neighbours."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

from koprogo.identity.application.ports import UnitOfWork
from koprogo.identity.application.see_out_former_owners import see_out_former_owners
from koprogo.identity.application.take_over_association import take_over_association
from koprogo.kit.events import Handler, Received
from koprogo_api.property.events.v1.association_pb2 import AssociationChanged
from koprogo_api.property.events.v1.lot_pb2 import LotTransferred


def on_association(uow: Callable[[UUID], UnitOfWork]) -> Handler:
    """Noting a mandate twice changes nothing, so no inbox is needed."""

    async def handle(event: Received) -> None:
        changed = AssociationChanged.FromString(event.payload)
        await take_over_association(
            UUID(changed.association_id), changed.name, uow=uow(event.tenant), today=datetime.now(UTC).date()
        )

    return handle


def on_lot(uow: Callable[[UUID], UnitOfWork]) -> Handler:
    async def handle(event: Received) -> None:
        transferred = LotTransferred.FromString(event.payload)
        await see_out_former_owners(
            UUID(transferred.association_id),
            {UUID(who): date.fromisoformat(since) for who, since in transferred.departures.items()},
            event_id=event.event_id,
            uow=uow(event.tenant),
        )

    return handle
