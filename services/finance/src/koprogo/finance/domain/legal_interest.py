"""Legal interest (intérêt légal, wettelijke interest) from the day of the formal notice (R142).

Policy: a year has 365 days for the calculation, leap years too; the law does not say.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor
from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError

RATES = {
    2022: Fraction("1.50"),
    2023: Fraction("5.25"),
    2024: Fraction("5.75"),
    2025: Fraction("4.50"),
    2026: Fraction("4.50"),
}
"""Percent a year, by calendar year: law of 5 May 1865, art. 2 §1; published each January in the Moniteur belge /
Belgisch Staatsblad by the Treasury."""
BASE_DAYS = 365
FREE_DAYS = 14
"""R143: between the first reminder of a debt and anything that is charged for it."""


class LegalRateUnknown(DomainError):
    """A rate is never guessed."""

    reason = "LEGAL_RATE_UNKNOWN"


def rate_of(year: int) -> Fraction:
    rate = RATES.get(year)
    if rate is None:
        raise LegalRateUnknown(
            f"The legal interest rate of {year} is not known here; choose a day of another year, or have it added.",
            year=year,
        )
    return rate


def accrued(movements: Sequence[tuple[date, int]], first: date, until: date) -> Fraction:
    """Exact, in cents, for the days from `first` up to and without `until`, on what was open on each of them.

    `movements` change what is open (cents) from their day on.
    """
    turns = {day for day, _ in movements} | {date(year, 1, 1) for year in range(first.year + 1, until.year + 1)}
    days = sorted({first, until} | {day for day in turns if first < day < until}) if first < until else []
    total = Fraction(0)
    for start, end in pairwise(days):
        principal = sum(amount for day, amount in movements if day <= start)
        if principal > 0:
            total += principal * rate_of(start.year) * (end - start).days / (100 * BASE_DAYS)
    return total


def rounded(amount: Fraction) -> int:
    """To the cent, half of one up; once a demand, at the end."""
    return floor(amount + Fraction(1, 2))


class UnderNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A demand that a formal notice was given for, and every line that moved it."""

    demand_id: UUID
    party_id: UUID
    party_name: str
    first_on: date
    """Of its first reminder, whichever level that had."""
    formal_on: date
    movements: tuple[tuple[date, int], ...]
    claimed: int
    """Interest that reminders have claimed already."""

    def since(self, *, safe_mode: bool) -> date:
        """R142; in the safe mode of R143 not before the free days after the first reminder are over."""
        return max(self.formal_on, self.first_on + timedelta(days=FREE_DAYS)) if safe_mode else self.formal_on

    def open_on(self, day: date) -> int:
        return sum(amount for moved_on, amount in self.movements if moved_on <= day)

    def interest_on(self, day: date, *, safe_mode: bool) -> int:
        """All of it up to the day, claimed or not."""
        return rounded(accrued(self.movements, self.since(safe_mode=safe_mode), day))
