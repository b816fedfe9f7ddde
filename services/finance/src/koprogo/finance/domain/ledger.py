"""The whole ledger, to be carried elsewhere and checked there by another program."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Chart
from koprogo.finance.domain.fiscal_year import FiscalYear
from koprogo.finance.domain.journal import Entry
from koprogo.finance.domain.report import Moved


class NumberedEntry(msgspec.Struct, frozen=True):
    entry: Entry
    number: int
    """In its journal and financial year."""


class YearEnd(msgspec.Struct, frozen=True):
    """What every account held when a financial year ended, as posting kept it and not summed from the entries."""

    last_day: date
    balances: tuple[Moved, ...]

    @property
    def day_after(self) -> date:
        return self.last_day + timedelta(days=1)


class Ledger(msgspec.Struct, frozen=True):
    association_id: UUID
    chart: Chart
    years: Sequence[FiscalYear]
    entries: Sequence[NumberedEntry]
    """By day."""
    parties: dict[UUID, str]
    year_ends: Sequence[YearEnd]

    def year_of(self, day: date) -> FiscalYear:
        return next(year for year in self.years if year.first_day <= day <= year.last_day)
