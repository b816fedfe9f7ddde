"""An account of the books (compte, rekening), its class and what the class implies."""

from enum import StrEnum

import msgspec

from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Language


class Fund(StrEnum):
    """The two patrimonies an association keeps apart, each on a bank account of its own (R011, R123)."""

    WORKING = "working_capital"
    RESERVE = "reserve_fund"


class Side(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    EXPENSE = "expense"
    INCOME = "income"


class SubLedger(StrEnum):
    """Whose balances a control account sums up."""

    OWNERS = "owners"
    SUPPLIERS = "suppliers"


class Account(msgspec.Struct, frozen=True):
    code: str
    names: dict[Language, str]
    fund: Fund | None = None
    """The one fund it belongs to; None: each line says which."""
    is_heading: bool = False
    """Sums up those below it; nothing is posted on it."""

    @property
    def side(self) -> Side:
        match self.code[0]:
            case "6":
                return Side.EXPENSE
            case "7":
                return Side.INCOME
            case "1":
                return Side.LIABILITY
            case "4" if self.code[:2] in ("42", "43", "44", "45", "48"):
                return Side.LIABILITY
            case _:
                return Side.ASSET

    @property
    def is_result(self) -> bool:
        """Expense or income: starts at nothing every year."""
        return self.code[0] in "67"

    @property
    def sub_ledger(self) -> SubLedger | None:
        if self.code.startswith("410"):
            return SubLedger.OWNERS
        return SubLedger.SUPPLIERS if self.code.startswith("440") else None


class AccountUnknown(DomainError):
    reason = "ACCOUNT_UNKNOWN"


class AccountIsHeading(DomainError):
    reason = "ACCOUNT_IS_HEADING"


class AccountExists(Conflict):
    reason = "ACCOUNT_EXISTS"


class Chart(msgspec.Struct, frozen=True):
    """The accounts of one association: the template's, and its own below the template's headings."""

    accounts: dict[str, Account]

    def posting(self, code: str, field: str = "account") -> Account:
        """The account, when something may be posted on it."""
        account = self.accounts.get(code)
        if account is None:
            raise AccountUnknown(
                f"There is no account {code} in these books; add it or choose another.", field=field, account=code
            )
        if account.is_heading:
            raise AccountIsHeading(
                f"{code} sums up the accounts below it; post on one of those.", field=field, account=code
            )
        return account

    def extended(self, code: str, names: dict[Language, str]) -> Account:
        """A new account below the nearest one of the chart, of whose fund and side it is."""
        if code in self.accounts:
            raise AccountExists(f"Account {code} is there already.", field="code", account=code)
        above = next((self.accounts[code[:n]] for n in range(len(code) - 1, 1, -1) if code[:n] in self.accounts), None)
        if above is None:
            raise AccountUnknown(
                f"A new account stands below a heading of the chart, and {code} stands below none.",
                field="code",
                account=code,
            )
        return Account(code, names, fund=above.fund)
