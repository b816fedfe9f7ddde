"""The ledger as a file of Beancount, a program that anybody can check the books with."""

import re
import unicodedata
from collections.abc import Iterator

from koprogo.finance.application.amounts import in_language
from koprogo.finance.domain.account import Account, Fund, Side
from koprogo.finance.domain.journal import Line
from koprogo.finance.domain.ledger import Ledger, NumberedEntry, YearEnd
from koprogo.finance.domain.report import is_own_money
from koprogo.kernel.money import euros
from koprogo.kernel.words import Language

_ROOTS = {
    Side.ASSET: "Assets",
    Side.LIABILITY: "Liabilities",
    Side.EXPENSE: "Expenses",
    Side.INCOME: "Income",
}
_FUNDS = {Fund.WORKING: "Working-capital", Fund.RESERVE: "Reserve-fund"}


def beancount_of(ledger: Ledger) -> str:
    """An account in each of the two funds is one of its own there, so that each fund can be added up apart."""
    return "\n".join([*_head(ledger), *_opens(ledger), *_entries(ledger), *_assertions(ledger)]) + "\n"


def account_name(account: Account, fund: Fund) -> str:
    """Code and English name, in the letters that account names may have there."""
    root = "Equity" if is_own_money(account) else _ROOTS[account.side]
    plain = unicodedata.normalize("NFKD", in_language(account.names, Language.EN)).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
    return f"{root}:{'-'.join(filter(None, (account.code, name)))}:{_FUNDS[fund]}"


def _head(ledger: Ledger) -> Iterator[str]:
    yield f"option {_string('title')} {_string(f'Association {ledger.association_id}')}"
    yield f"option {_string('operating_currency')} {_string('EUR')}"
    yield ""


def _opens(ledger: Ledger) -> Iterator[str]:
    used = {(line.account, line.fund) for numbered in ledger.entries for line in numbered.entry.lines}
    for code, fund in sorted(used):
        account = ledger.chart.accounts[code]
        yield f"{ledger.years[0].first_day} open {account_name(account, fund)} EUR"
        yield f"  code: {_string(code)}"
        for language, name in account.names.items():
            yield f"  name-{language}: {_string(name)}"
    yield ""


def _entries(ledger: Ledger) -> Iterator[str]:
    for numbered in ledger.entries:
        yield from _entry(numbered, ledger)
        yield ""


def _entry(numbered: NumberedEntry, ledger: Ledger) -> Iterator[str]:
    entry = numbered.entry
    tags = " #reversal" * (entry.reverses is not None) + " #closing" * (entry.voucher.kind == "closing")
    yield f"{entry.dated} * {_string(entry.text)}{tags}"
    yield f"  id: {_string(str(entry.id))}"
    yield f"  journal: {_string(entry.journal)}"
    yield f"  year: {ledger.year_of(entry.dated).first_day}"
    yield f"  number: {numbered.number}"
    yield f"  voucher: {_string(f'{entry.voucher.kind} {entry.voucher.reference}')}"
    yield f"  voucher-dated: {entry.voucher.dated}"
    if entry.reverses is not None:
        yield f"  reverses: {_string(str(entry.reverses))}"
    for line in entry.lines:
        yield from _line(line, ledger)


def _line(line: Line, ledger: Ledger) -> Iterator[str]:
    yield f"  {account_name(ledger.chart.accounts[line.account], line.fund)}  {euros(line.amount)} EUR"
    if line.party_id is not None:
        yield f"    party: {_string(ledger.parties[line.party_id])}"
        yield f"    party-id: {_string(str(line.party_id))}"
    if line.text:
        yield f"    text: {_string(line.text)}"


def _assertions(ledger: Ledger) -> Iterator[str]:
    for end in ledger.year_ends:
        yield from _assertion(end)
    yield ""


def _assertion(end: YearEnd) -> Iterator[str]:
    # The program compares in the morning of a day; without a tolerance of nothing it forgives a cent.
    for held in end.balances:
        name = account_name(held.account, held.fund)
        yield f"{end.day_after} balance {name}  {euros(held.closing)} ~ 0.00 EUR"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in escaped) + '"'
