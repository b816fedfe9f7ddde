"""A report as documents print it."""

from datetime import date

from koprogo.finance.application.printed_report import PrintedReport, with_headings
from koprogo.finance.application.tables import Cell, Row
from koprogo_api.documents.events.v1.money_pb2 import Report, ReportColumn, ReportRow


def content(report: PrintedReport) -> Report:
    table = report.table
    message = Report(
        title=table.title,
        dated=report.dated.isoformat(),
        columns=[
            ReportColumn(label=column.name, kind=column.kind.value) for column in table.columns[table.heading_columns :]
        ],
        rows=[_row(row) for row in with_headings(table)],
    )
    match report.covers:
        case (first, last):
            message.period_from, message.period_until = first.isoformat(), last.isoformat()
        case day:
            message.day = day.isoformat()
    return message


def _row(row: Row | tuple[str, ...]) -> ReportRow:
    if isinstance(row, Row):
        return ReportRow(level=row.level.value, cells=[_written(cell) for cell in row.cells])
    return ReportRow(level="heading", cells=row)


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)
