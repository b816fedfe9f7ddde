from collections.abc import Sequence
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import Conflict
from koprogo.kit.database import UnitOfWork
from koprogo.newservice.adapters.events import outgoing
from koprogo.newservice.domain.note import Note


class NoteExists(Conflict):
    reason = "NOTE_EXISTS"


class PostgresNotes:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def add(self, note: Note) -> None:
        try:
            await self._uow.connection.execute(
                "insert into notes (id, association_id, text) values ($1, $2, $3)",
                note.id,
                note.association_id,
                note.text,
            )
        except asyncpg.UniqueViolationError as twice:
            raise NoteExists("There is already a note with this id.", field="id") from twice
        await self._uow.publish(outgoing(note.written))

    async def of(self, association_id: UUID, limit: int, after: str | None) -> Sequence[Note]:
        rows = await self._uow.connection.fetch(
            "select id, association_id, text from notes"
            " where association_id = $1 and ($3::text is null or id::text > $3) order by id limit $2",
            association_id,
            limit,
            after,
        )
        return [Note(row["id"], row["association_id"], row["text"]) for row in rows]
