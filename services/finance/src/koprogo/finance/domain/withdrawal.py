"""Withdrawing (retirer, intrekken) a call, a charge statement or a settlement that is wrong: it stays in the books with
the entry that turns it round, and another may be made in its place.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain.journal import Entry, Journal, Line
from koprogo.finance.domain.settling import OpenDemand, credit
from koprogo.kernel.errors import Conflict


class AlreadyWithdrawn(Conflict):
    reason = "ALREADY_WITHDRAWN"


class LaterStatementStands(Conflict):
    reason = "LATER_STATEMENT_STANDS"


class WithdrawInstead(Conflict):
    reason = "WITHDRAW_INSTEAD"


class CreditNoteInstead(Conflict):
    reason = "CREDIT_NOTE_INSTEAD"


class ToWithdraw(msgspec.Struct, frozen=True):
    id: UUID
    """Of the call, or of the charge statement; a settlement has the id of its call."""
    entry_id: UUID | None
    """None: a statement that nobody differed from."""
    is_withdrawn: bool = False

    def check(self) -> None:
        if self.is_withdrawn:
            raise AlreadyWithdrawn("This is withdrawn already; make another in its place.")


class Withdrawal(msgspec.Struct, frozen=True):
    id: UUID
    reason: str
    on: date
    by: UUID
    entry_id: UUID | None
    """The one that turns its entry round."""


def check_reversible(entry: Entry) -> None:
    """What was posted with demands, letters or an invoice is undone with them, not by its entry alone."""
    reference = entry.voucher.reference
    match entry.voucher.kind:
        case "charge_statement":
            raise _withdraw_instead(f"charge-statements/{reference}/withdrawal")
        case "call":
            raise _withdraw_instead(f"calls-for-funds/{reference}/withdrawal")
        case "transfer":
            raise _withdraw_instead(f"transfers/{entry.lines[0].lot_id}/{entry.voucher.dated}/settlement/withdrawal")
        case "invoice" | "credit_note" if entry.journal is Journal.PURCHASES and entry.lines[0].invoice_id is not None:
            raise CreditNoteInstead(
                "This entry is of an invoice; undo it by a credit note of the supplier (POST invoices), or a credit "
                "note by an invoice.",
                route="invoices",
            )


def _withdraw_instead(route: str) -> WithdrawInstead:
    return WithdrawInstead(
        f"Demands and letters came with this entry; withdraw them with it: POST {route}.", route=route
    )


def freed(demands: Iterable[OpenDemand]) -> list[Line]:
    """What was paid of demands that are withdrawn is to the credit of who paid it."""
    lines: list[Line] = []
    for demand in demands:
        paid = demand.paid
        lines += demand.reopen(paid)
        lines += credit(demand.party_id, paid)
    return lines


def taken_back(party_id: UUID, amount: int, settled: Sequence[tuple[OpenDemand, int]]) -> list[Line]:
    """A credit that is withdrawn has settled demands, each for at most the amount beside it: those are owed again, the
    youngest first.
    """
    lines: list[Line] = []
    left = amount
    for demand, by_credit in sorted(settled, key=lambda one: (one[0].due_on, one[0].id), reverse=True):
        reopened = demand.reopen(min(left, by_credit))
        left -= sum(line.amount for line in reopened)
        lines += reopened
    return lines + credit(party_id, amount - left)
