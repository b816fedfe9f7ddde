"""What was planned against what was spent (écart, afwijking), month by month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain.budget import BudgetContent
from koprogo.finance.domain.months import months_of
from koprogo.kernel.money import split

Place = tuple[str, UUID | None]
"""Account and allocation key."""


class Figures(msgspec.Struct, frozen=True):
    budgeted: int
    spent: int

    @property
    def difference(self) -> int:
        """What is left; negative is overspent."""
        return self.budgeted - self.spent

    @property
    def ratio(self) -> int | None:
        """Spent of what was budgeted, in hundredths of a percent, half away from zero; None when nothing was."""
        if not self.budgeted:
            return None
        size = (abs(self.spent) * 20_000 + self.budgeted) // (2 * self.budgeted)
        return size if self.spent >= 0 else -size


class Compared(msgspec.Struct, frozen=True):
    """Twelve equal parts, or as many as the year has months; they sum to what is budgeted (R125)."""

    place: Place
    months: dict[date, Figures]

    @property
    def year(self) -> Figures:
        return total(self.months.values())


def total(figures: Iterable[Figures]) -> Figures:
    found = list(figures)
    return Figures(sum(one.budgeted for one in found), sum(one.spent for one in found))


def compare(content: BudgetContent, spent: Mapping[tuple[Place, date], int]) -> list[Compared]:
    """Every account and key that was planned or spent, in the order of the chart; `spent` by first day of month."""
    months = months_of(content.first_day, content.last_day)
    planned: dict[Place, int] = defaultdict(int)
    for line in content.lines:
        planned[line.place] += line.amount
    places = {**planned, **{place: planned.get(place, 0) for place, _ in spent}}
    return [
        Compared(
            place,
            {
                month: Figures(part, spent.get((place, month), 0))
                for month, part in split(places[place], dict.fromkeys(months, 1)).items()
            },
        )
        for place in sorted(places, key=lambda place: (place[0], str(place[1] or "")))
    ]
