"""What general meetings have decided, as governance tells it: budgets and calls for works rest on it."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from koprogo.finance.domain.call_for_funds import Decision
from koprogo.kernel.errors import Conflict, DomainError

RESERVE_FUND_WAIVER = "reserve_fund_waiver"
"""Nature of the decision, by four fifths, not to contribute to the reserve fund (R121)."""
OF_BUDGET = "finance/budget/"


class DecisionUnknown(DomainError):
    reason = "DECISION_UNKNOWN"


class DecisionNotAdopted(Conflict):
    reason = "DECISION_NOT_ADOPTED"


def budget_of(about: str) -> UUID | None:
    """The budget that an item of an agenda is about."""
    if not about.startswith(OF_BUDGET):
        return None
    try:
        return UUID(about.removeprefix(OF_BUDGET))
    except ValueError:
        return None


class Convened(msgspec.Struct, frozen=True, kw_only=True):
    """A general meeting, with what its agenda puts to the vote."""

    association_id: UUID
    convened_at: datetime
    on: date
    """The day of `convened_at` in Belgium."""
    about: tuple[str, ...]

    @property
    def budget_ids(self) -> list[UUID]:
        return sorted({found for about in self.about if (found := budget_of(about)) is not None})


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    association_id: UUID
    meeting_id: UUID
    decision_id: UUID
    decision: Decision
    nature: str
    adopted: bool
    about: str
    convened: Convened | None = None
    """The meeting: the vote is on what the item was about at that moment; None: governance did not tell."""

    @property
    def budget_id(self) -> UUID | None:
        """The budget it adopts or rejects. A waiver may be about a budget too, and leaves that to the vote on it."""
        return None if self.nature == RESERVE_FUND_WAIVER else budget_of(self.about)

    def to_rest_on(self) -> Decision:
        if not self.adopted:
            raise DecisionNotAdopted("The meeting has rejected this; a call rests on what it adopted.")
        return self.decision
