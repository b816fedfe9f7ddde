"""An owner does not accept a demand: the ladder leaves it out until the dispute is settled (R144)."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.arrears import DemandPaidAlready
from koprogo.kernel.errors import NotFound


class DisputeDemand(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    """In the owner's words."""


async def dispute_demand(
    association_id: UUID,
    demand_id: UUID,
    command: DisputeDemand,
    *,
    uow: UnitOfWork,
    by: UUID,
    new_id: UUID,
    today: date,
) -> None:
    """The same reason again changes nothing; another one follows the first, which is kept."""
    async with uow:
        await uow.books.locked(association_id)
        if await uow.disputes.open_of(association_id, demand_id) <= 0:
            raise DemandPaidAlready("Nothing of this demand is open, so nothing of it can be disputed.")
        running = await uow.disputes.running(demand_id)
        if running == command.reason:
            return
        if running is not None:
            await uow.disputes.end(demand_id, on=today, by=by)
        await uow.disputes.start(association_id, demand_id, new_id, command.reason, on=today, by=by)


async def settle_dispute(association_id: UUID, demand_id: UUID, *, uow: UnitOfWork, by: UUID, today: date) -> None:
    async with uow:
        await uow.books.locked(association_id)
        await uow.disputes.open_of(association_id, demand_id)
        if await uow.disputes.running(demand_id) is None:
            raise NotFound("This demand is not disputed.")
        await uow.disputes.end(demand_id, on=today, by=by)
