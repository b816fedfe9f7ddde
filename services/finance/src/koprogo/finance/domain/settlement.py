"""The working capital of a lot that changes hands (décompte du fonds de roulement entre vendeur et acquéreur,
verrekening van het werkkapitaal tussen verkoper en koper).
"""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.call_for_funds import CallForFunds, CallKind, Demand, DemandLine
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.finance.domain.owners import Debtor, OwnedLot, Owners
from koprogo.finance.domain.ownership_period import OwnershipUnclear
from koprogo.finance.domain.transfer_statement import parts_of
from koprogo.kernel.errors import Conflict
from koprogo.kernel.words import Language

DAYS_TO_PAY = timedelta(days=30)
TITLES = {
    Language.FR: "Fonds de roulement du lot {lot}, mutation du {day}",
    Language.NL: "Werkkapitaal van kavel {lot}, overdracht van {day}",
    Language.DE: "Betriebskapital des Loses {lot}, Übertragung vom {day}",
    Language.EN: "Working capital of lot {lot}, transfer of {day}",
}


class TransferToCome(Conflict):
    reason = "TRANSFER_TO_COME"


class NothingToSettle(Conflict):
    reason = "NOTHING_TO_SETTLE"


class SameOwner(NothingToSettle):
    reason = "SAME_OWNER"


class NotedTransfer(msgspec.Struct, frozen=True):
    """As property told it; one noted by an earlier release says neither number nor holders."""

    lot_id: UUID
    on: date
    """The day of the deed: the first of the buyer."""
    lot_number: str = ""
    seller_id: UUID | None = None
    buyer_id: UUID | None = None


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """Net zero for the association: what the seller gets back is called from the buyer (R134). Cents."""

    lot: OwnedLot
    on: date
    seller: Debtor
    buyer: Debtor
    working_capital: int
    share_total: int
    amount: int


def check_due(noted: NotedTransfer, working_capital: int, today: date) -> None:
    """What the books alone can say against settling it; `working_capital` is that of the day, in cents."""
    if noted.on > today:
        raise TransferToCome(f"The lot changes hands on {noted.on}; settle it from that day on.", on=noted.on)
    if noted.seller_id is not None and noted.seller_id == noted.buyer_id:
        raise _same_owner(noted)
    if working_capital <= 0:
        raise NothingToSettle(
            f"There was no working capital on {noted.on}; check the books of that day, or leave it.", on=noted.on
        )


def settlement_of(noted: NotedTransfer, *, working_capital: int, before: Owners, on: Owners) -> Settlement:
    """The lot's part of the working capital by the shares of the deed, from the buyer to the seller (R134); the part
    in the reserve fund stays the association's. `before` and `on` are the owners of the day before the deed and of
    its day.

    Nothing else moves: a call issued from the day of the deed on went to the buyer, who was its owner then, and a
    demand of the seller that is open stays his; the notary withholds it as arrears (R135).
    """
    seller, _ = _owner(before, noted, noted.seller_id)
    buyer, lot = _owner(on, noted, noted.buyer_id)
    if seller.id == buyer.id:
        raise _same_owner(noted)
    lots = [one for _, one in on.lots()]
    return Settlement(
        lot=lot,
        on=noted.on,
        seller=seller,
        buyer=buyer,
        working_capital=working_capital,
        share_total=sum(one.shares for one in lots),
        amount=parts_of({Fund.WORKING: working_capital}, lot, lots)[Fund.WORKING],
    )


def less_called(settlement: Settlement, called: int) -> Settlement:
    """Of the capital of that day, the buyer was already called for `called` himself for this lot: none of it is the
    seller's.
    """
    left = msgspec.structs.replace(settlement, amount=settlement.amount - called)
    if left.amount <= 0:
        raise NothingToSettle(
            f"The seller had no part of the working capital on {left.on}; check the books of that day, or leave it.",
            on=left.on,
        )
    return left


def call_of(settlement: Settlement, *, call_id: UUID, demand_id: UUID, communication: str, today: date) -> CallForFunds:
    """What the buyer is asked; the law raises it, no decision of a meeting (R134)."""
    titles = {
        language: title.format(lot=settlement.lot.number, day=f"{settlement.on:%d/%m/%Y}")
        for language, title in TITLES.items()
    }
    line = DemandLine(
        lot_id=settlement.lot.id,
        lot_number=settlement.lot.number,
        labels=titles,
        kind=CallKind.WORKING_CAPITAL,
        whole=settlement.working_capital,
        shares=settlement.lot.shares,
        share_total=settlement.share_total,
        key_name="",
        amount=settlement.amount,
    )
    due_on = today + DAYS_TO_PAY
    return CallForFunds(
        id=call_id,
        titles=titles,
        period=None,
        issued_on=today,
        due_on=due_on,
        decision=None,
        parts=(),
        demands=(Demand(demand_id, settlement.buyer, communication, due_on, (line,)),),
    )


def entry_of(settlement: Settlement, call: CallForFunds, entry_id: UUID, dated: date) -> Entry:
    """The buyer owes what the seller has to his credit; the working capital itself does not move (R134)."""
    (demand,) = call.demands
    return Entry(
        id=entry_id,
        journal=Journal.MISCELLANEOUS,
        dated=dated,
        text=next(iter(call.titles.values())),
        voucher=Voucher("transfer", str(call.id), settlement.on),
        lines=(
            Line(
                account=chart_template.OWNERS_WORKING,
                amount=settlement.amount,
                fund=Fund.WORKING,
                party_id=settlement.buyer.id,
                demand_id=demand.id,
                lot_id=settlement.lot.id,
            ),
            Line(
                account=chart_template.OWNERS_WORKING,
                amount=-settlement.amount,
                fund=Fund.WORKING,
                party_id=settlement.seller.id,
                lot_id=settlement.lot.id,
            ),
        ),
    )


def _owner(owners: Owners, noted: NotedTransfer, told: UUID | None) -> tuple[Debtor, OwnedLot]:
    for debtor, lot in owners.lots():
        if lot.id == noted.lot_id and told in (None, debtor.id):
            return debtor, lot
    number = noted.lot_number or str(noted.lot_id)
    raise OwnershipUnclear(
        f"Lot {number} has other owners around {noted.on} than its transfer tells; correct the register of owners.",
        lot=number,
        last_day=noted.on,
    )


def _same_owner(noted: NotedTransfer) -> SameOwner:
    return SameOwner(f"Before and after {noted.on} the lot has the same owner; leave it.", on=noted.on)
