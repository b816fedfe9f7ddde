from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.identity.application.create_organisation import Email, Name
from koprogo.identity.application.ports import Property, UnitOfWork
from koprogo.identity.domain.invitation import Invitation
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Language, Role


class AlreadyInvited(Conflict):
    reason = "ALREADY_INVITED"


class CoOwnerUnknown(DomainError):
    reason = "CO_OWNER_UNKNOWN"


class EmailMissing(DomainError):
    reason = "EMAIL_MISSING"


class InvitePerson(msgspec.Struct, forbid_unknown_fields=True):
    email: Email
    name: Name
    language: Language
    role: Role


class InviteCoOwners(msgspec.Struct, forbid_unknown_fields=True):
    co_owner_ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=500)]


class InvitedCoOwners(msgspec.Struct, frozen=True):
    invited: int
    already_invited: int


async def invite_person(command: InvitePerson, *, association_id: UUID | None, uow: UnitOfWork, new_id: UUID) -> UUID:
    """Invite somebody to work on the organisation, or on one of its associations."""
    if association_id is not None and command.role is Role.OWNER:
        raise DomainError("Owners are invited as the co-owners they are.", reason="ROLE_NOT_GIVEN_HERE", field="role")
    invitation = Invitation(
        id=new_id,
        email=command.email,
        name=command.name,
        language=command.language,
        role=command.role,
        association_id=association_id,
    )
    invitation.check_role()
    async with uow:
        if not await uow.invitations.add(invitation):
            raise AlreadyInvited("This person is already invited with this role.", field="email")
    return invitation.id


async def invite_co_owners(
    command: InviteCoOwners,
    *,
    organisation_id: UUID,
    association_id: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
) -> InvitedCoOwners:
    """Invite co-owners under the name and address that property has; all of them or none."""
    found = {c.id: c for c in await property_.co_owners(organisation_id, association_id, command.co_owner_ids)}
    invited = 0
    async with uow:
        for position, co_owner_id in enumerate(command.co_owner_ids):
            co_owner = found.get(co_owner_id)
            if co_owner is None:
                raise CoOwnerUnknown("This is no co-owner of the association.", field=f"co_owner_ids.{position}")
            if not co_owner.email:
                raise EmailMissing("This co-owner has no mail address yet.", field=f"co_owner_ids.{position}")
            invited += await uow.invitations.add(
                Invitation(
                    id=ids(),
                    email=co_owner.email,
                    name=co_owner.name,
                    language=co_owner.language,
                    role=Role.OWNER,
                    association_id=association_id,
                    co_owner_id=co_owner.id,
                )
            )
    return InvitedCoOwners(invited, len(command.co_owner_ids) - invited)
