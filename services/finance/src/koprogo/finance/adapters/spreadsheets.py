"""Reports as files that spreadsheets open. What people have written is text there and never a formula."""

import csv
import re
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from koprogo.finance.application.tables import Cell, Kind, Table

LARGEST_TITLE = 31


def csv_of(table: Table) -> bytes:
    """With semicolons, decimal commas and the mark of UTF-8, as Belgian spreadsheets expect them."""
    file = StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([_text(column.name) for column in table.columns])
    for row in table.rows:
        writer.writerow([_written(cell, column.kind) for cell, column in zip(row.cells, table.columns, strict=True)])
    return file.getvalue().encode("utf-8-sig")


def _written(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return ""
    match kind:
        case Kind.AMOUNT:
            return str(cell).replace(".", ",")
        case Kind.DAY if isinstance(cell, date):
            return f"{cell:%d/%m/%Y}"
        case Kind.COUNT:
            return str(cell)
        case _:
            return _text(str(cell))


def _text(text: str) -> str:
    # A spreadsheet takes a text that starts so for a formula, also between quotes.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def xlsx_of(table: Table) -> bytes:
    """Amounts and days are numbers and days there, to calculate with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", table.title)[:LARGEST_TITLE])
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns):
        sheet.column_dimensions[chr(ord("A") + number)].width = (
            40 if column.kind in (Kind.TEXT, Kind.COMMUNICATION) else 14
        )
    sheet.append([_cell(sheet, column.name, Kind.TEXT, bold=True) for column in table.columns])
    for row in table.rows:
        sheet.append([_cell(sheet, cell, column.kind) for cell, column in zip(row.cells, table.columns, strict=True)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Cell, kind: Kind, *, bold: bool = False) -> SheetCell | None:
    if value is None or value == "":
        return None
    cell = WriteOnlyCell(sheet)
    match kind:
        case Kind.AMOUNT:
            cell.value = Decimal(str(value))
            cell.number_format = "#,##0.00"
        case Kind.DAY:
            cell.value = value
            cell.number_format = "dd/mm/yyyy"
        case Kind.COUNT:
            cell.value = value
        case Kind.TEXT | Kind.COMMUNICATION:
            cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", str(value))
            # Set after the value: openpyxl takes what starts with "=" for a formula, and "#N/A" for an error.
            cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
