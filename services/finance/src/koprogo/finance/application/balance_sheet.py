from collections.abc import Sequence
from datetime import date

from koprogo.finance.application.report_lines import lines, total
from koprogo.finance.application.report_words import word
from koprogo.finance.application.tables import LINE_COLUMNS, Kind, Level, Table, line_row, table
from koprogo.finance.application.views_reports import BalanceSheet
from koprogo.finance.domain.account import Side
from koprogo.finance.domain.report import Moved
from koprogo.kernel.words import Language


def balance_sheet(on: date, moved: Sequence[Moved], language: Language) -> BalanceSheet:
    """`moved` since the first day of the year `on` is in: what expense and income accounts held before it are
    results of years that are not closed.
    """
    assets = [(m.account, m.fund, m.closing) for m in moved if m.account.side is Side.ASSET]
    liabilities = [(m.account, m.fund, -m.closing) for m in moved if m.account.side is Side.LIABILITY]
    earlier = [(m.account, m.fund, -m.opening) for m in moved if m.account.is_result]
    running = [(m.account, m.fund, m.opening - m.closing) for m in moved if m.account.is_result]
    return BalanceSheet(
        on=on,
        assets=lines(assets, language),
        total_assets=total("total_assets", assets, language),
        liabilities=lines(liabilities, language),
        earlier_results=total("earlier_results", earlier, language),
        result=total("year_result", running, language),
        total_liabilities=total("total_liabilities", [*liabilities, *earlier, *running], language),
    )


def balance_sheet_table(sheet: BalanceSheet, language: Language) -> Table:
    assets, liabilities = word("assets", language), word("liabilities", language)
    rows = [
        *(line_row(assets, line) for line in sheet.assets),
        line_row(assets, sheet.total_assets, Level.TOTAL),
        *(line_row(liabilities, line) for line in (*sheet.liabilities, sheet.earlier_results, sheet.result)),
        line_row(liabilities, sheet.total_liabilities, Level.TOTAL),
    ]
    return table("balance_sheet", {"part": Kind.TEXT, **LINE_COLUMNS}, rows, language, heading_columns=1)
