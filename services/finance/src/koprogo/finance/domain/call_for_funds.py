"""A call for funds (appel de fonds, oproep tot kapitaalinbreng) and the demands it makes of each owner."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.finance.domain.owners import Contact, Debtor, OwnedLot, Owners
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import split
from koprogo.kernel.words import Language


class CallKind(StrEnum):
    """What an amount is called for; decides fund and account, so that each call states its part for the reserve
    fund (R122).
    """

    PROVISIONS = "provisions"
    WORKS = "works"
    WORKING_CAPITAL = "working_capital"
    RESERVE_FUND = "reserve_fund"

    @property
    def fund(self) -> Fund:
        return Fund.RESERVE if self is CallKind.RESERVE_FUND else Fund.WORKING

    @property
    def account(self) -> str:
        return _ACCOUNTS[self]


_ACCOUNTS = {
    CallKind.PROVISIONS: chart_template.CALLS_PROVISIONS,
    CallKind.WORKS: chart_template.CALLS_WORKS,
    CallKind.WORKING_CAPITAL: chart_template.WORKING_CAPITAL,
    CallKind.RESERVE_FUND: chart_template.CALLS_RESERVE,
}
OWNERS_ACCOUNT = {Fund.RESERVE: chart_template.OWNERS_RESERVE, Fund.WORKING: chart_template.OWNERS_WORKING}


class AllocationKeyUnknown(DomainError):
    reason = "ALLOCATION_KEY_UNKNOWN"


class DueTooEarly(DomainError):
    reason = "DUE_TOO_EARLY"


class Part(msgspec.Struct, frozen=True):
    """An amount that is called from those who bear it."""

    kind: CallKind
    labels: dict[Language, str]
    amount: int
    key_id: UUID | None = None


class Decision(msgspec.Struct, frozen=True):
    """What the meeting decided, on which every call rests."""

    decided_on: date
    item_number: int
    titles: dict[Language, str]
    id: UUID | None = None
    """In governance's register; None when it was taken elsewhere, before the association came to KoproGo."""


class DemandLine(msgspec.Struct, frozen=True):
    lot_id: UUID
    lot_number: str
    labels: dict[Language, str]
    kind: CallKind
    whole: int
    shares: int
    share_total: int
    key_name: str
    amount: int


class Demand(msgspec.Struct, frozen=True):
    """What one owner has to pay of a call; one for an undivided lot, jointly due (R013)."""

    id: UUID
    debtor: Debtor
    communication: str
    due_on: date
    lines: tuple[DemandLine, ...]

    def of(self, fund: Fund) -> int:
        return sum(line.amount for line in self.lines if line.kind.fund is fund)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


class DemandLetter(msgspec.Struct, frozen=True):
    """One holder's letter of a demand: each gets his own (R013)."""

    demand: Demand
    recipient: Contact
    document_id: UUID
    dispatch_id: UUID


class CallForFunds(msgspec.Struct, frozen=True):
    id: UUID
    titles: dict[Language, str]
    period: tuple[date, date] | None
    """First and last day that it covers."""
    issued_on: date
    due_on: date
    decision: Decision | None
    """None: the law raises it, as when a lot changes hands (R134)."""
    parts: tuple[Part, ...]
    demands: tuple[Demand, ...] = ()
    budget_id: UUID | None = None
    booked_on: date | None = None
    """A day of the year whose costs it is for, also when it is issued before; None: the day it is issued."""


def shares_of_debtors(parts: Sequence[Part], owners: Owners) -> dict[UUID, list[DemandLine]]:
    """What each debtor bears of each part, lot by lot. The lines of a part sum to it exactly (R120, R125)."""
    lots = owners.lots()
    found: dict[UUID, list[DemandLine]] = defaultdict(list)
    for number, part in enumerate(parts):
        if part.key_id is not None and part.key_id not in owners.key_names:
            raise AllocationKeyUnknown(
                "There is no such allocation key in this association.", field=f"parts.{number}.allocation_key_id"
            )
        weights = {lot.id: _weight(lot, part.key_id) for _, lot in lots}
        amounts = split(part.amount, weights)
        total = sum(weights.values())
        for debtor, lot in lots:
            if weights[lot.id]:
                found[debtor.id].append(
                    DemandLine(
                        lot_id=lot.id,
                        lot_number=lot.number,
                        labels=part.labels,
                        kind=part.kind,
                        whole=part.amount,
                        shares=weights[lot.id],
                        share_total=total,
                        key_name=owners.key_names[part.key_id] if part.key_id is not None else "",
                        amount=amounts[lot.id],
                    )
                )
    return found


def _weight(lot: OwnedLot, key_id: UUID | None) -> int:
    return lot.shares if key_id is None else lot.key_shares.get(key_id, 0)


def check_due(due_on: date, today: date) -> None:
    if due_on < today:
        raise DueTooEarly(f"A call is due on a day to come; today is {today}.", field="due_on", today=today)


def entry_of(call: CallForFunds, entry_id: UUID) -> Entry:
    """Owners owe, and the called amounts are income of the year or, for the working capital, a debt to owners."""
    lines = [
        Line(
            account=OWNERS_ACCOUNT[fund],
            amount=demand.of(fund),
            fund=fund,
            party_id=demand.debtor.id,
            demand_id=demand.id,
        )
        for demand in call.demands
        for fund in Fund
        if demand.of(fund)
    ]
    called: dict[CallKind, int] = defaultdict(int)
    for part in call.parts:
        called[part.kind] += part.amount
    lines += [Line(account=kind.account, amount=-amount, fund=kind.fund) for kind, amount in called.items() if amount]
    return Entry(
        id=entry_id,
        journal=Journal.CALLS,
        dated=call.booked_on or call.issued_on,
        text=next(iter(call.titles.values())),
        voucher=Voucher("call", str(call.id), call.issued_on),
        lines=tuple(lines),
    )
