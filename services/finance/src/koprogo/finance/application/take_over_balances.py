from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Positive, Text, Texts
from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.post_entry import LineToPost, line_to_post
from koprogo.finance.application.posting import post
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.arrears import Level
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.communication import checked_communication
from koprogo.finance.domain.journal import Entry, Journal, Voucher
from koprogo.finance.domain.owners import Owners
from koprogo.finance.domain.party import Party, PartyKind
from koprogo.finance.domain.takeover import (
    CallTakenOver,
    DemandTakenOver,
    ReminderTakenOver,
    check_call,
    lines_of,
    reminder_of,
)
from koprogo.kernel.money import cents


class DemandToTakeOver(msgspec.Struct, forbid_unknown_fields=True):
    """What is open; in one fund at least."""

    lot_id: UUID
    """One of the lots of who owes it today."""
    working_capital: Positive | None = None
    reserve_fund: Positive | None = None
    communication: Annotated[str, msgspec.Meta(max_length=20)] = ""
    """As the owner knows it; without one he gets a new one."""


class CallToTakeOver(msgspec.Struct, forbid_unknown_fields=True):
    titles: Texts
    issued_on: date
    due_on: date
    demands: Annotated[list[DemandToTakeOver], msgspec.Meta(min_length=1, max_length=1000)]


class CreditToTakeOver(msgspec.Struct, forbid_unknown_fields=True):
    """What an owner had paid too much."""

    lot_id: UUID
    amount: Positive


class ReminderToTakeOver(msgspec.Struct, forbid_unknown_fields=True):
    lot_id: UUID
    level: Level
    sent_on: date
    pay_until: date


class TakeOverBalances(msgspec.Struct, forbid_unknown_fields=True):
    dated: date
    """Balances are those of the end of the day before."""
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    """Of the list the former syndic handed over (R111)."""
    text: Text
    lines: Annotated[list[LineToPost], msgspec.Meta(min_length=1, max_length=1000)]
    """All other balances; with the owners' they balance in each fund (R114)."""
    calls: Annotated[list[CallToTakeOver], msgspec.Meta(max_length=200)] = []
    credits: Annotated[list[CreditToTakeOver], msgspec.Meta(max_length=1000)] = []
    reminders: Annotated[list[ReminderToTakeOver], msgspec.Meta(max_length=1000)] = []
    """That were sent of these calls."""
    document_id: UUID | None = None
    id: UUID | None = None


async def take_over_balances(
    association_id: UUID,
    command: TakeOverBalances,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> UUID:
    """Open the accounts with what the former syndic's books said: one entry, and a demand for each open debt, so that
    it is as old here as it is (R140, R144). Returns the entry.
    """
    owners = await property_.owners(tenant, association_id, today)
    async with uow:
        books = await uow.books.locked(association_id)
        entry_id = command.id or ids()
        await uow.journal.check_new(entry_id)
        calls = await _calls(command, owners, books, uow=uow, ids=ids)
        reminders = [
            reminder_of(
                ReminderTakenOver(
                    owners.owner_of(one.lot_id, f"reminders.{number}.lot_id")[0], one.level, one.sent_on, one.pay_until
                ),
                calls,
                reminder_id=ids(),
                where=f"reminders.{number}",
                today=today,
            )
            for number, one in enumerate(command.reminders)
        ]
        credits_ = [
            (owners.owner_of(one.lot_id, f"credits.{number}.lot_id")[0], cents(one.amount))
            for number, one in enumerate(command.credits)
        ]
        lines = [line_to_post(line, books, number) for number, line in enumerate(command.lines)]
        entry = Entry(
            id=entry_id,
            journal=Journal.MISCELLANEOUS,
            dated=command.dated,
            text=command.text,
            voucher=Voucher("takeover", command.reference, command.dated, command.document_id),
            lines=(*lines, *lines_of(calls, credits_)),
        )
        await uow.parties.note(
            association_id, (Party(d.id, PartyKind.OWNER, d.name, d.holder_ids) for d in owners.debtors)
        )
        await uow.calls.take_over(association_id, calls, entry.id)
        await post(entry, books=books, uow=uow, by=by)
        for reminder in reminders:
            await uow.reminders.add(association_id, reminder, at=now, by=by)
        await apply_credits(books, uow=uow, ids=ids, by=by, today=today)
    return entry.id


async def _calls(
    command: TakeOverBalances, owners: Owners, books: Books, *, uow: UnitOfWork, ids: Callable[[], UUID]
) -> Sequence[CallTakenOver]:
    """Demands without a communication get their own."""
    count = sum(not demand.communication for call in command.calls for demand in call.demands)
    new = iter(await uow.books.next_communications(books.association_id, count))
    calls = []
    for number, call in enumerate(command.calls):
        where = f"calls.{number}"
        demands = []
        for position, demand in enumerate(call.demands):
            field = f"{where}.demands.{position}"
            debtor, _ = owners.owner_of(demand.lot_id, f"{field}.lot_id")
            communication = checked_communication(demand.communication, f"{field}.communication") or next(new)
            open_ = {Fund.WORKING: demand.working_capital, Fund.RESERVE: demand.reserve_fund}
            amounts = {fund: cents(amount) if amount else 0 for fund, amount in open_.items()}
            demands.append(DemandTakenOver(ids(), debtor, communication, amounts))
        taken_over = CallTakenOver(ids(), call.titles, call.issued_on, call.due_on, tuple(demands))
        check_call(taken_over, where, command.dated)
        calls.append(taken_over)
    return calls
