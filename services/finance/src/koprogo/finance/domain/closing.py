"""Closing a year: expenses and income start again from nothing (clôture, afsluiting; R114)."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.chart_template import Policies
from koprogo.finance.domain.fiscal_year import FiscalYear, YearState
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.kernel.errors import Conflict


class EarlierYearNotClosed(Conflict):
    reason = "EARLIER_YEAR_NOT_CLOSED"


class YearNotOver(Conflict):
    reason = "YEAR_NOT_OVER"


def check_can_close(year: FiscalYear, years: Iterable[FiscalYear], today: date) -> None:
    if today <= year.last_day:
        raise YearNotOver(f"This year runs until {year.last_day}; close it afterwards.", last_day=year.last_day)
    for other in years:
        if other.last_day < year.first_day and other.state is not YearState.CLOSED:
            raise EarlierYearNotClosed("Close the years in their order: an earlier one is not closed.")


def closing_entry(
    entry_id: UUID, year: FiscalYear, results: Mapping[tuple[str, Fund], int], policies: Policies
) -> Entry | None:
    """Turns the balances of all expense and income accounts to nothing. What the reserve fund gained or spent goes
    to the reserve fund, what is left of the working capital's year is carried forward. None when nothing moved.
    """
    lines = [
        Line(account=account, amount=-amount, fund=fund)
        for (account, fund), amount in sorted(results.items())
        if amount
    ]
    if not lines:
        return None
    targets = {
        Fund.WORKING: chart_template.CARRIED_FORWARD,
        Fund.RESERVE: chart_template.reserve_account(policies.reserve_class),
    }
    for fund, target in targets.items():
        left = -sum(line.amount for line in lines if line.fund is fund)
        if left:
            lines.append(Line(account=target, amount=left, fund=fund))
    return Entry(
        id=entry_id,
        journal=Journal.MISCELLANEOUS,
        dated=year.last_day,
        text=f"Closing {year.first_day} – {year.last_day}",
        voucher=Voucher("closing", f"{year.first_day}/{year.last_day}", year.last_day),
        lines=tuple(lines),
    )
