from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.application.register_association import Line


class LotUnknown(DomainError):
    reason = "LOT_UNKNOWN"


class AddAllocationKey(msgspec.Struct, forbid_unknown_fields=True):
    name: Line
    shares: Annotated[
        dict[UUID, Annotated[int, msgspec.Meta(gt=0, le=10**12)]], msgspec.Meta(min_length=1, max_length=5000)
    ]
    """By lot; a lot that is not named does not bear this charge."""
    id: UUID | None = None


async def add_allocation_key(association_id: UUID, command: AddAllocationKey, *, uow: UnitOfWork, new_id: UUID) -> UUID:
    """Note that only some lots bear a charge, and in which proportion (R051)."""
    key_id = command.id or new_id
    async with uow:
        known = await uow.lots.ids(association_id)
        for lot_id in command.shares:
            if lot_id not in known:
                raise LotUnknown("This lot is not one of the association.", field=f"shares.{lot_id}")
        await uow.allocation_keys.add(association_id, key_id, command.name, command.shares)
    return key_id
