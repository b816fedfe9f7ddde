"""Nothing is sent to somebody who has paid an hour before: the bank is matched first."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from koprogo.finance.domain.arrears import ArrearsPolicy, Standing
from koprogo.finance.domain.ladder import Verdict
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import euros

CHECKED_AT_MOST = timedelta(days=3)
"""How long ago the bank may have been checked by hand when reminders go out."""


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
    is_imported: bool = True
    """False: the association has never imported a statement, and somebody checks the bank by hand."""
    checked_until: date | None = None
    """By hand, as who reminds has stated."""


class BankCheckWrong(DomainError):
    reason = "BANK_CHECK_WRONG"


def check_checked_until(day: date, today: date) -> None:
    if not today - CHECKED_AT_MOST <= day <= today:
        raise BankCheckWrong(
            f"State a day of the last {CHECKED_AT_MOST.days} until which the bank was checked by hand, and none to "
            "come; check it again where it is longer ago.",
            field="bank_checked_until",
            days=CHECKED_AT_MOST.days,
        )


def bank_first(verdict: Verdict, standing: Standing, bank: KnownOfBank, policy: ArrearsPolicy, today: date) -> Verdict:
    """The verdict, or the same that may not be sent before the bank is matched."""
    if not verdict.is_sendable:
        return verdict
    if not bank.is_imported:
        return verdict if bank.checked_until is not None else _not_checked(verdict)
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


def _not_checked(verdict: Verdict) -> Verdict:
    return msgspec.structs.replace(
        verdict,
        reason="BANK_NOT_CHECKED",
        sentence="No statement of the bank was ever imported; state until which day the bank was checked by hand.",
        figures={},
        is_sendable=False,
    )


def _waits(verdict: Verdict, sentence: str) -> Verdict:
    return msgspec.structs.replace(verdict, reason="BANK_NOT_MATCHED", sentence=sentence, figures={}, is_sendable=False)
