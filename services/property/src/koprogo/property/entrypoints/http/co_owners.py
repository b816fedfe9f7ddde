from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, patch

from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, etag, expected_version, page
from koprogo.kit.http.etags import IfMatch
from koprogo.property.application.change_co_owner import ChangeCoOwner, change_co_owner
from koprogo.property.application.views import CoOwnerView
from koprogo.property.entrypoints.http.shared import READERS, Uow

MANAGERS = (Role.SYNDIC, Role.SUPER_ADMIN)


@get("/associations/{association_id:uuid}/co-owners", opt=admits(*READERS, Role.OWNER))
async def list_co_owners(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[CoOwnerView]]:
    async with uow:
        rows = await uow.screens.co_owners(association_id, limit + 1, after, date.today())  # noqa: DTZ011
    if not actor.is_one_of(*READERS):
        # Owners see each other's names and shares; contact data their own alone.
        rows = [
            row if row.id in actor.co_owners else msgspec.structs.replace(row, contact=None, reference="")
            for row in rows
        ]
    return page(request, rows, limit, lambda row: str(row.id))


@patch("/associations/{association_id:uuid}/co-owners/{co_owner_id:uuid}", opt=admits(*MANAGERS, Role.OWNER))
async def edit_co_owner(
    association_id: UUID,
    co_owner_id: UUID,
    data: ChangeCoOwner,
    actor: Actor,
    uow: Uow,
    if_match: IfMatch = None,
) -> Response[None]:
    version = await change_co_owner(
        association_id,
        co_owner_id,
        data,
        uow=uow,
        version=expected_version(if_match),
        manages=actor.is_one_of(*MANAGERS),
        own=actor.co_owners,
    )
    return Response(None, status_code=204, headers=etag(version))


routes = [list_co_owners, edit_co_owner]
