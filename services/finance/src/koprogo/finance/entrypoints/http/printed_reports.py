"""The same reports on paper (PDF): documents makes them, and keeps them under the id that is answered.

Of what each owner owes only the accountant reads them there, of all else the council too; the syndic reads all.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import Provide
from litestar.params import Dependency

from koprogo.finance.application import read_reports as read
from koprogo.finance.application.balance_sheet import balance_sheet_table
from koprogo.finance.application.general_ledger import general_ledger_table, trial_balance_table
from koprogo.finance.application.owed import open_demands_table, owner_balances_table
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.print_report import print_report
from koprogo.finance.application.printed_report import PrintedReport, ReportKind
from koprogo.finance.application.results import charge_report_table, income_and_expense_table
from koprogo.finance.application.simplified_books import simplified_books_table
from koprogo.finance.application.tables import Table
from koprogo.finance.entrypoints.http.reports import REPORTS, Code
from koprogo.finance.entrypoints.http.shared import MANAGERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kernel.words import Language
from koprogo.kit.access import Actor
from koprogo.kit.http import admits
from koprogo.kit.http.messages import language_of
from koprogo.kit.ids import new_id


class Paper(msgspec.Struct, frozen=True):
    """Of which association, on which day, in which language."""

    association_id: UUID
    uow: UnitOfWork
    property_: Property
    today: date
    language: Language

    async def prints(self, kind: ReportKind, table: Table, covers: date | tuple[date, date]) -> Response[Created]:
        document_id = new_id()
        report = PrintedReport(kind, table, covers, self.today, self.language)
        await print_report(self.association_id, report, property_=self.property_, uow=self.uow, document_id=document_id)
        where = f"/api/documents/v1/associations/{self.association_id}/documents/{document_id}"
        return Response(Created(document_id), status_code=202, headers={"location": where})


async def paper_of(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, property_: KnowsProperty, clock: Clock
) -> Paper:
    language = language_of(request.headers.get("accept-language"))
    return Paper(association_id, uow, property_, day_of(clock()), language)


OnPaper = Annotated[Paper, Dependency(skip_validation=True)]
PAPER = {"paper": Provide(paper_of)}


@post(REPORTS + "/trial-balance/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_trial_balance_document(paper: OnPaper, from_day: date, until_day: date) -> Response[Created]:
    lines = await read.trial_balance_of(paper.association_id, from_day, until_day, uow=paper.uow)
    table = trial_balance_table(lines, paper.language)
    return await paper.prints(ReportKind.TRIAL_BALANCE, table, (from_day, until_day))


@post(REPORTS + "/balance-sheet/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_balance_sheet_document(paper: OnPaper, on: date) -> Response[Created]:
    sheet = await read.balance_sheet_on(paper.association_id, on, uow=paper.uow, language=paper.language)
    return await paper.prints(ReportKind.BALANCE_SHEET, balance_sheet_table(sheet, paper.language), on)


@post(REPORTS + "/income-and-expense/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_income_and_expense_document(paper: OnPaper, fiscal_year_id: UUID) -> Response[Created]:
    found = await read.income_and_expense_of(
        paper.association_id, fiscal_year_id, uow=paper.uow, language=paper.language
    )
    table = income_and_expense_table(found, paper.language)
    return await paper.prints(ReportKind.INCOME_AND_EXPENSE, table, (found.first_day, found.last_day))


@post(REPORTS + "/charges/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_charge_report_document(paper: OnPaper, from_day: date, until_day: date) -> Response[Created]:
    found = await read.charges_of(paper.association_id, from_day, until_day, uow=paper.uow, language=paper.language)
    return await paper.prints(ReportKind.CHARGES, charge_report_table(found, paper.language), (from_day, until_day))


@post(REPORTS + "/general-ledger/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_general_ledger_document(
    paper: OnPaper, from_day: date, until_day: date, account: Code = None
) -> Response[Created]:
    """Of all accounts, or of one; too long for paper, it is refused."""
    found = await read.general_ledger_of(
        paper.association_id, from_day, until_day, account, uow=paper.uow, language=paper.language
    )
    table = general_ledger_table(found, paper.language)
    return await paper.prints(ReportKind.GENERAL_LEDGER, table, (from_day, until_day))


@post(REPORTS + "/open-demands/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_open_demands_document(paper: OnPaper) -> Response[Created]:
    found = await read.open_demands_on(paper.association_id, paper.today, uow=paper.uow, language=paper.language)
    return await paper.prints(ReportKind.OPEN_DEMANDS, open_demands_table(found, paper.language), paper.today)


@post(REPORTS + "/owners/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_owner_balances_document(paper: OnPaper, on: date) -> Response[Created]:
    found = await read.owner_balances_on(paper.association_id, on, uow=paper.uow)
    return await paper.prints(ReportKind.OWNERS, owner_balances_table(found, paper.language), on)


@post(REPORTS + "/simplified-books/documents", opt=admits(*MANAGERS), status_code=202, dependencies=PAPER)
async def create_simplified_books_document(paper: OnPaper, actor: Actor, fiscal_year_id: UUID) -> Response[Created]:
    """R110."""
    found = await read.simplified_books_of(
        paper.association_id,
        fiscal_year_id,
        tenant=actor.tenant,
        property_=paper.property_,
        uow=paper.uow,
        language=paper.language,
    )
    table = simplified_books_table(found, paper.language)
    return await paper.prints(ReportKind.SIMPLIFIED_BOOKS, table, (found.first_day, found.last_day))


routes = [
    create_trial_balance_document,
    create_balance_sheet_document,
    create_income_and_expense_document,
    create_charge_report_document,
    create_general_ledger_document,
    create_open_demands_document,
    create_owner_balances_document,
    create_simplified_books_document,
]
