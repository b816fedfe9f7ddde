"""Entries of the books (écriture, boeking): double entry, never changed, each resting on a document (R111, R114)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Chart, Fund, SubLedger
from koprogo.finance.domain.chart_template import TRANSFERS
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.money import euros


class Journal(StrEnum):
    """Each numbers its entries without a gap, every year from 1."""

    PURCHASES = "purchases"
    CALLS = "calls"
    BANK = "bank"
    MISCELLANEOUS = "miscellaneous"


class Voucher(msgspec.Struct, frozen=True):
    """The dated document an entry rests on (R111)."""

    kind: str
    """invoice, call, statement, decision, other; what `reference` is a reference of."""
    reference: str
    dated: date
    document_id: UUID | None = None
    """Of the stored file, when there is one."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    account: str
    amount: int
    """Cents; positive is debit, negative is credit."""
    fund: Fund
    party_id: UUID | None = None
    """On a control account: the owner or supplier whose balance it moves."""
    demand_id: UUID | None = None
    """The demand it raises or settles."""
    invoice_id: UUID | None = None
    lot_id: UUID | None = None
    key_id: UUID | None = None
    """By which the expense is borne; None: the shares of the deed (R120)."""
    occupant_percent: int = 0
    """Part of an expense that a lease usually puts on the occupant (R126); 0 to 100."""
    text: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    journal: Journal
    dated: date
    text: str
    voucher: Voucher
    lines: tuple[Line, ...]
    reverses: UUID | None = None


class EntryDoesNotBalance(DomainError):
    """R114."""

    reason = "ENTRY_DOES_NOT_BALANCE"


class EntryTooShort(DomainError):
    reason = "ENTRY_TOO_SHORT"


class PartyMissing(DomainError):
    """A control account is the sum of its sub-ledger, so each line on it names whose."""

    reason = "PARTY_MISSING"


class PartyNotExpected(DomainError):
    reason = "PARTY_NOT_EXPECTED"


class WrongFund(DomainError):
    """R011: what belongs to one fund is not posted in the other."""

    reason = "WRONG_FUND"


class EntryReversed(Conflict):
    reason = "ENTRY_REVERSED"


def check(lines: Sequence[Line], chart: Chart) -> None:
    """Raises what is wrong with an entry of these lines. Debits equal credits in each fund apart, so that the
    money of the reserve fund is always explained by the movements of the reserve fund (R011, R114).
    """
    if len(lines) < 2:
        raise EntryTooShort("An entry has at least two lines, one on each side.", field="lines")
    for number, line in enumerate(lines):
        where = f"lines.{number}"
        account = chart.posting(line.account, f"{where}.account")
        if line.amount == 0:
            raise EntryTooShort("A line of an entry moves an amount.", field=f"{where}.amount")
        if account.sub_ledger is not None and line.party_id is None:
            whose = "owner" if account.sub_ledger is SubLedger.OWNERS else "supplier"
            raise PartyMissing(f"Say of which {whose} account {line.account} is moved.", field=f"{where}.party_id")
        if account.sub_ledger is None and line.party_id is not None:
            raise PartyNotExpected(f"Account {line.account} is nobody's; leave the party out.", field=where)
        if account.fund is not None and account.fund is not line.fund:
            raise WrongFund(
                f"Account {line.account} belongs to the other fund; choose an account of this fund (R011).",
                field=f"{where}.fund",
                account=line.account,
            )
    sums = _by_fund(lines)
    if total := sum(sums.values()):
        raise EntryDoesNotBalance(
            f"Debits and credits differ by {euros(abs(total))}.", field="lines", difference=euros(abs(total))
        )
    for fund, difference in sums.items():
        if difference:
            raise EntryDoesNotBalance(
                f"Debits and credits of the {fund.replace('_', ' ')} differ by {euros(abs(difference))}; use account "
                f"{TRANSFERS} for what one fund owes the other.",
                field="lines",
                difference=euros(abs(difference)),
            )


def across_funds(lines: Iterable[Line]) -> tuple[Line, ...]:
    """With the lines that make each fund balance by itself: what one owes the other stands on the account of
    internal transfers until the money is moved.
    """
    found = tuple(lines)
    return found + tuple(
        Line(account=TRANSFERS, amount=-difference, fund=fund)
        for fund, difference in _by_fund(found).items()
        if difference
    )


def reversal(entry: Entry, *, entry_id: UUID, dated: date, text: str) -> Entry:
    """Turns every line round: what was posted stays, and so does that it was wrong."""
    return Entry(
        id=entry_id,
        journal=entry.journal,
        dated=dated,
        text=text,
        voucher=entry.voucher,
        lines=tuple(msgspec.structs.replace(line, amount=-line.amount) for line in entry.lines),
        reverses=entry.id,
    )


def _by_fund(lines: Iterable[Line]) -> dict[Fund, int]:
    sums: dict[Fund, int] = defaultdict(int)
    for line in lines:
        sums[line.fund] += line.amount
    return sums
