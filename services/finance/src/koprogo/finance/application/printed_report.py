"""A report as it stands on paper (état imprimé, afgedrukt overzicht)."""

from datetime import date
from enum import StrEnum
from itertools import groupby

import msgspec

from koprogo.finance.application.tables import Level, Row, Table
from koprogo.kernel.errors import Conflict
from koprogo.kernel.words import Language

MOST_ROWS = 3_000
"""As documents print at most."""
MOST_BYTES = 600_000
"""Of text: a request for a document is one message of at most a megabyte."""


class ReportKind(StrEnum):
    TRIAL_BALANCE = "trial-balance"
    BALANCE_SHEET = "balance-sheet"
    INCOME_AND_EXPENSE = "income-and-expense"
    CHARGES = "charges"
    GENERAL_LEDGER = "general-ledger"
    OPEN_DEMANDS = "open-demands"
    OWNERS = "owners"
    SIMPLIFIED_BOOKS = "simplified-books"

    @property
    def names_debtors(self) -> bool:
        """What each owner owes is not shown to the council in a list of its own."""
        return self in (ReportKind.OPEN_DEMANDS, ReportKind.OWNERS)


class PrintedReport(msgspec.Struct, frozen=True):
    kind: ReportKind
    table: Table
    covers: date | tuple[date, date]
    """The end of a day, or a period."""
    dated: date
    language: Language


class ReportTooLong(Conflict):
    reason = "REPORT_TOO_LONG"


def check_printable(table: Table) -> None:
    rows = with_headings(table)
    size = sum(len(str(cell).encode()) for row in rows for cell in (row.cells if isinstance(row, Row) else row))
    if len(rows) > MOST_ROWS or size > MOST_BYTES:
        raise ReportTooLong(
            f"This report has {len(rows)} rows, too much for paper; ask for it as csv or xlsx, or for fewer days.",
            rows=len(rows),
        )


def with_headings(table: Table) -> list[Row | tuple[str, ...]]:
    """Its rows without the columns that say what they belong to, which come as a heading over them."""
    first = table.heading_columns
    found: list[Row | tuple[str, ...]] = []
    for heading, rows in groupby(table.rows, key=lambda row: tuple(str(cell) for cell in row.cells[:first])):
        shown = list(rows)
        # A total of all needs none.
        if any(heading) and any(row.level is not Level.TOTAL for row in shown):
            found.append(heading)
        found += [Row(row.cells[first:], row.level) for row in shown]
    return found
