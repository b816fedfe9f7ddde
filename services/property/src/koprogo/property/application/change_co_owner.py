from collections.abc import Collection
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Forbidden, Stale
from koprogo.kernel.words import Language
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.application.register_association import Line

Email = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")]


class ChangeCoOwner(msgspec.Struct, forbid_unknown_fields=True):
    name: Line | msgspec.UnsetType = msgspec.UNSET
    language: Language | msgspec.UnsetType = msgspec.UNSET
    address: Annotated[list[Line], msgspec.Meta(max_length=6)] | msgspec.UnsetType = msgspec.UNSET
    email: Email | msgspec.UnsetType = msgspec.UNSET
    accepts_email: bool | msgspec.UnsetType = msgspec.UNSET


class NotYourContactData(Forbidden):
    reason = "NOT_YOUR_CONTACT_DATA"


async def change_co_owner(
    association_id: UUID,
    co_owner_id: UUID,
    command: ChangeCoOwner,
    *,
    uow: UnitOfWork,
    version: int,
    manages: bool,
    own: Collection[UUID],
) -> int:
    """The syndic corrects everybody, an owner his own contact data. Returns the new version."""
    if not manages and (co_owner_id not in own or command.name is not msgspec.UNSET):
        raise NotYourContactData("You may change your own language, address and mail, nothing else.")
    async with uow:
        co_owner = await uow.co_owners.get(association_id, co_owner_id)
        if co_owner.version != version:
            raise Stale("The co-owner was changed since you read him; read him again.")
        for field in command.__struct_fields__:
            value = getattr(command, field)
            if value is not msgspec.UNSET:
                setattr(co_owner, field, value)
        co_owner.check_reachable()
        await uow.co_owners.save(association_id, co_owner)
    return co_owner.version
