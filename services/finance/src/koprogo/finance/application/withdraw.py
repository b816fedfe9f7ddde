"""A call, a charge statement or a settlement that is wrong is withdrawn whole, with the demands that came with it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.application.take_back_credits import take_back_credits
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.chart_template import OWNERS_WORKING
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher, across_funds, reversal
from koprogo.finance.domain.withdrawal import LaterStatementStands, ToWithdraw, Withdrawal, freed


class Withdraw(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


async def withdraw_call(
    association_id: UUID,
    call_id: UUID,
    command: Withdraw,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    today: date,
) -> None:
    """On its own day, or on today's when that one is in a closed year or its charges are stated."""
    async with uow:
        books = await uow.books.locked(association_id)
        found = await uow.withdrawals.call(association_id, call_id)
        dated = await _day_of(found, books, uow)
        if await uow.withdrawals.is_stated(association_id, dated):
            dated = today
        await _withdraw(
            found, command.reason, books.open_day(dated, today), books, uow=uow, ids=ids, by=by, today=today
        )


async def withdraw_charge_statement(
    association_id: UUID,
    statement_id: UUID,
    command: Withdraw,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    today: date,
) -> None:
    """On its own day, whose year must be open: the period has its result again, and can be stated anew."""
    async with uow:
        books = await uow.books.locked(association_id)
        found = await uow.withdrawals.statement(association_id, statement_id)
        if not found.is_withdrawn and await uow.withdrawals.is_brought_forward(association_id, statement_id):
            raise LaterStatementStands(
                "A statement of a later period has brought forward what this one carries for works; withdraw that one "
                "first."
            )
        dated = await _day_of(found, books, uow) if found.entry_id is not None else today
        await _withdraw(found, command.reason, dated, books, uow=uow, ids=ids, by=by, today=today)


async def withdraw_settlement(
    association_id: UUID,
    lot_id: UUID,
    on: date,
    command: Withdraw,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    today: date,
) -> None:
    """The buyer owes nothing of it any more, and the seller what his credit has settled (R134)."""
    async with uow:
        books = await uow.books.locked(association_id)
        found = await uow.withdrawals.settlement(association_id, lot_id, on)
        dated = books.open_day(await _day_of(found, books, uow), today)
        await _withdraw(found, command.reason, dated, books, uow=uow, ids=ids, by=by, today=today)


async def _day_of(found: ToWithdraw, books: Books, uow: UnitOfWork) -> date:
    assert found.entry_id is not None
    entry, _ = await uow.journal.get(books.association_id, found.entry_id)
    return entry.dated


async def _withdraw(
    found: ToWithdraw,
    reason: str,
    dated: date,
    books: Books,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    today: date,
) -> None:
    """Inside the caller's transaction. What was paid of it becomes a credit, and settles what else is owed."""
    found.check()
    association_id = books.association_id
    if found.entry_id is None:
        await uow.withdrawals.add(association_id, Withdrawal(found.id, reason, today, by, None))
        return
    entry, reversed_by = await uow.journal.get(association_id, found.entry_id)
    paid = freed(await uow.withdrawals.demands(association_id, found.id))
    turned = reversal(entry, entry_id=ids(), dated=dated, text=f"Withdrawn: {entry.text}"[:200])
    # One that was reversed by hand, when that was possible, is only marked.
    await uow.withdrawals.add(
        association_id, Withdrawal(found.id, reason, today, by, turned.id if reversed_by is None else reversed_by)
    )
    if reversed_by is not None:
        return
    day = books.open_day(today, dated)
    if paid:
        await post(_moved(ids(), found.id, day, paid), books=books, uow=uow, by=by)
    await post(turned, books=books, uow=uow, by=by)
    given: dict[UUID, int] = defaultdict(int)
    for line in entry.lines:
        if line.account == OWNERS_WORKING and line.amount < 0 and line.party_id is not None:
            given[line.party_id] -= line.amount
    await take_back_credits(given, books, subject=found.id, dated=day, uow=uow, ids=ids, by=by)
    await apply_credits(books, uow=uow, ids=ids, by=by, today=today)


def _moved(entry_id: UUID, subject: UUID, dated: date, lines: Iterable[Line]) -> Entry:
    return Entry(
        id=entry_id,
        journal=Journal.MISCELLANEOUS,
        dated=dated,
        text="Payments of what was withdrawn",
        voucher=Voucher("settlement", str(subject), dated),
        lines=across_funds(lines),
    )
