"""What leaves this service, on which topic, with which key."""

from typing import assert_never
from uuid import UUID

from koprogo.kit.database import Outgoing
from koprogo.property.domain.association import AssociationChanged
from koprogo.property.domain.transfer import LotTransferred
from koprogo_api.property.events.v1 import association_pb2, lot_pb2


def outgoing(event: AssociationChanged | LotTransferred, tenant: UUID) -> Outgoing:
    match event:
        case AssociationChanged():
            return Outgoing(
                "property.association",
                str(event.association_id),
                association_pb2.AssociationChanged(
                    association_id=str(event.association_id),
                    organisation_id=str(tenant),
                    name=event.name,
                    languages=[language.value for language in event.languages],
                ),
            )
        case LotTransferred():
            return Outgoing(
                "property.lot",
                str(event.lot_id),
                lot_pb2.LotTransferred(
                    association_id=str(event.association_id),
                    lot_id=str(event.lot_id),
                    lot_number=event.lot_number,
                    transferred_on=event.transferred_on.isoformat(),
                    from_holders_id=str(event.from_holders_id),
                    to_holders_id=str(event.to_holders_id),
                    from_holder_ids=[str(holder) for holder in event.from_holder_ids],
                    to_holder_ids=[str(holder) for holder in event.to_holder_ids],
                    departures={str(who): since.isoformat() for who, since in event.departures.items()},
                ),
            )
        case _:
            assert_never(event)
