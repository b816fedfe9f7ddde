"""What the use cases need, in their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from koprogo.kernel.transaction import Transaction
from koprogo.newservice.domain.note import Note


class Notes(Protocol):
    async def add(self, note: Note) -> None: ...
    async def of(self, association_id: UUID, limit: int, after: str | None) -> Sequence[Note]:
        """In the order of their ids."""
        ...


class UnitOfWork(Transaction, Protocol):
    @property
    def notes(self) -> Notes: ...
