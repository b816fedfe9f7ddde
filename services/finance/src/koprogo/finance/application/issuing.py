"""The one way a call for funds is issued."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.call_for_funds import CallForFunds, Demand, DemandLetter, entry_of, shares_of_debtors
from koprogo.finance.domain.owners import AssociationFacts, Owners
from koprogo.finance.domain.party import Party, PartyKind


async def issue(
    draft: CallForFunds,
    *,
    association: AssociationFacts,
    owners: Owners,
    books: Books,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
) -> None:
    """Make the demands of a call that has none yet, post it and ask for its letters, inside the caller's transaction;
    `books` must be locked by it.
    """
    association_id = books.association_id
    lines = shares_of_debtors(draft.parts, owners)
    debtors = [debtor for debtor in owners.debtors if any(line.amount for line in lines.get(debtor.id, ()))]
    communications = await uow.books.next_communications(association_id, len(debtors))
    demands = tuple(
        Demand(ids(), debtor, communication, draft.due_on, tuple(lines[debtor.id]))
        for debtor, communication in zip(debtors, communications, strict=True)
    )
    call = msgspec.structs.replace(draft, demands=demands)
    entry = entry_of(call, ids())
    await uow.parties.note(association_id, (Party(d.id, PartyKind.OWNER, d.name, d.holder_ids) for d in owners.debtors))
    await uow.calls.add(association_id, call, entry.id)
    await post(entry, books=books, uow=uow, by=by)
    await write_to_owners(call, association=association, books=books, uow=uow, ids=ids, now=now)
    await apply_credits(books, uow=uow, ids=ids, by=by, today=draft.issued_on)
    await uow.told.call_issued(association_id, call)


async def write_to_owners(
    call: CallForFunds,
    *,
    association: AssociationFacts,
    books: Books,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    now: datetime,
) -> None:
    """Ask for the letters of a call's demands, to each holder, inside the caller's transaction."""
    letters = [
        DemandLetter(demand, recipient, ids(), ids()) for demand in call.demands for recipient in demand.debtor.contacts
    ]
    await uow.letters.add_of_call(books.association_id, call.id, letters, at=now)
    await uow.paperwork.call_for_funds(
        books.association_id, association, call, letters, books.bank_account(Fund.WORKING)
    )
