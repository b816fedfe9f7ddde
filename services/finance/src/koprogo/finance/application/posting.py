"""The one way into the books."""

from uuid import UUID

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.journal import Entry, check


async def post(entry: Entry, *, books: Books, uow: UnitOfWork, by: UUID | None) -> int:
    """Check and write an entry inside the caller's transaction; `books` must be locked by it. Returns its number."""
    check(entry.lines, books.chart)
    return await uow.journal.post(books.association_id, entry, books.year_on(entry.dated), by=by)
