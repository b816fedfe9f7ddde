from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.issuing import write_to_owners
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.owners import Owners
from koprogo.finance.domain.party import Party, PartyKind
from koprogo.finance.domain.settlement import (
    NotedTransfer,
    Settlement,
    call_of,
    check_due,
    entry_of,
    less_called,
    settlement_of,
)


async def settle_transfer(
    association_id: UUID,
    lot_id: UUID,
    on: date,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> UUID:
    """Give the seller of a lot his part of the working capital back, by calling it from the buyer (R134): posted and
    sent, or nothing at all. Returns the call; of what is settled already, the call that was issued then.

    His credit settles what the seller still owes; of the rest that he owes, nothing moves to the buyer (R135).
    """
    async with uow:
        noted, done = await uow.settlements.transfer(association_id, lot_id, on)
        if done is not None:
            return done
        check_due(noted, (await uow.transfer_requests.funds(association_id, on))[Fund.WORKING], today)
    association = await property_.association(association_id)
    before, after = await owners_around(tenant, association_id, on, property_)
    async with uow:
        books = await uow.books.locked(association_id)
        noted, done = await uow.settlements.transfer(association_id, lot_id, on)
        if done is not None:
            return done
        settlement = await proposed(association_id, noted, before, after, uow=uow, today=today)
        (communication,) = await uow.books.next_communications(association_id, 1)
        call = call_of(settlement, call_id=ids(), demand_id=ids(), communication=communication, today=today)
        entry = entry_of(settlement, call, ids(), books.open_day(on, today))
        await uow.parties.note(
            association_id,
            (Party(d.id, PartyKind.OWNER, d.name, d.holder_ids) for d in (settlement.seller, settlement.buyer)),
        )
        await uow.calls.add(association_id, call, entry.id)
        await uow.settlements.add(association_id, settlement, call.id)
        await post(entry, books=books, uow=uow, by=by)
        await write_to_owners(call, association=association, books=books, uow=uow, ids=ids, now=now)
        await apply_credits(books, uow=uow, ids=ids, by=by, today=today)
    return call.id


async def owners_around(tenant: UUID, association_id: UUID, on: date, property_: Property) -> tuple[Owners, Owners]:
    """Of the day before the deed, and of its day."""
    return (
        await property_.owners(tenant, association_id, on - timedelta(days=1)),
        await property_.owners(tenant, association_id, on),
    )


async def proposed(
    association_id: UUID, noted: NotedTransfer, before: Owners, after: Owners, *, uow: UnitOfWork, today: date
) -> Settlement:
    """What settling would move, inside the caller's transaction."""
    working_capital = (await uow.transfer_requests.funds(association_id, noted.on))[Fund.WORKING]
    check_due(noted, working_capital, today)
    found = settlement_of(noted, working_capital=working_capital, before=before, on=after)
    return less_called(found, await uow.settlements.called(association_id, found.buyer.id, noted.lot_id, noted.on))
