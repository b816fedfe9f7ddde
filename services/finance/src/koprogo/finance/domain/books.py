"""The books (comptabilité, boekhouding) of one association: its chart, years, bank accounts and choices."""

from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Account, Chart, Fund
from koprogo.finance.domain.chart_template import Policies
from koprogo.finance.domain.fiscal_year import FiscalYear, YearNotOpen, YearState
from koprogo.kernel.errors import Conflict, NotFound


class BankAccount(msgspec.Struct, frozen=True):
    """In the association's own name, one at least for each fund (R011)."""

    id: UUID
    iban: str
    holder: str
    fund: Fund
    account: str
    """Of the chart: 550… or 551…"""


class BankAccountMissing(Conflict):
    """R011."""

    reason = "BANK_ACCOUNT_MISSING"


class BankAccountExists(Conflict):
    reason = "BANK_ACCOUNT_EXISTS"


class Books(msgspec.Struct):
    association_id: UUID
    policies: Policies
    statutes_clause: str
    """The clause of the co-ownership rules that allows costs for arrears; none without it (R141)."""
    reminder_cost: int
    chart: Chart
    years: list[FiscalYear]
    bank_accounts: list[BankAccount]
    version: int = 1

    def year_on(self, day: date) -> FiscalYear:
        """The open year a posting of that day falls in."""
        for year in self.years:
            if year.first_day <= day <= year.last_day:
                if year.state is not YearState.OPEN:
                    raise YearNotOpen(
                        f"The year of {day} is {year.state}: nothing is posted in it; choose another day.",
                        field="dated",
                    )
                return year
        raise YearNotOpen(f"There is no financial year on {day}; open one, or choose another day.", field="dated")

    def open_day(self, preferred: date, today: date) -> date:
        """`preferred` when its year is still open, else today: a closed period takes nothing."""
        open_ = any(y.first_day <= preferred <= y.last_day and y.state is YearState.OPEN for y in self.years)
        return preferred if open_ else today

    def year(self, year_id: UUID) -> FiscalYear:
        found = next((year for year in self.years if year.id == year_id), None)
        if found is None:
            raise NotFound("There is no such financial year.")
        return found

    def bank_account(self, fund: Fund) -> BankAccount:
        found = next((account for account in self.bank_accounts if account.fund is fund), None)
        if found is None:
            raise BankAccountMissing(
                f"Add a bank account for the {fund.replace('_', ' ')} first; each fund has one of its own (R011)."
            )
        return found

    def new_bank_account(self, account_id: UUID, iban: str, holder: str, fund: Fund) -> tuple[BankAccount, Account]:
        """With its own account of the chart: the first of a fund takes the template's, further ones one below."""
        if any(account.iban == iban for account in self.bank_accounts):
            raise BankAccountExists("This bank account is there already.", field="iban")
        heading = "550" if fund is Fund.RESERVE else "551"
        taken = {account.account for account in self.bank_accounts}
        if heading not in taken:
            return BankAccount(account_id, iban, holder, fund, heading), self.chart.accounts[heading]
        number = next(n for n in range(1, 10**5) if f"{heading}{n}" not in self.chart.accounts)
        names = {language: f"{name} {number + 1}" for language, name in self.chart.accounts[heading].names.items()}
        account = self.chart.extended(f"{heading}{number}", names)
        return BankAccount(account_id, iban, holder, fund, account.code), account
