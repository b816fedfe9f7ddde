from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post

from koprogo.kernel.words import Role
from koprogo.kit.http import After, Limit, admits, etag, expected_version, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.ids import new_id
from koprogo.property.application.change_association import ChangeAssociation, change_association
from koprogo.property.application.register_association import RegisterAssociation, register_association
from koprogo.property.application.views import AssociationView
from koprogo.property.entrypoints.http.shared import READERS, Uow


@post("/organisations/{organisation_id:uuid}/associations", opt=admits(Role.SYNDIC, Role.SUPER_ADMIN))
async def create_association(organisation_id: UUID, data: RegisterAssociation, uow: Uow) -> Response[AssociationView]:
    association_id = await register_association(data, uow=uow, new_id=new_id())
    async with uow:
        view = await uow.screens.association(association_id)
    return Response(
        view,
        status_code=201,
        headers={"location": f"/api/property/v1/associations/{association_id}", **etag(view.version)},
    )


@get(
    "/organisations/{organisation_id:uuid}/associations",
    opt=admits(Role.SYNDIC, Role.ACCOUNTANT, Role.SUPER_ADMIN),
)
async def list_associations(
    request: Request[Any, Any, Any], organisation_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[AssociationView]]:
    async with uow:
        rows = await uow.screens.associations(limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@get("/associations/{association_id:uuid}", opt=admits(*READERS, Role.OWNER))
async def read_association(association_id: UUID, uow: Uow) -> Response[AssociationView]:
    async with uow:
        view = await uow.screens.association(association_id)
    return Response(view, headers=etag(view.version))


@patch("/associations/{association_id:uuid}", opt=admits(Role.SYNDIC, Role.SUPER_ADMIN))
async def edit_association(
    association_id: UUID, data: ChangeAssociation, uow: Uow, if_match: IfMatch = None
) -> Response[AssociationView]:
    await change_association(association_id, data, uow=uow, version=expected_version(if_match))
    async with uow:
        view = await uow.screens.association(association_id)
    return Response(view, headers=etag(view.version))


routes = [create_association, list_associations, read_association, edit_association]
