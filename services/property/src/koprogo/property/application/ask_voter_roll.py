from collections.abc import Sequence
from datetime import date
from uuid import UUID

from koprogo.property.application.ports import UnitOfWork
from koprogo.property.application.views import AllocationKeyView
from koprogo.property.domain.association import Association, SharesDoNotAddUp
from koprogo.property.domain.voter_roll import CoOwnership, voter_roll


async def ask_voter_roll(
    association_id: UUID, *, on: date, uow: UnitOfWork
) -> tuple[Association, list[CoOwnership], Sequence[AllocationKeyView]]:
    """Who has a vote on a day, and how many. Refused while the shares do not add up (R004)."""
    async with uow:
        association = await uow.associations.get(association_id)
        lots = await uow.lots.owned(association_id, on)
        contacts = await uow.co_owners.contacts(association_id)
        keys = await uow.allocation_keys.all(association_id)
    shares_sum = sum(lot.shares for lot in lots)
    if shares_sum != association.share_denominator:
        raise SharesDoNotAddUp(shares_sum, association.share_denominator)
    return association, voter_roll(association_id, lots, contacts), keys
