from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.application.propose_reminders import Judged, judge, known_of_bank
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.arrears import ArrearsPolicy, Level
from koprogo.finance.domain.bank_first import check_checked_until
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.ladder import DAYS_TO_PAY
from koprogo.finance.domain.legal_interest import rate_of
from koprogo.finance.domain.owners import AssociationFacts, Debtor
from koprogo.finance.domain.reminder import (
    Charge,
    LevelChanged,
    OwnerNamedTwice,
    Reminded,
    Reminder,
    ReminderExists,
    ReminderRefused,
    entry_of,
    may_cost,
)
from koprogo.kernel.money import euros


class ReminderToSend(msgspec.Struct, forbid_unknown_fields=True):
    party_id: UUID
    level: Level
    """As it was proposed."""
    id: UUID | None = None


class SendReminders(msgspec.Struct, forbid_unknown_fields=True):
    reminders: Annotated[list[ReminderToSend], msgspec.Meta(min_length=1, max_length=500)]
    bank_checked_until: date | None = None
    """Where no statements are imported: until which day who reminds has checked the bank by hand, at most three days
    ago. With imports it says nothing.
    """


async def send_reminders(
    association_id: UUID,
    command: SendReminders,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> Sequence[UUID]:
    """All of them, or none and the first whose situation is not the proposed one. Ids that were sent are left out."""
    _check_named_once(command)
    if command.bank_checked_until is not None:
        check_checked_until(command.bank_checked_until, today)
    association = await property_.association(association_id)
    debtors = {debtor.id: debtor for debtor in (await property_.owners(tenant, association_id, today)).debtors}
    async with uow:
        books = await uow.books.locked(association_id)
        waiting = [
            (number, chosen)
            for number, chosen in enumerate(command.reminders)
            if not await _is_sent(association_id, number, chosen, uow)
        ]
        sent = {number: chosen.id for number, chosen in enumerate(command.reminders) if chosen.id is not None}
        if waiting:
            await apply_credits(books, uow=uow, ids=ids, by=by, today=today)
            policy = await uow.arrears.policy(association_id)
            bank = await known_of_bank(association_id, command.bank_checked_until, uow)
            judged = await judge(association_id, debtors, policy, bank, uow=uow, today=today)
        for number, chosen in waiting:
            one = _as_proposed(number, chosen, judged)
            reminder = msgspec.structs.replace(
                await _reminder(chosen, one, books, policy, uow=uow, ids=ids, today=today),
                bank_checked_until=bank.checked_until,
            )
            sent[number] = reminder.id
            await uow.reminders.add(association_id, reminder, at=now, by=by)
            if reminder.charge is not None:
                await post(entry_of(reminder, reminder.charge), books=books, uow=uow, by=by)
            if one.standing.plan is not None:
                await uow.payment_plans.end(one.standing.plan.id, on=today, by=by)
            await _write(reminder, debtors[chosen.party_id], association, books, uow=uow, ids=ids, now=now)
            await uow.told.arrears_escalated(association_id, reminder)
    return [sent[number] for number in sorted(sent)]


def _check_named_once(command: SendReminders) -> None:
    named: set[UUID] = set()
    for number, chosen in enumerate(command.reminders):
        if chosen.party_id in named:
            raise OwnerNamedTwice("An owner gets one reminder at a time.", field=f"reminders.{number}.party_id")
        named.add(chosen.party_id)


async def _is_sent(association_id: UUID, number: int, chosen: ReminderToSend, uow: UnitOfWork) -> bool:
    sent = await uow.reminders.sent(association_id, chosen.id) if chosen.id is not None else None
    if sent is None:
        return False
    if sent != (chosen.party_id, chosen.level):
        raise ReminderExists("Another reminder with this id was sent already.", field=f"reminders.{number}.id")
    return True


def _as_proposed(number: int, chosen: ReminderToSend, judged: dict[UUID, Judged]) -> Judged:
    """Refuses who has paid, disputes or was reminded since the proposal."""
    where = f"reminders.{number}"
    one = judged.get(chosen.party_id)
    if one is None:
        raise ReminderRefused(
            "Nothing of this owner is overdue: he has paid, or has time.",
            reason="NOTHING_OVERDUE",
            field=f"{where}.party_id",
        )
    verdict = one.verdict
    if not verdict.is_sendable:
        refused = ReminderRefused(verdict.sentence, reason=verdict.reason, field=f"{where}.party_id")
        refused.metadata |= verdict.figures
        raise refused
    if verdict.level is not chosen.level:
        raise LevelChanged(
            f"The next reminder of this owner is {verdict.level}, not {chosen.level}; propose again.",
            field=f"{where}.level",
        )
    return one


async def _reminder(
    chosen: ReminderToSend,
    one: Judged,
    books: Books,
    policy: ArrearsPolicy,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    today: date,
) -> Reminder:
    """With its cost where the statutes have a clause (R141), and interest since earlier formal notices (R142)."""
    level, verdict = chosen.level, one.verdict
    interest: dict[UUID, int] = {}
    if level is Level.FORMAL:
        for noticed in await uow.arrears.under_notice(books.association_id, chosen.party_id):
            due = noticed.interest_on(today, safe_mode=policy.safe_mode) - noticed.claimed
            interest[noticed.demand_id] = max(due, 0)
    demands = tuple(Reminded(demand, interest.get(demand.id, 0)) for demand in verdict.demands)
    costs = may_cost(level, verdict.demands, clause=books.statutes_clause, safe_mode=policy.safe_mode, today=today)
    cost = books.reminder_cost if costs else 0
    claimed = sum(reminded.interest for reminded in demands)
    charge = None
    if cost + claimed:
        (communication,) = await uow.books.next_communications(books.association_id, 1)
        charge = Charge(ids(), communication, ids())
    return Reminder(
        id=chosen.id or ids(),
        party_id=chosen.party_id,
        level=level,
        sent_on=today,
        pay_until=today + timedelta(days=DAYS_TO_PAY[level]),
        demands=demands,
        cost=cost,
        clause=books.statutes_clause if cost else "",
        interest_rate=euros(int(rate_of(today.year) * 100)) if claimed else "",
        charge=charge,
    )


async def _write(
    reminder: Reminder,
    debtor: Debtor,
    association: AssociationFacts,
    books: Books,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    now: datetime,
) -> None:
    """To each who speaks for the debtor, in his language; a formal notice by registered post."""
    account = books.bank_account(Fund.WORKING)
    for recipient in debtor.contacts:
        document_id, dispatch_id = ids(), ids()
        channel = "registered_post" if reminder.level is Level.FORMAL else recipient.channel
        await uow.letters.add(
            books.association_id,
            subject=f"reminder/{reminder.id}",
            party_id=reminder.party_id,
            demand_id=None,
            document_id=document_id,
            dispatch_id=dispatch_id,
            recipient=recipient,
            channel=channel,
            at=now,
        )
        await uow.paperwork.reminder(
            books.association_id,
            association,
            reminder,
            debtor,
            account,
            recipient,
            document_id=document_id,
            dispatch_id=dispatch_id,
            channel=channel,
        )
