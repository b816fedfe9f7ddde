"""Simplified books (comptabilité simplifiée, vereenvoudigde boekhouding) of a small association (R110)."""

from collections.abc import Sequence
from datetime import date

from koprogo.finance.application.amounts import in_language
from koprogo.finance.application.report_words import word
from koprogo.finance.application.results import income_and_expense
from koprogo.finance.application.tables import Kind, Level, Row, Table, table
from koprogo.finance.application.views_reports import OwnerBalances, SimplifiedBooks, TreasuryLine
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.report import MOST_SIMPLIFIED_LOTS, Moved, Result, worth
from koprogo.kernel.errors import Conflict
from koprogo.kernel.money import euros
from koprogo.kernel.words import Language


class ChartRequired(Conflict):
    """R110."""

    reason = "CHART_REQUIRED"


def check_may_be_simplified(counted_lots: int) -> None:
    """R110."""
    if counted_lots > MOST_SIMPLIFIED_LOTS:
        raise ChartRequired(
            f"With {counted_lots} lots that count the full chart in double entry is due; use the balance sheet and the "
            "general ledger.",
            counted_lots=counted_lots,
        )


def simplified_books(
    year: tuple[date, date],
    counted_lots: int,
    moved: Sequence[Moved],
    results: Sequence[Result],
    owners: OwnerBalances,
    language: Language,
) -> SimplifiedBooks:
    balances = [(m.account, m.fund, m.closing) for m in moved]
    return SimplifiedBooks(
        first_day=year[0],
        last_day=year[1],
        counted_lots=counted_lots,
        result=income_and_expense(*year, results, language),
        treasury=[
            TreasuryLine(
                account=m.account.code,
                name=in_language(m.account.names, language),
                fund=m.fund,
                opening=euros(m.opening),
                received=euros(m.debit),
                paid=euros(m.credit),
                closing=euros(m.closing),
            )
            for m in moved
            if m.is_treasury
        ],
        working_capital=euros(worth(balances, Fund.WORKING)),
        reserve_fund=euros(worth(balances, Fund.RESERVE)),
        owners=owners,
    )


def simplified_books_table(found: SimplifiedBooks, language: Language) -> Table:
    columns = {
        "part": Kind.TEXT, "account": Kind.TEXT, "name": Kind.TEXT, "opening": Kind.AMOUNT, "received": Kind.AMOUNT,
        "paid_out": Kind.AMOUNT, "balance": Kind.AMOUNT,
    }  # fmt: skip
    rows: list[Row] = []
    for part, lines, level in (
        ("income", found.result.income, Level.LINE),
        ("income", [found.result.total_income], Level.SUBTOTAL),
        ("expenses", found.result.expenses, Level.LINE),
        ("expenses", [found.result.total_expenses], Level.SUBTOTAL),
        ("result", [found.result.result], Level.TOTAL),
    ):
        rows += [Row((word(part, language), line.account, line.name, "", "", "", line.total), level) for line in lines]
    rows += [
        Row((word("treasury", language), line.account, line.name, line.opening, line.received, line.paid, line.closing))
        for line in found.treasury
    ]
    for part, amount in (("working_capital", found.working_capital), ("reserve_fund", found.reserve_fund)):
        rows.append(Row((word("fund", language), "", word(part, language), "", "", "", amount)))
    rows += [Row((word("owner", language), "", owner.name, "", "", "", owner.balance)) for owner in found.owners.owners]
    for part, amount in (("claims", found.owners.claims), ("debts", found.owners.debts)):
        rows.append(Row((word("owner", language), "", word(part, language), "", "", "", amount), Level.SUBTOTAL))
    return table("simplified_books", columns, rows, language, heading_columns=1)
