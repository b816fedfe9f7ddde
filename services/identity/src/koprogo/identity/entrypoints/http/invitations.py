from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post

from koprogo.identity.application.invite import (
    InviteCoOwners,
    InvitedCoOwners,
    InvitePerson,
    invite_co_owners,
    invite_person,
)
from koprogo.identity.application.revoke import resend, revoke
from koprogo.identity.application.views import InvitationView
from koprogo.identity.entrypoints.http.shared import KnowsProperty, Uow
from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id

MANAGERS = (Role.SUPER_ADMIN, Role.SYNDIC)


class Invited(msgspec.Struct):
    id: UUID


@post("/organisations/{organisation_id:uuid}/invitations", opt=admits(*MANAGERS), status_code=202)
async def invite_to_organisation(organisation_id: UUID, data: InvitePerson, uow: Uow) -> Invited:
    """The account and the mail follow at once; the list of invitations shows how far they are."""
    return Invited(await invite_person(data, association_id=None, uow=uow, new_id=new_id()))


@post("/associations/{association_id:uuid}/invitations", opt=admits(*MANAGERS), status_code=202)
async def invite_to_association(association_id: UUID, data: InvitePerson, uow: Uow) -> Invited:
    return Invited(await invite_person(data, association_id=association_id, uow=uow, new_id=new_id()))


@post("/associations/{association_id:uuid}/owner-invitations", opt=admits(*MANAGERS), status_code=202)
async def invite_owners(
    association_id: UUID, data: InviteCoOwners, actor: Actor, uow: Uow, property_: KnowsProperty
) -> InvitedCoOwners:
    """Co-owners sign in as the co-owners they are; inviting somebody again changes nothing."""
    return await invite_co_owners(
        data,
        organisation_id=actor.tenant,
        association_id=association_id,
        property_=property_,
        uow=uow,
        ids=new_id,
    )


@get("/organisations/{organisation_id:uuid}/invitations", opt=admits(*MANAGERS))
async def list_organisation_invitations(
    request: Request[Any, Any, Any], organisation_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[InvitationView]]:
    async with uow:
        rows = await uow.invitations.page(None, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@get("/associations/{association_id:uuid}/invitations", opt=admits(*MANAGERS))
async def list_association_invitations(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[InvitationView]]:
    async with uow:
        rows = await uow.invitations.page(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@post(
    "/organisations/{organisation_id:uuid}/invitations/{invitation_id:uuid}/mails",
    opt=admits(*MANAGERS),
    status_code=202,
)
async def resend_invitation(organisation_id: UUID, invitation_id: UUID, uow: Uow) -> None:
    await resend(invitation_id, uow=uow)


@delete("/organisations/{organisation_id:uuid}/invitations/{invitation_id:uuid}", opt=admits(*MANAGERS))
async def revoke_invitation(organisation_id: UUID, invitation_id: UUID, uow: Uow) -> None:
    """Ends the grants that came of it, in every service."""
    await revoke(invitation_id, uow=uow, today=datetime.now(UTC).date())


routes = [
    invite_to_organisation,
    invite_to_association,
    invite_owners,
    list_organisation_invitations,
    list_association_invitations,
    resend_invitation,
    revoke_invitation,
]
