from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.params import Parameter

from koprogo.finance.application import views
from koprogo.finance.application.add_account import AddAccount, add_account
from koprogo.finance.application.open_books import (
    AddBankAccount,
    ChangeClause,
    OpenBooks,
    add_bank_account,
    change_clause,
    open_books,
)
from koprogo.finance.application.post_entry import PostEntry, ReverseEntry, post_entry, reverse_entry
from koprogo.finance.application.run_fiscal_year import (
    ProposeFiscalYear,
    confirm_fiscal_year,
    propose_closing,
    propose_fiscal_year,
    withdraw_closing,
)
from koprogo.finance.domain.fiscal_year import YearState
from koprogo.finance.domain.iban import checked_iban
from koprogo.finance.domain.journal import Journal
from koprogo.finance.entrypoints.http.shared import BOOKKEEPERS, HERE, MANAGERS, READERS, Clock, Created, Uow, day_of
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, etag, expected_version, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.ids import new_id

YEAR = HERE + "/fiscal-years/{fiscal_year_id:uuid}"
Day = Annotated[date | None, Parameter(description="ISO date.")]


class ProofOfBooks(msgspec.Struct):
    differences: list[str]
    """Empty: the books hold."""


class StateOfYear(msgspec.Struct):
    state: YearState


@post(HERE + "/books", opt=admits(*MANAGERS), status_code=204)
async def create_books(association_id: UUID, data: OpenBooks, uow: Uow) -> None:
    await open_books(association_id, data, uow=uow)


@get(HERE + "/books", opt=admits(*READERS))
async def read_books(association_id: UUID, uow: Uow) -> Response[views.BooksView]:
    async with uow:
        view = await uow.book_screens.books(association_id)
    return Response(view, headers=etag(view.version))


@get(HERE + "/books/proof", opt=admits(*READERS))
async def read_proof(association_id: UUID, uow: Uow) -> ProofOfBooks:
    """Whether every kept figure is the sum of its lines, now; what differs is named."""
    async with uow:
        return ProofOfBooks(list(await uow.proof.differences(association_id)))


@put(HERE + "/books/statutes-clause", opt=admits(*MANAGERS), status_code=204)
async def set_statutes_clause(
    association_id: UUID, data: ChangeClause, uow: Uow, if_match: IfMatch = None
) -> Response[None]:
    version = await change_clause(association_id, data, uow=uow, version=expected_version(if_match))
    return Response(None, status_code=204, headers=etag(version))


@get(HERE + "/accounts", opt=admits(*READERS))
async def list_accounts(association_id: UUID, uow: Uow) -> Sequence[views.AccountView]:
    async with uow:
        return await uow.book_screens.accounts(association_id)


@post(HERE + "/accounts", opt=admits(*BOOKKEEPERS), status_code=204)
async def create_account(association_id: UUID, data: AddAccount, uow: Uow) -> None:
    await add_account(association_id, data, uow=uow)


@post(HERE + "/bank-accounts", opt=admits(*MANAGERS))
async def create_bank_account(association_id: UUID, data: AddBankAccount, uow: Uow) -> Created:
    added = await add_bank_account(association_id, data, iban=checked_iban(data.iban), uow=uow, new_id=new_id())
    return Created(added.id)


@post(HERE + "/fiscal-years", opt=admits(*MANAGERS))
async def create_fiscal_year(association_id: UUID, data: ProposeFiscalYear, actor: Actor, uow: Uow) -> Created:
    year = await propose_fiscal_year(association_id, data, uow=uow, by=actor.subject, new_id=new_id())
    return Created(year.id)


@post(YEAR + "/confirmation", opt=admits(*READERS), status_code=200)
async def confirm_year(association_id: UUID, fiscal_year_id: UUID, actor: Actor, uow: Uow) -> StateOfYear:
    """The second person's yes to an opening or a closing."""
    state = await confirm_fiscal_year(association_id, fiscal_year_id, uow=uow, by=actor.subject, entry_id=new_id())
    return StateOfYear(state)


@post(YEAR + "/closing", opt=admits(*BOOKKEEPERS), status_code=204)
async def propose_closing_of_year(
    association_id: UUID, fiscal_year_id: UUID, actor: Actor, uow: Uow, clock: Clock
) -> None:
    await propose_closing(association_id, fiscal_year_id, uow=uow, by=actor.subject, today=day_of(clock()))


@delete(YEAR + "/closing", opt=admits(*MANAGERS), status_code=204)
async def withdraw_closing_of_year(association_id: UUID, fiscal_year_id: UUID, uow: Uow) -> None:
    await withdraw_closing(association_id, fiscal_year_id, uow=uow)


@post(HERE + "/entries", opt=admits(*BOOKKEEPERS))
async def create_entry(association_id: UUID, data: PostEntry, actor: Actor, uow: Uow) -> Created:
    return Created(await post_entry(association_id, data, uow=uow, by=actor.subject, new_id=new_id()))


@get(HERE + "/entries", opt=admits(*READERS))
async def list_entries(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    journal: Journal | None = None,
    fiscal_year_id: UUID | None = None,
) -> Response[Sequence[views.EntryLine]]:
    async with uow:
        rows = await uow.book_screens.entries(association_id, limit + 1, after, journal, fiscal_year_id)
    return page(request, rows, limit, lambda row: str(row.id))


@get(HERE + "/entries/{entry_id:uuid}", opt=admits(*READERS))
async def read_entry(association_id: UUID, entry_id: UUID, uow: Uow) -> views.EntryView:
    async with uow:
        return await uow.book_screens.entry(association_id, entry_id)


@post(HERE + "/entries/{entry_id:uuid}/reversal", opt=admits(*BOOKKEEPERS))
async def create_reversal(association_id: UUID, entry_id: UUID, data: ReverseEntry, actor: Actor, uow: Uow) -> Created:
    return Created(await reverse_entry(association_id, entry_id, data, uow=uow, by=actor.subject, new_id=new_id()))


@get(HERE + "/ledger", opt=admits(*READERS))
async def read_ledger(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    account: Annotated[str, Parameter(pattern=r"^[1-7][0-9]{1,7}$")],
    from_day: date,
    until_day: date,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[views.LedgerLine]]:
    async with uow:
        rows = await uow.book_screens.ledger(association_id, account, from_day, until_day, limit + 1, after)
    return page(request, rows, limit, lambda row: f"{row.dated}/{row.entry_id}/{row.position}")


routes = [
    create_books,
    read_books,
    read_proof,
    set_statutes_clause,
    list_accounts,
    create_account,
    create_bank_account,
    create_fiscal_year,
    confirm_year,
    propose_closing_of_year,
    withdraw_closing_of_year,
    create_entry,
    list_entries,
    read_entry,
    create_reversal,
    read_ledger,
]
