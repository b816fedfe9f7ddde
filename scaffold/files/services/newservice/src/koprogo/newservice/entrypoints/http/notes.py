from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Dependency

from koprogo.kernel.words import Role
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id
from koprogo.newservice.application.ports import UnitOfWork
from koprogo.newservice.application.write_note import WriteNote, write_note
from koprogo.newservice.domain.note import Note

Uow = Annotated[UnitOfWork, Dependency(skip_validation=True)]


class Created(msgspec.Struct):
    id: UUID


@post("/associations/{association_id:uuid}/notes", opt=admits(Role.SYNDIC))
async def create_note(association_id: UUID, data: WriteNote, uow: Uow) -> Created:
    return Created(await write_note(association_id, data, uow=uow, new_id=new_id()))


@get("/associations/{association_id:uuid}/notes", opt=admits(Role.SYNDIC, Role.BOARD_MEMBER))
async def list_notes(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[Note]]:
    async with uow:
        rows = await uow.notes.of(association_id, limit + 1, after)
    return page(request, rows, limit, lambda note: str(note.id))


routes = [create_note, list_notes]
