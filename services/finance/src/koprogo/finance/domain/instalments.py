"""An adopted budget is called in instalments (tranches, schijven) that sum to it exactly (R122, R125)."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import msgspec

from koprogo.finance.domain.budget import Budget, BudgetKind, Schedule
from koprogo.finance.domain.call_for_funds import CallKind, Part
from koprogo.finance.domain.months import months_later
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.money import split
from koprogo.kernel.words import Language

Period = tuple[date, date]
"""First and last day."""


_MONTHS = {Schedule.MONTHLY: 1, Schedule.QUARTERLY: 3, Schedule.YEARLY: 25}
"""Of an instalment at most; no financial year has more months than the last."""
RESERVE_LABELS = {
    Language.FR: "Fonds de réserve",
    Language.NL: "Reservekapitaal",
    Language.DE: "Rücklage",
    Language.EN: "Reserve fund",
}


class InstalmentUnknown(DomainError):
    reason = "INSTALMENT_UNKNOWN"


class InstalmentCalled(Conflict):
    reason = "INSTALMENT_CALLED"


class AllInstalmentsCalled(Conflict):
    reason = "ALL_INSTALMENTS_CALLED"


class ScheduleChosen(Conflict):
    """Instalments of two schedules would overlap, and not sum to the budget."""

    reason = "SCHEDULE_CHOSEN"


class NothingToCall(Conflict):
    reason = "NOTHING_TO_CALL"


class Instalment(msgspec.Struct, frozen=True):
    number: int
    of: int
    period: Period
    parts: tuple[Part, ...]


def periods(first_day: date, last_day: date, schedule: Schedule) -> dict[Period, int]:
    """The instalments of a year, with the months each covers; the last may be shorter."""
    starts = [first_day]
    while (following := months_later(first_day, len(starts))) <= last_day:
        starts.append(following)
    found = {}
    for n in range(0, len(starts), _MONTHS[schedule]):
        covered = starts[n : n + _MONTHS[schedule]]
        after = n + len(covered)
        until = starts[after] - timedelta(days=1) if after < len(starts) else last_day
        found[covered[0], until] = len(covered)
    return found


def _meets(period: Period, called: Collection[Period]) -> bool:
    """A budget that this one replaces may have been called by another schedule."""
    return any(first <= period[1] and period[0] <= last for first, last in called)


def instalment(budget: Budget, schedule: Schedule, number: int | None, called: Collection[Period]) -> Instalment:
    """What one instalment asks; `number` None: the first that is not called yet."""
    if budget.schedule not in (None, schedule):
        raise ScheduleChosen(
            f"This budget is called {budget.schedule}; go on so.", field="schedule", schedule=budget.schedule
        )
    content = budget.content
    months = periods(content.first_day, content.last_day, schedule)
    order: Sequence[Period] = list(months)
    if number is None:
        number = next((n for n, period in enumerate(order, 1) if not _meets(period, called)), None)
        if number is None:
            raise AllInstalmentsCalled("Every instalment of this budget has been called.")
    if not 1 <= number <= len(order):
        raise InstalmentUnknown(
            f"Called {schedule}, this budget has instalments 1 to {len(order)}.", field="instalment", last=len(order)
        )
    period = order[number - 1]
    if _meets(period, called):
        raise InstalmentCalled(
            f"Instalment {number} has been called already; call another.", field="instalment", number=number
        )
    kind = CallKind.PROVISIONS if budget.kind is BudgetKind.ORDINARY else CallKind.WORKS
    wholes = [Part(kind, line.labels, line.amount, line.key_id) for line in content.lines]
    wholes.append(Part(CallKind.RESERVE_FUND, RESERVE_LABELS, content.reserve))
    parts = [msgspec.structs.replace(whole, amount=split(whole.amount, months)[period]) for whole in wholes]
    if not any(part.amount for part in parts):
        raise NothingToCall("This instalment asks nothing of anybody; call another.", field="instalment")
    return Instalment(number, len(order), period, tuple(part for part in parts if part.amount))
