"""A report as rows and columns, to be opened in a spreadsheet or printed."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from koprogo.finance.application.report_words import word
from koprogo.finance.application.views_reports import ReportLine
from koprogo.kernel.words import Language


class Kind(StrEnum):
    TEXT = "text"
    AMOUNT = "amount"
    """A decimal string in euro; empty: none."""
    DAY = "day"
    COUNT = "count"
    COMMUNICATION = "communication"
    """Structured, twelve digits."""


class Level(StrEnum):
    LINE = "line"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


Cell = str | int | date | None


class Column(msgspec.Struct, frozen=True):
    name: str
    kind: Kind


class Row(msgspec.Struct, frozen=True):
    cells: tuple[Cell, ...]
    level: Level = Level.LINE


class Table(msgspec.Struct, frozen=True):
    title: str
    columns: tuple[Column, ...]
    rows: list[Row]
    heading_columns: int = 0
    """As many of the first columns say what a row belongs to: on paper they stand over the rows they share."""


def table(
    title: str, columns: dict[str, Kind], rows: Iterable[Row], language: Language, *, heading_columns: int = 0
) -> Table:
    """`title` and the columns' names are words of reports."""
    named = tuple(Column(word(name, language), kind) for name, kind in columns.items())
    return Table(word(title, language), named, list(rows), heading_columns)


LINE_COLUMNS = {
    "account": Kind.TEXT,
    "name": Kind.TEXT,
    "working_capital": Kind.AMOUNT,
    "reserve_fund": Kind.AMOUNT,
    "total": Kind.AMOUNT,
}


def line_row(part: str, line: ReportLine, level: Level = Level.LINE) -> Row:
    return Row((part, line.account, line.name, line.working_capital, line.reserve_fund, line.total), level)
