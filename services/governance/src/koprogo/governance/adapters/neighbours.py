"""property and documents, asked over gRPC."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import grpc

from koprogo.governance.domain.general_meeting import BRUSSELS
from koprogo.governance.domain.roll_entry import AssociationFacts, Contact, RollLine, VoterRoll
from koprogo.kernel.words import Language
from koprogo.kit.grpc import called
from koprogo_api.documents.v1 import documents_pb2
from koprogo_api.documents.v1.documents_pb2_grpc import DocumentsStub
from koprogo_api.property.v1 import associations_pb2
from koprogo_api.property.v1.associations_pb2_grpc import AssociationsStub


class GrpcProperty:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = AssociationsStub(channel)

    async def association(self, association_id: UUID) -> AssociationFacts:
        found = await called(
            self._stub.GetAssociation, associations_pb2.GetAssociationRequest(association_id=str(association_id))
        )
        return AssociationFacts(
            id=UUID(found.association_id),
            name=found.name,
            enterprise_number=found.enterprise_number,
            address=list(found.address),
            languages=[Language(language) for language in found.languages],
            share_denominator=found.share_denominator,
            shares_sum=found.shares_sum,
        )

    async def voter_roll(self, tenant: UUID, association_id: UUID, on: datetime) -> VoterRoll:
        found = await called(
            self._stub.GetVoterRoll,
            associations_pb2.GetVoterRollRequest(
                association_id=str(association_id), on=on.astimezone(BRUSSELS).date().isoformat()
            ),
            tenant=tenant,
            deadline=5,
        )
        return VoterRoll(
            found.share_denominator, [_line(line) for line in found.co_ownerships], dict(found.allocation_keys)
        )


def _line(line: associations_pb2.CoOwnership) -> RollLine:
    return RollLine(
        co_ownership_id=UUID(line.co_ownership_id),
        name=line.name,
        votes=line.votes,
        lots=[lot.number for lot in line.lots],
        suspended=line.suspended,
        contacts=[
            Contact(
                co_owner_id=UUID(contact.co_owner_id),
                name=contact.name,
                language=Language(contact.language),
                address=list(contact.address),
                email=contact.email,
                accepts_email=contact.accepts_email,
            )
            for contact in line.contacts
        ],
        key_votes=dict(line.key_votes),
    )


class GrpcDocuments:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = DocumentsStub(channel)

    async def names(self, tenant: UUID, association_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, str]:
        found = await called(
            self._stub.DescribeDocuments,
            documents_pb2.DescribeDocumentsRequest(
                association_id=str(association_id), document_ids=[str(one) for one in ids]
            ),
            tenant=tenant,
        )
        return {UUID(one.document_id): one.file_name for one in found.documents}
