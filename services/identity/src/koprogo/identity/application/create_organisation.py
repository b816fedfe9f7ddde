from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.identity.application.ports import UnitOfWork
from koprogo.identity.domain.invitation import Invitation
from koprogo.identity.domain.organisation import Organisation
from koprogo.kernel.words import Language, Role

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Email = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class FirstSyndic(msgspec.Struct, forbid_unknown_fields=True):
    email: Email
    name: Name
    language: Language


class CreateOrganisation(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    first_syndic: FirstSyndic
    id: UUID | None = None


async def create_organisation(
    command: CreateOrganisation, *, organisation_id: UUID, uow: UnitOfWork, new_id: UUID
) -> Organisation:
    """A new tenant, with the syndic who may invite the others."""
    organisation = Organisation(organisation_id, command.name)
    syndic = command.first_syndic
    async with uow:
        await uow.organisations.add(organisation)
        await uow.invitations.add(
            Invitation(id=new_id, email=syndic.email, name=syndic.name, language=syndic.language, role=Role.SYNDIC)
        )
    return organisation
