"""A year is opened and closed by two persons: one proposes, another confirms."""

from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.closing import check_can_close, closing_entry
from koprogo.finance.domain.fiscal_year import FiscalYear, YearState
from koprogo.finance.domain.journal import check


class ProposeFiscalYear(msgspec.Struct, forbid_unknown_fields=True):
    first_day: date
    last_day: date
    id: UUID | None = None


async def propose_fiscal_year(
    association_id: UUID, command: ProposeFiscalYear, *, uow: UnitOfWork, by: UUID, new_id: UUID
) -> FiscalYear:
    async with uow:
        books = await uow.books.locked(association_id)
        before = max((year.last_day for year in books.years), default=None)
        year = FiscalYear.proposed(command.id or new_id, command.first_day, command.last_day, by=by, before=before)
        await uow.books.save_year(association_id, year)
    return year


async def propose_closing(association_id: UUID, year_id: UUID, *, uow: UnitOfWork, by: UUID, today: date) -> None:
    async with uow:
        books = await uow.books.locked(association_id)
        year = books.year(year_id)
        check_can_close(year, books.years, today)
        year.propose_closing(by)
        await uow.books.save_year(association_id, year)


async def withdraw_closing(association_id: UUID, year_id: UUID, *, uow: UnitOfWork) -> None:
    async with uow:
        year = (await uow.books.locked(association_id)).year(year_id)
        year.withdraw_closing()
        await uow.books.save_year(association_id, year)


async def confirm_fiscal_year(
    association_id: UUID, year_id: UUID, *, uow: UnitOfWork, by: UUID, entry_id: UUID
) -> YearState:
    """The second person's yes. Closing posts the entry that brings expenses and income to nothing."""
    async with uow:
        books = await uow.books.locked(association_id)
        year = books.year(year_id)
        year.confirm(by)
        if year.state is YearState.CLOSED:
            results = await uow.journal.results(association_id, year)
            if entry := closing_entry(entry_id, year, results, books.policies):
                check(entry.lines, books.chart)
                await uow.journal.post(association_id, entry, year, by=by)
        await uow.books.save_year(association_id, year)
        if year.state is YearState.CLOSED:
            await uow.told.year_closed(association_id, year)
    return year.state
