"""What withdrawing needs, in its words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from koprogo.finance.domain.settling import OpenDemand
from koprogo.finance.domain.withdrawal import ToWithdraw, Withdrawal


class Withdrawals(Protocol):
    async def call(self, association_id: UUID, call_id: UUID) -> ToWithdraw:
        """One that rests on a decision of the meeting. Refuses what is not there, as do those below."""
        ...

    async def statement(self, association_id: UUID, statement_id: UUID) -> ToWithdraw: ...
    async def settlement(self, association_id: UUID, lot_id: UUID, on: date) -> ToWithdraw:
        """The one that stands."""
        ...

    async def is_brought_forward(self, association_id: UUID, statement_id: UUID) -> bool:
        """What it carries forward for works, a statement of a later period has brought."""
        ...

    async def is_stated(self, association_id: UUID, day: date) -> bool: ...
    async def withdrawn(self, demand_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Those of them that are withdrawn: no line moves them any more."""
        ...

    async def demands(self, association_id: UUID, call_id: UUID) -> Sequence[OpenDemand]: ...
    async def add(self, association_id: UUID, withdrawal: Withdrawal) -> None: ...
    async def beyond_demands(self, association_id: UUID, party_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """What each owes more than his open demands; negative is his credit. Cents."""
        ...

    async def settled_by_credit(
        self, association_id: UUID, party_ids: Sequence[UUID]
    ) -> Mapping[UUID, Sequence[tuple[OpenDemand, int]]]:
        """By owner, demands that stand, and how much of each a credit has settled."""
        ...
