"""A report as it is laid out on paper: how wide its columns are, how its cells are written."""

from collections.abc import Sequence

from koprogo.documents.rendering.paying import communication
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.writing import Writing
from koprogo_api.documents.events.v1.money_pb2 import Report

MOST_ROWS = 3_000
"""Half a minute of rendering, and as much memory as the process may take."""
MOST_UPRIGHT_COLUMNS = 5
WIDEST_TEXT = 30
"""In characters; what is longer wraps."""
WIDEST_WORD_OF_A_LABEL = 12
"""What is longer is hyphenated."""
KINDS = ("text", "amount", "day", "count", "communication")
NUMBERS = ("amount", "count")
LEVELS = ("heading", "line", "subtotal", "total")

Rows = Sequence[tuple[str, Sequence[str]]]
"""Level, and what is written in each cell."""


def rows(report: Report, write: Writing) -> Rows:
    if len(report.rows) > MOST_ROWS:
        raise DocumentNotRenderable(f"A report on paper has at most {MOST_ROWS} rows.", field="report.rows")
    kinds = [column.kind for column in report.columns]
    if unknown := {*kinds} - {*KINDS} | {row.level for row in report.rows} - {*LEVELS}:
        raise DocumentNotRenderable(f"A report has no {', '.join(sorted(unknown))}.", field="report")
    found = []
    for row in report.rows:
        if row.level == "heading":
            found.append((row.level, list(row.cells)))
        elif len(row.cells) != len(kinds):
            raise DocumentNotRenderable("A row has a cell for each column.", field="report.rows")
        else:
            found.append(
                (row.level, [_written(cell, kind, write) for cell, kind in zip(row.cells, kinds, strict=True)])
            )
    return found


def _written(cell: str, kind: str, write: Writing) -> str:
    if not cell:
        return ""
    match kind:
        case "amount":
            return write.figure(cell)
        case "day":
            return write.numeric_day(cell)
        case "communication":
            return communication(cell)
        case _:
            return cell


def widths(report: Report, written: Rows) -> list[str]:
    """Percentages of the page: each column as its cells need, texts up to a bound beyond which they wrap."""
    needed = []
    for number, column in enumerate(report.columns):
        longest = max((len(cells[number]) for level, cells in written if level != "heading"), default=0)
        label = min(max(map(len, column.label.split()), default=0), WIDEST_WORD_OF_A_LABEL)
        if column.kind == "text":
            longest = min(longest, WIDEST_TEXT)
        # Three more for the space between columns, and for labels in bold.
        needed.append(max(longest, label) + 3)
    whole = sum(needed)
    return [f"{100 * width / whole:.2f}%" for width in needed]


def is_landscape(report: Report) -> bool:
    return len(report.columns) > MOST_UPRIGHT_COLUMNS
