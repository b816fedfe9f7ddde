"""What leaves this service, on which topic, with which key."""

from uuid import UUID

from koprogo.kit.database import Outgoing
from koprogo.property.domain.association import AssociationChanged
from koprogo_api.property.events.v1 import association_pb2


def outgoing(event: AssociationChanged, tenant: UUID) -> Outgoing:
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
