from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.newservice.application.ports import UnitOfWork
from koprogo.newservice.domain.note import Note


class WriteNote(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    id: UUID | None = None
    """Chosen by the client, if he wants to."""


async def write_note(association_id: UUID, command: WriteNote, *, uow: UnitOfWork, new_id: UUID) -> UUID:
    """Keep a note on an association."""
    note = Note(command.id or new_id, association_id, command.text)
    async with uow:
        await uow.notes.add(note)
    return note.id
