from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Stale
from koprogo.kernel.words import LotKind
from koprogo.property.application.ports import UnitOfWork


class ChangeLot(msgspec.Struct, forbid_unknown_fields=True):
    shares: Annotated[int, msgspec.Meta(gt=0, le=10**12)] | msgspec.UnsetType = msgspec.UNSET
    kind: LotKind | msgspec.UnsetType = msgspec.UNSET
    building: Annotated[str, msgspec.Meta(max_length=60)] | msgspec.UnsetType = msgspec.UNSET


async def change_lot(association_id: UUID, lot_id: UUID, command: ChangeLot, *, uow: UnitOfWork, version: int) -> int:
    """Correct a lot as the deed has it. Returns the new version."""
    async with uow:
        lot = await uow.lots.get(association_id, lot_id)
        if lot.version != version:
            raise Stale("The lot was changed since you read it; read it again.")
        for field in command.__struct_fields__:
            value = getattr(command, field)
            if value is not msgspec.UNSET:
                setattr(lot, field, value)
        await uow.lots.save(association_id, lot)
    return lot.version
