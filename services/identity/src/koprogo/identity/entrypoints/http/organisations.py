from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from koprogo.identity.application.create_organisation import CreateOrganisation, create_organisation
from koprogo.identity.application.views import GrantView, Me, OrganisationView
from koprogo.identity.entrypoints.http.shared import AllOrganisations, GrantsOf, Uow, UowOf
from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id


@post("/organisations", opt=admits(Role.SUPER_ADMIN))
async def open_organisation(data: CreateOrganisation, uow_of: UowOf) -> Response[OrganisationView]:
    organisation_id = data.id or new_id()
    organisation = await create_organisation(
        data, organisation_id=organisation_id, uow=uow_of(organisation_id), new_id=new_id()
    )
    return Response(
        OrganisationView(organisation.id, organisation.name),
        status_code=201,
        headers={"location": f"/api/identity/v1/organisations/{organisation.id}"},
    )


@get("/organisations", opt=admits(Role.SUPER_ADMIN))
async def list_organisations(
    request: Request[Any, Any, Any], all_organisations: AllOrganisations, limit: Limit = 50, after: After = None
) -> Response[Sequence[OrganisationView]]:
    return page(request, await all_organisations(limit + 1, after), limit, lambda row: str(row.id))


@get("/organisations/{organisation_id:uuid}", opt=admits(Role.SUPER_ADMIN, Role.SYNDIC, Role.ACCOUNTANT))
async def read_organisation(organisation_id: UUID, uow: Uow) -> OrganisationView:
    async with uow:
        organisation = await uow.organisations.get(organisation_id)
    return OrganisationView(organisation.id, organisation.name)


@get("/me", opt=admits())
async def read_me(actor: Actor, grants_of: GrantsOf) -> Me:
    """Who is signed in, and all he may do."""
    grants = await grants_of(actor.subject)
    return Me(
        subject=actor.subject,
        email=actor.email,
        name=actor.name,
        acr=actor.acr,
        is_super_admin=Role.SUPER_ADMIN in actor.roles,
        grants=[GrantView(g.organisation_id, g.association_id, g.role, g.co_owner_id) for g in grants],
    )


routes = [open_organisation, list_organisations, read_organisation, read_me]
