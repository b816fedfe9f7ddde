"""Income and expense of a year, and the expenses by heading of the chart."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from koprogo.finance.application.amounts import in_language
from koprogo.finance.application.report_lines import by_fund, line, lines, total
from koprogo.finance.application.report_words import word
from koprogo.finance.application.tables import LINE_COLUMNS, Kind, Level, Table, line_row, table
from koprogo.finance.application.views_reports import ChargeGroup, ChargeReport, IncomeAndExpense
from koprogo.finance.domain.account import Account, Side
from koprogo.finance.domain.report import Result
from koprogo.kernel.words import Language


def income_and_expense(
    first_day: date, last_day: date, results: Sequence[Result], language: Language
) -> IncomeAndExpense:
    income = [(r.account, r.fund, -r.amount) for r in results if r.account.side is Side.INCOME]
    expenses = [(r.account, r.fund, r.amount) for r in results if r.account.side is Side.EXPENSE]
    return IncomeAndExpense(
        first_day=first_day,
        last_day=last_day,
        income=lines(income, language),
        total_income=total("total_income", income, language),
        expenses=lines(expenses, language),
        total_expenses=total("total_expenses", expenses, language),
        result=total("result", [(r.account, r.fund, -r.amount) for r in results], language),
    )


def income_and_expense_table(found: IncomeAndExpense, language: Language) -> Table:
    income, expenses = word("income", language), word("expenses", language)
    rows = [
        *(line_row(income, one) for one in found.income),
        line_row(income, found.total_income, Level.SUBTOTAL),
        *(line_row(expenses, one) for one in found.expenses),
        line_row(expenses, found.total_expenses, Level.SUBTOTAL),
        line_row(word("result", language), found.result, Level.TOTAL),
    ]
    return table("income_and_expense", {"part": Kind.TEXT, **LINE_COLUMNS}, rows, language, heading_columns=1)


def charge_report(
    from_day: date, until_day: date, results: Sequence[Result], chart: Mapping[str, Account], language: Language
) -> ChargeReport:
    """The heading of an account is the one of three digits, or of two where the chart has no third."""
    expenses = [(r.account, r.fund, r.amount) for r in results if r.account.side is Side.EXPENSE]
    groups = defaultdict(list)
    for account, fund, amount in expenses:
        groups[account.code[: 3 if account.code[:3] in chart else 2]].append((account, fund, amount))
    return ChargeReport(
        from_day=from_day,
        until_day=until_day,
        groups=[
            ChargeGroup(line(code, in_language(chart[code].names, language), by_fund(group)), lines(group, language))
            for code, group in sorted(groups.items())
        ],
        total=total("total_expenses", expenses, language),
    )


def charge_report_table(found: ChargeReport, language: Language) -> Table:
    """The accounts of a heading, then its total."""
    sum_of = word("total", language)
    rows = []
    for group in found.groups:
        heading = f"{group.total.account} {group.total.name}"
        rows += [line_row(heading, one) for one in group.accounts]
        whole = msgspec.structs.replace(group.total, account="", name=sum_of)
        rows.append(line_row(heading, whole, Level.SUBTOTAL))
    rows.append(line_row("", found.total, Level.TOTAL))
    return table("charge_report", {"part": Kind.TEXT, **LINE_COLUMNS}, rows, language, heading_columns=1)
