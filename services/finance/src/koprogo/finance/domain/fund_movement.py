"""How the two funds of the association moved in a period, and an owner's part of them (R011)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.owners import Owners
from koprogo.finance.domain.report import Moved, worth
from koprogo.kernel.money import split

_CALLED = "70"


class FundMovement(msgspec.Struct, frozen=True):
    """In cents; opening + called - spent = closing."""

    fund: Fund
    opening: int
    called: int
    """And whatever else owners have put in."""
    spent: int
    """Expenses less other income."""
    closing: int


def fund_movements(moved: Sequence[Moved]) -> list[FundMovement]:
    found = []
    for fund in Fund:
        opening = worth(((m.account, m.fund, m.opening) for m in moved), fund)
        closing = worth(((m.account, m.fund, m.closing) for m in moved), fund)
        spent = sum(
            m.debit - m.credit
            for m in moved
            if m.fund is fund and m.account.is_result and not m.account.code.startswith(_CALLED)
        )
        found.append(FundMovement(fund, opening, closing - opening + spent, spent, closing))
    return found


def own_parts(amount: int, owners: Owners, of: Iterable[UUID]) -> dict[UUID, int]:
    """By debtor, his part of `amount` by the shares of the lots he owns; they sum to it."""
    parts = dict.fromkeys(of, 0)
    by_lot = split(amount, {lot.id: lot.shares for _, lot in owners.lots()})
    for debtor, lot in owners.lots():
        parts[debtor.id] = parts.get(debtor.id, 0) + by_lot[lot.id]
    return parts
