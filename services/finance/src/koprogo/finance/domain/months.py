"""Months of the calendar: where instalments begin, and what a year is compared by."""

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last day of that month when it is shorter."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_of(first_day: date, last_day: date) -> list[date]:
    """The first day of each month that the days touch."""
    start = first_day.replace(day=1)
    count = (last_day.year - start.year) * 12 + last_day.month - start.month + 1
    return [months_later(start, n) for n in range(count)]


def last_of(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])
