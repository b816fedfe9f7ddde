from collections.abc import Mapping
from datetime import date
from uuid import UUID

from koprogo.identity.application.ports import UnitOfWork
from koprogo.identity.application.revoke import take_back


async def see_out_former_owners(
    association_id: UUID, departures: Mapping[UUID, date], *, event_id: UUID, uow: UnitOfWork
) -> None:
    """Who is left without a lot is admitted as owner until that day; who buys again is invited again."""
    async with uow:
        # Told twice, it would take back what a new invitation has given since.
        if not await uow.is_new(event_id):
            return
        for co_owner_id, since in departures.items():
            for invitation in await uow.invitations.of_co_owner(association_id, co_owner_id):
                await take_back(invitation, uow=uow, on=since)
