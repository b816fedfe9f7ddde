"""What reports say. Amounts are decimal strings in euro; names are in the language of the reader."""

from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.application import views
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.journal import Journal


class ReportLine(msgspec.Struct):
    account: str
    """Empty on totals and results."""
    name: str
    working_capital: str
    reserve_fund: str
    total: str


class BalanceSheet(msgspec.Struct):
    """Debit is positive among the assets, credit among the liabilities; both totals are the same, in each fund."""

    on: date
    assets: list[ReportLine]
    total_assets: ReportLine
    liabilities: list[ReportLine]
    earlier_results: ReportLine
    """Of years that are not closed yet."""
    result: ReportLine
    """Of the year the day is in; positive is a surplus."""
    total_liabilities: ReportLine


class IncomeAndExpense(msgspec.Struct):
    first_day: date
    last_day: date
    income: list[ReportLine]
    total_income: ReportLine
    expenses: list[ReportLine]
    total_expenses: ReportLine
    result: ReportLine


class ChargeGroup(msgspec.Struct):
    total: ReportLine
    """With code and name of the heading."""
    accounts: list[ReportLine]


class ChargeReport(msgspec.Struct):
    from_day: date
    until_day: date
    groups: list[ChargeGroup]
    total: ReportLine


class Posting(msgspec.Struct):
    account: str
    fund: Fund
    entry_id: UUID
    dated: date
    journal: Journal
    number: int
    text: str
    party_name: str
    voucher: str
    amount: str
    """Debit is positive."""


class LedgerPosting(msgspec.Struct):
    entry_id: UUID
    dated: date
    journal: Journal
    number: int
    text: str
    party_name: str
    voucher: str
    debit: str
    credit: str
    balance: str


class LedgerAccount(msgspec.Struct):
    account: str
    name: str
    fund: Fund
    opening: str
    postings: list[LedgerPosting]
    closing: str


class GeneralLedger(msgspec.Struct):
    from_day: date
    until_day: date
    accounts: list[LedgerAccount]


class OpenDemandLine(msgspec.Struct):
    demand_id: UUID
    party_id: UUID
    party_name: str
    title: str
    communication: str
    due_on: date
    days_overdue: int
    """0 while it is not due."""
    total: str
    paid: str
    open: str
    disputed_since: date | None


class OpenDemands(msgspec.Struct):
    on: date
    demands: list[OpenDemandLine]
    total: str


class OwnerBalances(msgspec.Struct):
    on: date
    owners: list[views.OwnerBalance]
    claims: str
    """Of the association on owners."""
    debts: str
    """To owners."""


class TreasuryLine(msgspec.Struct):
    account: str
    name: str
    fund: Fund
    opening: str
    received: str
    paid: str
    closing: str


class SimplifiedBooks(msgspec.Struct):
    first_day: date
    last_day: date
    counted_lots: int
    result: IncomeAndExpense
    treasury: list[TreasuryLine]
    working_capital: str
    reserve_fund: str
    owners: OwnerBalances
