"""property and governance, asked over gRPC."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import grpc

from koprogo.finance.application.ports_transfers import MinutesOfMeeting
from koprogo.finance.domain.owners import AssociationFacts, Contact, Debtor, OwnedLot, Owners, merged
from koprogo.kernel.words import Language, LotKind
from koprogo.kit.grpc import called
from koprogo_api.governance.v1 import meetings_pb2
from koprogo_api.governance.v1.meetings_pb2_grpc import MeetingsStub
from koprogo_api.property.v1 import associations_pb2 as pb
from koprogo_api.property.v1.associations_pb2_grpc import AssociationsStub


class GrpcProperty:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = AssociationsStub(channel)

    async def association(self, association_id: UUID) -> AssociationFacts:
        found = await called(self._stub.GetAssociation, pb.GetAssociationRequest(association_id=str(association_id)))
        return AssociationFacts(
            name=found.name,
            enterprise_number=found.enterprise_number,
            address=tuple(found.address),
            languages=tuple(Language(language) for language in found.languages),
        )

    async def owners(self, tenant: UUID, association_id: UUID, on: date) -> Owners:
        found = await called(
            self._stub.GetVoterRoll,
            pb.GetVoterRollRequest(association_id=str(association_id), on=on.isoformat()),
            tenant=tenant,
            deadline=5,
        )
        return Owners(
            share_denominator=found.share_denominator,
            key_names={UUID(key): name for key, name in found.allocation_keys.items()},
            debtors=merged(_debtor(head) for head in found.co_ownerships),
        )


class GrpcGovernance:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = MeetingsStub(channel)

    async def minutes(self, tenant: UUID, association_id: UUID, since: date) -> Sequence[MinutesOfMeeting]:
        found = await called(
            self._stub.ListMinutes,
            meetings_pb2.ListMinutesRequest(association_id=str(association_id), since=since.isoformat()),
            tenant=tenant,
        )
        return [
            MinutesOfMeeting(
                document_id=UUID(one.document_id),
                meeting_id=UUID(one.meeting_id),
                kind=one.kind,
                held_on=date.fromisoformat(one.held_on),
                language=Language(one.language),
            )
            for one in found.minutes
        ]


def _debtor(head: pb.CoOwnership) -> Debtor:
    return Debtor(
        id=UUID(head.holders_id),
        name=head.name,
        holder_ids=tuple(UUID(holder) for holder in head.holder_ids),
        lots=tuple(
            OwnedLot(
                UUID(lot.lot_id),
                lot.number,
                lot.shares,
                {UUID(key): shares for key, shares in lot.key_shares.items()},
                lot.kind,
                LotKind(lot.kind).is_counted,
            )
            for lot in head.lots
        ),
        contacts=tuple(
            Contact(
                UUID(contact.co_owner_id),
                contact.name,
                Language(contact.language),
                tuple(contact.address),
                contact.email,
                contact.accepts_email,
            )
            for contact in head.contacts
        ),
    )
