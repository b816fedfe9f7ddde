"""The privilege (privilège, voorrecht) of an association on the lot of who does not pay (R140)."""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

WARNING = timedelta(days=90)


class YearDays(msgspec.Struct, frozen=True):
    first_day: date
    last_day: date


def privileged_until(issued_on: date, years: Iterable[YearDays]) -> date:
    """Last day on which the debt of a call issued that day is of the current or the previous financial year (R140).

    Years that are not in the books are taken to last twelve months: one to come, and those before the first.
    """
    in_order = sorted(years, key=lambda year: year.first_day)
    while issued_on < (first := in_order[0].first_day):
        in_order.insert(0, YearDays(_twelve_months_before(first), first - timedelta(days=1)))
    own = next(year for year in in_order if issued_on <= year.last_day)
    following = next((year for year in in_order if year.first_day > own.last_day), None)
    return following.last_day if following is not None else _twelve_months_from(own.last_day + timedelta(days=1))


def _twelve_months_before(first: date) -> date:
    return date(first.year - 1, first.month, 1) + timedelta(days=first.day - 1)


def _twelve_months_from(first: date) -> date:
    return date(first.year + 1, first.month, 1) + timedelta(days=first.day - 2)


def is_ending(until: date, on: date) -> bool:
    """Over, or so near its end that whoever wants to use it must hurry."""
    return until <= on + WARNING
