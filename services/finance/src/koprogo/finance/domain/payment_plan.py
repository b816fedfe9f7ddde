"""A payment plan (plan d'apurement, afbetalingsplan): instalments that an owner and the syndic agree on."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.money import euros

GRACE = timedelta(days=5)
"""An instalment that is so late breaks the plan."""


class PlanSumWrong(DomainError):
    reason = "PLAN_SUM_WRONG"


class PlanDaysWrong(DomainError):
    reason = "PLAN_DAYS_WRONG"


class PlanRuns(Conflict):
    reason = "PLAN_RUNS"


class PlanEnded(Conflict):
    reason = "PLAN_ENDED"


class PlanState(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    FULFILLED = "fulfilled"
    ENDED = "ended"


class Instalment(msgspec.Struct, frozen=True):
    due_on: date
    amount: int


class PaymentPlan(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    party_id: UUID
    agreed_on: date
    instalments: tuple[Instalment, ...]
    settled: int = 0
    """Of the demands it covers, since it began: whatever payment it was that settled them."""
    ended_on: date | None = None

    @property
    def amount(self) -> int:
        return sum(instalment.amount for instalment in self.instalments)

    def due_by(self, day: date) -> int:
        return sum(instalment.amount for instalment in self.instalments if instalment.due_on <= day)

    def state_on(self, day: date) -> PlanState:
        if self.ended_on is not None:
            return PlanState.ENDED
        if self.settled >= self.amount:
            return PlanState.FULFILLED
        return PlanState.KEPT if self.settled >= self.due_by(day - GRACE) else PlanState.BROKEN


def check_instalments(instalments: Sequence[Instalment], open_: int, today: date) -> None:
    """A plan is for all that is open, on days to come in their order."""
    days = [instalment.due_on for instalment in instalments]
    if days != sorted(set(days)) or days[0] < today:
        raise PlanDaysWrong(
            f"Instalments fall due one after the other, none before today, {today}.", field="instalments", today=today
        )
    total = sum(instalment.amount for instalment in instalments)
    if total != open_:
        raise PlanSumWrong(
            f"The instalments add up to {euros(total)}, and {euros(open_)} is open; make them equal.",
            field="instalments",
            total=euros(total),
            open=euros(open_),
        )
