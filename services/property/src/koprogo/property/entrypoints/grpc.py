"""What property answers to its neighbours."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from koprogo.kernel.errors import NotFound
from koprogo.kit.grpc import caller_tenant
from koprogo.property.application.ask_voter_roll import ask_voter_roll
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.domain.voter_roll import Contact
from koprogo_api.property.v1 import associations_pb2 as pb
from koprogo_api.property.v1 import associations_pb2_grpc

Context = Any


class Associations(associations_pb2_grpc.AssociationsServicer):
    def __init__(
        self, uow: Callable[[UUID], UnitOfWork], organisation_of: Callable[[UUID], Awaitable[UUID | None]]
    ) -> None:
        self._uow = uow
        self._organisation_of = organisation_of

    async def GetAssociation(self, request: pb.GetAssociationRequest, context: Context) -> pb.GetAssociationResponse:
        association_id = UUID(request.association_id)
        organisation = await self._organisation_of(association_id)
        if organisation is None:
            raise NotFound("There is no such association.")
        uow = self._uow(organisation)
        async with uow:
            association = await uow.associations.get(association_id)
            shares_sum = await uow.associations.shares_sum(association_id)
        return pb.GetAssociationResponse(
            association_id=str(association.id),
            organisation_id=str(organisation),
            name=association.name,
            enterprise_number=association.enterprise_number,
            address=association.address,
            region=association.region.value,
            languages=[language.value for language in association.languages],
            share_denominator=association.share_denominator,
            shares_sum=shares_sum,
        )

    async def GetVoterRoll(self, request: pb.GetVoterRollRequest, context: Context) -> pb.GetVoterRollResponse:
        association, roll, keys = await ask_voter_roll(
            UUID(request.association_id), on=date.fromisoformat(request.on), uow=self._uow(caller_tenant())
        )
        return pb.GetVoterRollResponse(
            share_denominator=association.share_denominator,
            allocation_keys={str(key.id): key.name for key in keys},
            co_ownerships=[
                pb.CoOwnership(
                    co_ownership_id=str(head.id),
                    name=head.name,
                    votes=head.votes,
                    lots=[
                        pb.LotOfCoOwnership(
                            lot_id=str(lot.id),
                            number=lot.number,
                            kind=lot.kind.value,
                            shares=lot.shares,
                            key_shares=lot.key_shares,
                        )
                        for lot in head.lots
                    ],
                    suspended=head.is_suspended,
                    contacts=[_contact(contact) for contact in head.contacts],
                    key_votes=head.key_votes,
                    holders_id=str(head.holders_id),
                    holder_ids=[str(holder) for holder in head.holder_ids],
                )
                for head in roll
            ],
        )

    async def ListCoOwners(self, request: pb.ListCoOwnersRequest, context: Context) -> pb.ListCoOwnersResponse:
        uow = self._uow(caller_tenant())
        async with uow:
            found = await uow.co_owners.contacts(
                UUID(request.association_id), [UUID(text) for text in request.co_owner_ids]
            )
        return pb.ListCoOwnersResponse(co_owners=[_contact(contact) for contact in found.values()])


def _contact(contact: Contact) -> pb.Contact:
    return pb.Contact(
        co_owner_id=str(contact.co_owner_id),
        name=contact.name,
        language=contact.language.value,
        address=contact.address,
        email=contact.email,
        accepts_email=contact.accepts_email,
    )
