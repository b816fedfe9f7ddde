"""Nothing is sent to somebody who has paid an hour before: the bank is matched first."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain.arrears import ArrearsPolicy, Standing
from koprogo.finance.domain.ladder import Verdict
from koprogo.kernel.money import euros


class Receipt(msgspec.Struct, frozen=True):
    """Money that came in and of which nobody has said yet whose it is."""

    amount: int
    suspects: frozenset[UUID]
    """Owners it is suggested to be from."""


class KnownOfBank(msgspec.Struct, frozen=True):
    receipts: Sequence[Receipt]
    last_statement: date | None
    """Last day of the last booked statement of the account that owners pay to."""
    is_one_missing: bool = False
    """A later statement waits for it, and what it brought is not in the books."""


def bank_first(verdict: Verdict, standing: Standing, bank: KnownOfBank, policy: ArrearsPolicy, today: date) -> Verdict:
    """The verdict, or the same that may not be sent before the bank is matched."""
    if not verdict.is_sendable:
        return verdict
    if bank.last_statement is None or (today - bank.last_statement).days > policy.statement_days:
        last = f"is of {bank.last_statement}" if bank.last_statement else "has not come"
        return _waits(verdict, f"The last statement {last}; import the bank's statements up to today, then remind.")
    if bank.is_one_missing:
        return _waits(verdict, "A statement waits for the one before it; import that one, then remind.")
    overdue, all_open = sum(d.open for d in verdict.demands), sum(d.open for d in standing.demands)
    amounts = {overdue, all_open, *(demand.open for demand in standing.demands)}
    for receipt in bank.receipts:
        if standing.party_id in receipt.suspects or receipt.amount in amounts:
            return _waits(
                verdict,
                f"{euros(receipt.amount)} came in that may be from this owner; say whose it is, then remind.",
            )
    return verdict


def _waits(verdict: Verdict, sentence: str) -> Verdict:
    return msgspec.structs.replace(verdict, reason="BANK_NOT_MATCHED", sentence=sentence, figures={}, is_sendable=False)
