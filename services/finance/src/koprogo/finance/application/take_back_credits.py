"""A credit that is gone may have settled demands in the meantime: those are owed again."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher, across_funds
from koprogo.finance.domain.withdrawal import taken_back


async def take_back_credits(
    gone: Mapping[UUID, int],
    books: Books,
    *,
    subject: UUID,
    dated: date,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
) -> None:
    """Inside the caller's transaction, after what took `gone` (cents, by owner) from their credits is posted."""
    beyond = await uow.withdrawals.beyond_demands(books.association_id, list(gone))
    settled = await uow.withdrawals.settled_by_credit(books.association_id, list(gone))
    lines: list[Line] = []
    for party_id, amount in gone.items():
        now = beyond.get(party_id, 0)
        used = max(now, 0) - max(now - max(amount, 0), 0)
        lines += taken_back(party_id, used, settled.get(party_id, ()))
    if lines:
        entry = Entry(
            id=ids(),
            journal=Journal.MISCELLANEOUS,
            dated=dated,
            text="Credit taken back",
            voucher=Voucher("settlement", str(subject), dated),
            lines=across_funds(lines),
        )
        await post(entry, books=books, uow=uow, by=by)
