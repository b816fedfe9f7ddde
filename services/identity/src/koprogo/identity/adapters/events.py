"""What leaves this service, on which topic, with which key."""

from koprogo.identity.domain.grant import Grant
from koprogo.kit.database import Outgoing
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged


def as_message(grant: Grant) -> GrantChanged:
    return GrantChanged(
        grant_id=str(grant.id),
        subject=str(grant.subject),
        organisation_id=str(grant.organisation_id),
        association_id=str(grant.association_id or ""),
        role=grant.role.value,
        co_owner_id=str(grant.co_owner_id or ""),
        valid_from=grant.valid_from.isoformat(),
        valid_until=grant.valid_until.isoformat() if grant.valid_until else "",
    )


def outgoing(grant: Grant) -> Outgoing:
    return Outgoing("identity.grant", str(grant.id), as_message(grant))
