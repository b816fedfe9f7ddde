from collections.abc import Sequence
from uuid import UUID

import grpc

from koprogo.identity.application.ports import KnownAssociation, KnownCoOwner
from koprogo.kernel.errors import DomainError, Kind
from koprogo.kernel.words import Language
from koprogo.kit.grpc import called
from koprogo_api.property.v1 import associations_pb2 as pb
from koprogo_api.property.v1.associations_pb2_grpc import AssociationsStub


class GrpcProperty:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = AssociationsStub(channel)

    async def association(self, association_id: UUID) -> KnownAssociation | None:
        try:
            found = await called(
                self._stub.GetAssociation, pb.GetAssociationRequest(association_id=str(association_id))
            )
        except DomainError as refused:
            if refused.kind is Kind.NOT_FOUND:
                return None
            raise
        return KnownAssociation(UUID(found.organisation_id), found.name)

    async def co_owners(
        self, organisation_id: UUID, association_id: UUID, ids: Sequence[UUID]
    ) -> Sequence[KnownCoOwner]:
        found = await called(
            self._stub.ListCoOwners,
            pb.ListCoOwnersRequest(association_id=str(association_id), co_owner_ids=[str(i) for i in ids]),
            tenant=organisation_id,
        )
        return [KnownCoOwner(UUID(c.co_owner_id), c.name, Language(c.language), c.email) for c in found.co_owners]
