"""What general meetings have decided, as governance tells it: budgets and calls for works rest on it."""

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


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    association_id: UUID
    meeting_id: UUID
    decision_id: UUID
    decision: Decision
    nature: str
    adopted: bool
    about: str

    @property
    def budget_id(self) -> UUID | None:
        """The budget it adopts or rejects. A waiver may be about a budget too, and leaves that to the vote on it."""
        if self.nature == RESERVE_FUND_WAIVER or not self.about.startswith(OF_BUDGET):
            return None
        try:
            return UUID(self.about.removeprefix(OF_BUDGET))
        except ValueError:
            return None

    def to_rest_on(self) -> Decision:
        if not self.adopted:
            raise DecisionNotAdopted("The meeting has rejected this; a call rests on what it adopted.")
        return self.decision
