"""What an owner has not paid in time (arriérés, achterstallen), as the ladder of reminders sees it."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.finance.domain.payment_plan import PaymentPlan
from koprogo.kernel.errors import Conflict
from koprogo.kernel.words import Language


class DemandPaidAlready(Conflict):
    reason = "DEMAND_PAID_ALREADY"


class Level(StrEnum):
    """R144: friendly (rappel amical, vriendelijke herinnering), firm, formal notice (mise en demeure,
    ingebrekestelling).
    """

    FRIENDLY = "friendly"
    FIRM = "firm"
    FORMAL = "formal"


LEVELS = tuple(Level)


class ArrearsPolicy(msgspec.Struct, frozen=True):
    threshold: int = 500
    """Cents; who owes less is not reminded."""
    statement_days: int = 7
    """How old the last statement of the bank may be when reminders go out."""
    safe_mode: bool = True
    """R143: the first reminder is free, and fourteen days pass before anything is charged."""
    version: int = 0


class Notice(msgspec.Struct, frozen=True):
    """That a reminder was sent."""

    level: Level
    sent_on: date
    pay_until: date


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A demand of which something is open, and the reminders it was in."""

    id: UUID
    titles: dict[Language, str]
    communication: str
    due_on: date
    asked: int
    open: int
    is_disputed: bool = False
    is_charge: bool = False
    """Cost and interest of a reminder."""
    notices: tuple[Notice, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one owner that decides about a reminder."""

    party_id: UUID
    party_name: str
    demands: tuple[Owed, ...]
    last: Notice | None = None
    """The last reminder he got, whatever it was about."""
    plan: PaymentPlan | None = None
    """The one that runs."""

    def overdue_on(self, day: date) -> list[Owed]:
        return [demand for demand in self.demands if demand.due_on < day]

    def counted_on(self, day: date) -> list[Owed]:
        """Overdue and not disputed, the oldest first: what a reminder is about."""
        counted = [demand for demand in self.overdue_on(day) if not demand.is_disputed]
        return sorted(counted, key=lambda demand: (demand.due_on, demand.id))
