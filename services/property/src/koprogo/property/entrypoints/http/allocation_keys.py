from collections.abc import Sequence
from uuid import UUID

import msgspec
from litestar import get, post

from koprogo.kernel.words import Role
from koprogo.kit.http import admits
from koprogo.kit.ids import new_id
from koprogo.property.application.add_allocation_key import AddAllocationKey, add_allocation_key
from koprogo.property.application.views import AllocationKeyView
from koprogo.property.entrypoints.http.shared import READERS, Uow


class Created(msgspec.Struct):
    id: UUID


@post("/associations/{association_id:uuid}/allocation-keys", opt=admits(Role.SYNDIC, Role.SUPER_ADMIN))
async def create_allocation_key(association_id: UUID, data: AddAllocationKey, uow: Uow) -> Created:
    return Created(await add_allocation_key(association_id, data, uow=uow, new_id=new_id()))


@get("/associations/{association_id:uuid}/allocation-keys", opt=admits(*READERS, Role.OWNER))
async def list_allocation_keys(association_id: UUID, uow: Uow) -> Sequence[AllocationKeyView]:
    async with uow:
        return await uow.allocation_keys.all(association_id)


routes = [create_allocation_key, list_allocation_keys]
