"""A note on an association."""

from uuid import UUID

import msgspec


class NoteWritten(msgspec.Struct, frozen=True):
    note_id: UUID
    association_id: UUID


class Note(msgspec.Struct, frozen=True):
    id: UUID
    association_id: UUID
    text: str

    @property
    def written(self) -> NoteWritten:
        return NoteWritten(self.id, self.association_id)
