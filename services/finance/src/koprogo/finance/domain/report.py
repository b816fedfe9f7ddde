"""What accounts moved and hold (balance des comptes, proef- en saldibalans): the figures every report is made of."""

from collections.abc import Iterable

import msgspec

from koprogo.finance.domain.account import Account, Fund

MOST_SIMPLIFIED_LOTS = 19
"""R110: with 20 counted lots the chart in double entry is due."""
_OWN_MONEY = ("10", "13", "16", "489")


class Moved(msgspec.Struct, frozen=True):
    """One account in one fund over a period, in cents; debit is positive."""

    account: Account
    fund: Fund
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit

    @property
    def is_treasury(self) -> bool:
        """Money at the bank or in cash; a transfer under way is on neither account."""
        return self.account.code[0] == "5" and not self.account.code.startswith("58")


class Result(msgspec.Struct, frozen=True):
    """What an expense or income account took in a period, closing entries left out; debit is positive."""

    account: Account
    fund: Fund
    amount: int


def is_own_money(account: Account) -> bool:
    """What owners have put in and what years have left: neither owed to others nor a result of the year."""
    return account.code.startswith(_OWN_MONEY)


def worth(balances: Iterable[tuple[Account, Fund, int]], fund: Fund) -> int:
    """What a fund amounts to: what owners have put into it and what its years have left, in cents."""
    return -sum(
        amount for account, of, amount in balances if of is fund and (account.is_result or is_own_money(account))
    )
