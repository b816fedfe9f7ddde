"""What the books show, as JSON, as a file that spreadsheets open, or on paper."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, TypeVar, cast
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import Dependency, Parameter

from koprogo.finance.application import read_reports as reports
from koprogo.finance.application import views, views_reports
from koprogo.finance.application.balance_sheet import balance_sheet_table
from koprogo.finance.application.carry_ledger import carry_ledger
from koprogo.finance.application.general_ledger import general_ledger_table, trial_balance_table
from koprogo.finance.application.owed import open_demands_table, owner_balances_table
from koprogo.finance.application.results import charge_report_table, income_and_expense_table
from koprogo.finance.application.simplified_books import simplified_books_table
from koprogo.finance.application.tables import Table
from koprogo.finance.domain.ledger import Ledger
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, READERS, Clock, KnowsProperty, Uow, day_of
from koprogo.kernel.words import Language
from koprogo.kit.access import Actor
from koprogo.kit.http import admits
from koprogo.kit.http.messages import language_of

T = TypeVar("T")
REPORTS = HERE + "/reports"
Code = Annotated[str | None, Parameter(pattern=r"^[1-7][0-9]{1,7}$")]


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Shape = Annotated[Format, Parameter(description="json; csv or xlsx for a file that spreadsheets open.")]
WritesTables = Annotated[dict[str, Callable[[Table], bytes]], Dependency(skip_validation=True)]
"""By format."""
WritesLedger = Annotated[Callable[[Ledger], str], Dependency(skip_validation=True)]


@get(HERE + "/trial-balance", opt=admits(*READERS))
async def read_trial_balance(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    write_table: WritesTables,
    from_day: date,
    until_day: date,
    format: Shape = Format.JSON,
) -> Response[Sequence[views.TrialBalanceLine]]:
    """Opening, movements and closing of every account that moved, by fund; debit is positive."""
    found = await reports.trial_balance_of(association_id, from_day, until_day, uow=uow)
    return await _shown(found, trial_balance_table, format, write_table, _language(request))


@get(REPORTS + "/balance-sheet", opt=admits(*READERS))
async def read_balance_sheet(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    write_table: WritesTables,
    on: date,
    format: Shape = Format.JSON,
) -> Response[views_reports.BalanceSheet]:
    """What the association has and owes at the end of a day, the two funds apart (R011)."""
    language = _language(request)
    found = await reports.balance_sheet_on(association_id, on, uow=uow, language=language)
    return await _shown(found, balance_sheet_table, format, write_table, language)


@get(REPORTS + "/income-and-expense", opt=admits(*READERS))
async def read_income_and_expense(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    write_table: WritesTables,
    fiscal_year_id: UUID,
    format: Shape = Format.JSON,
) -> Response[views_reports.IncomeAndExpense]:
    """Of a financial year, also when it is closed."""
    language = _language(request)
    found = await reports.income_and_expense_of(association_id, fiscal_year_id, uow=uow, language=language)
    return await _shown(found, income_and_expense_table, format, write_table, language)


@get(REPORTS + "/charges", opt=admits(*READERS))
async def read_charge_report(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    write_table: WritesTables,
    from_day: date,
    until_day: date,
    format: Shape = Format.JSON,
) -> Response[views_reports.ChargeReport]:
    """Expenses of a period by heading of the chart (R113)."""
    language = _language(request)
    found = await reports.charges_of(association_id, from_day, until_day, uow=uow, language=language)
    return await _shown(found, charge_report_table, format, write_table, language)


@get(REPORTS + "/general-ledger", opt=admits(*READERS))
async def read_general_ledger(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    write_table: WritesTables,
    from_day: date,
    until_day: date,
    account: Code = None,
    format: Shape = Format.JSON,
) -> Response[views_reports.GeneralLedger]:
    """Of all accounts, or of one."""
    language = _language(request)
    found = await reports.general_ledger_of(association_id, from_day, until_day, account, uow=uow, language=language)
    return await _shown(found, general_ledger_table, format, write_table, language)


@get(REPORTS + "/open-demands", opt=admits(*MANAGERS))
async def read_open_demands(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    write_table: WritesTables,
    clock: Clock,
    format: Shape = Format.JSON,
) -> Response[views_reports.OpenDemands]:
    """What is still to be paid now, the oldest first."""
    language = _language(request)
    found = await reports.open_demands_on(association_id, day_of(clock()), uow=uow, language=language)
    return await _shown(found, open_demands_table, format, write_table, language)


@get(REPORTS + "/owners", opt=admits(*MANAGERS))
async def read_owner_balances(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    write_table: WritesTables,
    on: date,
    format: Shape = Format.JSON,
) -> Response[views_reports.OwnerBalances]:
    """What every owner owed or had to his credit at the end of a day."""
    found = await reports.owner_balances_on(association_id, on, uow=uow)
    return await _shown(found, owner_balances_table, format, write_table, _language(request))


@get(REPORTS + "/simplified-books", opt=admits(*READERS))
async def read_simplified_books(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    write_table: WritesTables,
    fiscal_year_id: UUID,
    format: Shape = Format.JSON,
) -> Response[views_reports.SimplifiedBooks]:
    """All that fewer than twenty counted lots need to show of a year (R110)."""
    language = _language(request)
    found = await reports.simplified_books_of(
        association_id, fiscal_year_id, tenant=actor.tenant, property_=property_, uow=uow, language=language
    )
    return await _shown(found, simplified_books_table, format, write_table, language)


@get(REPORTS + "/ledger.beancount", opt=admits(*MANAGERS), media_type="text/plain; charset=utf-8")
async def read_ledger_file(association_id: UUID, uow: Uow, write_ledger: WritesLedger) -> Response[str]:
    """All that was ever posted as a file of Beancount, with the balances that it must come to at each year's end."""
    ledger = await carry_ledger(association_id, uow=uow)
    content = await asyncio.to_thread(write_ledger, ledger)
    return Response(
        content,
        media_type="text/plain; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="ledger.beancount"'},
    )


async def _shown(
    view: T,
    table_of: Callable[[T, Language], Table],
    format: Format,
    write_table: dict[str, Callable[[Table], bytes]],
    language: Language,
) -> Response[T]:
    if format is Format.JSON:
        return Response(view)
    table = table_of(view, language)
    content = await asyncio.to_thread(write_table[format], table)
    name = "-".join(table.title.lower().split())
    headers = {"content-disposition": f'attachment; filename="{_ascii(name)}.{format}"'}
    # The same view in another form; what OpenAPI describes is the JSON.
    return cast("Response[T]", Response(content, media_type=MEDIA_TYPES[format], headers=headers))


def _ascii(name: str) -> str:
    return "".join(letter if letter.isascii() else "_" for letter in name)


def _language(request: Request[Any, Any, Any]) -> Language:
    return language_of(request.headers.get("accept-language"))


routes = [
    read_trial_balance,
    read_balance_sheet,
    read_income_and_expense,
    read_charge_report,
    read_general_ledger,
    read_open_demands,
    read_owner_balances,
    read_simplified_books,
    read_ledger_file,
]
