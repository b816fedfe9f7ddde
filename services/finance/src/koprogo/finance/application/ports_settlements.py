"""What the use cases about the working capital of sold lots need, in their words."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from koprogo.finance.application.views_settlements import TransferView
from koprogo.finance.domain.settlement import NotedTransfer, Settlement


class Settlements(Protocol):
    async def transfer(self, association_id: UUID, lot_id: UUID, on: date) -> tuple[NotedTransfer, UUID | None]:
        """As it was noted, and the call by which it was settled. Refuses what was not noted."""
        ...

    async def called(self, association_id: UUID, party_id: UUID, lot_id: UUID, on: date) -> int:
        """What was called from an owner for the working capital of a lot, and booked on this day; cents."""
        ...

    async def add(self, association_id: UUID, settlement: Settlement, call_id: UUID) -> None: ...
    async def page(self, association_id: UUID, limit: int, after: str | None) -> Sequence[TransferView]:
        """The latest first, either settled or to settle."""
        ...
