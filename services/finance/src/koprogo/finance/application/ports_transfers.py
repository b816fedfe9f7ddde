"""What the use cases about sold lots need, in their words."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.transfer_statement import ComingCall, OpenDemandOfOwner, TransferRequest
from koprogo.kernel.words import Language


class TransferRequestView(msgspec.Struct):
    id: UUID
    lot_id: UUID
    lot_number: str
    paragraph: int
    requested_on: date
    answer_by: date
    days_left: int
    """Negative when it is late; counted until the answer."""
    transfer_on: date | None
    requester: str
    answered_on: date | None
    document_id: UUID | None


class TransferRequests(Protocol):
    async def add(self, association_id: UUID, request: TransferRequest) -> None: ...
    async def get(self, association_id: UUID, request_id: UUID) -> TransferRequest: ...
    async def answered(self, request: TransferRequest) -> None: ...
    async def page(
        self, association_id: UUID, today: date, limit: int, after: str | None
    ) -> Sequence[TransferRequestView]: ...
    async def funds(self, association_id: UUID, on: date) -> dict[Fund, int]:
        """What each fund amounts to at the end of a day: the capital, and for the reserve what the year added."""
        ...

    async def due(self, association_id: UUID, party_id: UUID, on: date) -> Sequence[OpenDemandOfOwner]: ...
    async def coming(self, association_id: UUID, lot_id: UUID, decided_by: date, on: date) -> Sequence[ComingCall]:
        """Calls of the lot decided until a day and due after another."""
        ...

    async def statements(self, association_id: UUID, party_id: UUID, since: date) -> Sequence[UUID]:
        """Charge statements that went to the owner, as documents."""
        ...

    async def balance_sheet(self, association_id: UUID) -> tuple[date, Sequence[tuple[str, dict[Language, str], int]]]:
        """Of the last closed year: its last day, and the balance of each account; today's when none is closed."""
        ...


class MinutesOfMeeting(msgspec.Struct, frozen=True):
    document_id: UUID
    meeting_id: UUID
    kind: str
    held_on: date
    language: Language


class Governance(Protocol):
    """The neighbour that keeps minutes."""

    async def minutes(self, tenant: UUID, association_id: UUID, since: date) -> Sequence[MinutesOfMeeting]: ...
