"""Amounts by account, the two funds side by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from koprogo.finance.application.amounts import in_language
from koprogo.finance.application.report_words import word
from koprogo.finance.application.views_reports import ReportLine
from koprogo.finance.domain.account import Account, Fund
from koprogo.kernel.money import euros
from koprogo.kernel.words import Language

Amounts = Iterable[tuple[Account, Fund, int]]


def lines(amounts: Amounts, language: Language) -> list[ReportLine]:
    """One line an account, in the order of the chart; accounts with nothing in either fund are left out."""
    accounts: dict[str, Account] = {}
    sums: dict[str, dict[Fund, int]] = defaultdict(lambda: dict.fromkeys(Fund, 0))
    for account, fund, amount in amounts:
        accounts[account.code] = account
        sums[account.code][fund] += amount
    return [
        line(code, in_language(accounts[code].names, language), sums[code])
        for code in sorted(sums)
        if any(sums[code].values())
    ]


def total(name: str, amounts: Amounts, language: Language, *, account: str = "") -> ReportLine:
    """`name` is a word of reports."""
    return line(account, word(name, language), by_fund(amounts))


def by_fund(amounts: Amounts) -> dict[Fund, int]:
    sums = dict.fromkeys(Fund, 0)
    for _, fund, amount in amounts:
        sums[fund] += amount
    return sums


def line(code: str, name: str, amounts: Mapping[Fund, int]) -> ReportLine:
    working, reserve = amounts[Fund.WORKING], amounts[Fund.RESERVE]
    return ReportLine(code, name, euros(working), euros(reserve), euros(working + reserve))
