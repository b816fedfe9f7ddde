from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.kernel.words import Language, Region
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.domain.association import Association, enterprise_number

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class RegisterAssociation(msgspec.Struct, forbid_unknown_fields=True):
    name: Line
    enterprise_number: Annotated[str, msgspec.Meta(max_length=20)]
    address: Annotated[list[Line], msgspec.Meta(min_length=1, max_length=6)]
    region: Region
    languages: Annotated[list[Language], msgspec.Meta(min_length=1, max_length=4)]
    share_denominator: Annotated[int, msgspec.Meta(gt=0, le=10**12)]
    id: UUID | None = None
    """Chosen by the client, if he wants to."""


async def register_association(command: RegisterAssociation, *, uow: UnitOfWork, new_id: UUID) -> UUID:
    """Take a building's association of co-owners into management, as its deed describes it."""
    association = Association(
        id=command.id or new_id,
        name=command.name,
        enterprise_number=enterprise_number(command.enterprise_number),
        address=command.address,
        region=command.region,
        languages=list(dict.fromkeys(command.languages)),
        share_denominator=command.share_denominator,
        version=0,
    )
    association.changed()
    async with uow:
        await uow.associations.save(association)
    return association.id
