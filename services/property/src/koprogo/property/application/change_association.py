from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Stale
from koprogo.kernel.words import Language, Region
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.application.register_association import Line


class ChangeAssociation(msgspec.Struct, forbid_unknown_fields=True):
    name: Line | msgspec.UnsetType = msgspec.UNSET
    address: Annotated[list[Line], msgspec.Meta(min_length=1, max_length=6)] | msgspec.UnsetType = msgspec.UNSET
    region: Region | msgspec.UnsetType = msgspec.UNSET
    languages: Annotated[list[Language], msgspec.Meta(min_length=1, max_length=4)] | msgspec.UnsetType = msgspec.UNSET
    share_denominator: Annotated[int, msgspec.Meta(gt=0, le=10**12)] | msgspec.UnsetType = msgspec.UNSET


async def change_association(association_id: UUID, command: ChangeAssociation, *, uow: UnitOfWork, version: int) -> int:
    """Returns the new version."""
    async with uow:
        association = await uow.associations.get(association_id)
        if association.version != version:
            raise Stale("The association was changed since you read it; read it again.")
        for field in command.__struct_fields__:
            value = getattr(command, field)
            if value is not msgspec.UNSET:
                setattr(association, field, value)
        association.changed()
        await uow.associations.save(association)
    return association.version
