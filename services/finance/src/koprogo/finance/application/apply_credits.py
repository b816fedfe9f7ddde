"""What an owner has paid too much settles his next demand."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.chart_template import OWNERS_WORKING
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher, across_funds
from koprogo.finance.domain.settling import in_order


async def apply_credits(
    books: Books, *, uow: UnitOfWork, ids: Callable[[], UUID], by: UUID | None, today: date
) -> None:
    """Inside the caller's transaction. Dated on the last day anything of the owner was posted."""
    for party_id, credit, last_day, demands in await uow.parties.credits(books.association_id):
        lines: list[Line] = []
        for demand in in_order(demands):
            lines += demand.settle(credit + sum(line.amount for line in lines))
        used = -sum(line.amount for line in lines)
        if not used:
            continue
        lines.insert(0, Line(account=OWNERS_WORKING, amount=used, fund=Fund.WORKING, party_id=party_id))
        day = books.open_day(last_day, today)
        entry = Entry(
            id=ids(),
            journal=Journal.MISCELLANEOUS,
            dated=day,
            text="Credit applied to demands",
            voucher=Voucher("settlement", str(party_id), day),
            lines=across_funds(lines),
        )
        await post(entry, books=books, uow=uow, by=by)
        settled = [line.demand_id for line in lines if line.demand_id is not None]
        await uow.told.demands_paid(books.association_id, await uow.bank.paid_of(settled), day)
