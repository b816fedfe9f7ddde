"""What leaves this service, on which topic, with which key."""

from typing import NamedTuple
from uuid import UUID

from google.protobuf.message import Message

from koprogo.property.domain.association import AssociationChanged
from koprogo_api.property.events.v1 import association_pb2


class Outgoing(NamedTuple):
    topic: str
    key: str
    message: Message


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
