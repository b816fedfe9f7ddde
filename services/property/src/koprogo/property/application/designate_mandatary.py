from datetime import date
from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.domain.ownership import is_divided


class LotNotDivided(DomainError):
    reason = "LOT_NOT_DIVIDED"


class NotAHolder(DomainError):
    reason = "NOT_A_HOLDER"


class DesignateMandatary(msgspec.Struct, forbid_unknown_fields=True):
    co_owner_id: UUID | None
    """None ends the mandate."""
    since: date
    """Day of the written notice to the syndic."""


async def designate_mandatary(
    association_id: UUID, lot_id: UUID, command: DesignateMandatary, *, uow: UnitOfWork
) -> None:
    """Holders of one lot name the one of them who takes part for all (R022)."""
    async with uow:
        lot = await uow.lots.get(association_id, lot_id, lock=True)
        holdings = await uow.lots.holdings(lot_id, command.since)
        if not is_divided(holdings):
            raise LotNotDivided(f"Lot {lot.number} has one owner, who needs no mandatary.")
        if command.co_owner_id is not None and command.co_owner_id not in {h.co_owner_id for h in holdings}:
            raise NotAHolder(f"The mandatary must hold a right in lot {lot.number}.", field="co_owner_id")
        await uow.lots.designate(lot_id, command.co_owner_id, command.since)
