"""Each report from the books to what it says."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from koprogo.finance.application import views, views_reports
from koprogo.finance.application.balance_sheet import balance_sheet
from koprogo.finance.application.general_ledger import general_ledger, trial_balance
from koprogo.finance.application.owed import open_demands, owner_balances
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.results import charge_report, income_and_expense
from koprogo.finance.application.simplified_books import check_may_be_simplified, simplified_books
from koprogo.kernel.words import Language

MOST_DEMANDS = 100_000


async def trial_balance_of(
    association_id: UUID, from_day: date, until_day: date, *, uow: UnitOfWork
) -> Sequence[views.TrialBalanceLine]:
    async with uow:
        return trial_balance(await uow.reports.moved(association_id, from_day, until_day))


async def balance_sheet_on(
    association_id: UUID, on: date, *, uow: UnitOfWork, language: Language
) -> views_reports.BalanceSheet:
    async with uow:
        year = await uow.reports.year_on(association_id, on)
        moved = await uow.reports.moved(association_id, year[0] if year else on, on)
    return balance_sheet(on, moved, language)


async def income_and_expense_of(
    association_id: UUID, fiscal_year_id: UUID, *, uow: UnitOfWork, language: Language
) -> views_reports.IncomeAndExpense:
    async with uow:
        year = await uow.reports.year(association_id, fiscal_year_id)
        results = await uow.reports.results(association_id, *year)
    return income_and_expense(*year, results, language)


async def charges_of(
    association_id: UUID, from_day: date, until_day: date, *, uow: UnitOfWork, language: Language
) -> views_reports.ChargeReport:
    async with uow:
        results = await uow.reports.results(association_id, from_day, until_day)
        chart = await uow.reports.accounts(association_id)
    return charge_report(from_day, until_day, results, chart, language)


async def general_ledger_of(
    association_id: UUID, from_day: date, until_day: date, account: str | None, *, uow: UnitOfWork, language: Language
) -> views_reports.GeneralLedger:
    """Of all accounts, or of one."""
    async with uow:
        moved = await uow.reports.moved(association_id, from_day, until_day)
        postings = await uow.reports.postings(association_id, from_day, until_day, account)
    asked = [m for m in moved if account in (None, m.account.code)]
    return general_ledger(from_day, until_day, asked, postings, language)


async def open_demands_on(
    association_id: UUID, today: date, *, uow: UnitOfWork, language: Language
) -> views_reports.OpenDemands:
    async with uow:
        demands = await uow.demand_screens.demands(
            association_id, MOST_DEMANDS, None, call_id=None, open_only=True, holders=None
        )
    return open_demands(today, demands, language)


async def owner_balances_on(association_id: UUID, on: date, *, uow: UnitOfWork) -> views_reports.OwnerBalances:
    async with uow:
        return owner_balances(on, await uow.reports.owners(association_id, on))


async def simplified_books_of(
    association_id: UUID,
    fiscal_year_id: UUID,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    language: Language,
) -> views_reports.SimplifiedBooks:
    """R110."""
    async with uow:
        year = await uow.reports.year(association_id, fiscal_year_id)
    owners = await property_.owners(tenant, association_id, year[1])
    check_may_be_simplified(owners.counted_lots)
    async with uow:
        moved = await uow.reports.moved(association_id, *year)
        results = await uow.reports.results(association_id, *year)
    balances = await owner_balances_on(association_id, year[1], uow=uow)
    return simplified_books(year, owners.counted_lots, moved, results, balances, language)
