"""What screens show of budgets. Amounts are decimal strings in euro."""

from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.application.views import DecisionView
from koprogo.finance.domain.budget import BudgetKind, BudgetState, Schedule
from koprogo.finance.domain.reserve_floor import FloorStatus
from koprogo.kernel.words import Language


class BudgetSummary(msgspec.Struct):
    id: UUID
    kind: BudgetKind
    titles: dict[Language, str]
    first_day: date
    last_day: date
    state: BudgetState
    decision: DecisionView | None
    """None: no meeting has voted it."""
    total: str
    """Of its lines."""
    reserve_contribution: str
    convened_on: date | None
    """Since this day it stands on the agenda of a meeting that is convened, and is no more changed."""
    replaced_by: UUID | None
    """Of a replaced one: the budget that stands for its year."""
    version: int


class BudgetLineView(msgspec.Struct):
    account: str
    allocation_key_id: UUID | None
    amount: str
    labels: dict[Language, str]
    occupant_percent: int


class ReserveFloorView(msgspec.Struct):
    """R121."""

    status: FloorStatus
    ordinary_charges: str | None
    """Of the year before, as far as they are posted."""
    floor: str | None
    warning: str = ""
    """In the reader's language, when the contribution is below."""


class BudgetView(msgspec.Struct):
    budget: BudgetSummary
    lines: list[BudgetLineView]
    reserve_floor: ReserveFloorView | None
    """None for works: the ordinary budget of the year contributes."""
    schedule: Schedule | None
    called_until: date | None
    """Last day that issued instalments cover."""


class FiguresView(msgspec.Struct):
    budgeted: str
    spent: str
    difference: str
    """What is left; negative is overspent."""
    ratio: str | None
    """Percent spent, with two decimals; None when nothing was budgeted."""


class MonthView(msgspec.Struct):
    month: date
    """Its first day."""
    figures: FiguresView


class VarianceLine(msgspec.Struct):
    account: str
    names: dict[Language, str]
    allocation_key_id: UUID | None
    year: FiguresView
    months: list[MonthView]


class VarianceView(msgspec.Struct):
    budget_id: UUID
    first_day: date
    last_day: date
    year: FiguresView
    lines: list[VarianceLine]


class TakenView(msgspec.Struct):
    """A decision of a meeting that a call may rest on, when it was adopted."""

    decision: DecisionView
    meeting_id: UUID
    nature: str
    adopted: bool
    about: str
