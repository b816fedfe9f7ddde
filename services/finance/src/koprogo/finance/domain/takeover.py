"""What an association brings along from its former syndic (reprise, overname): the owners' open debts, with the days
from which their age is counted (R140, R144), and the reminders they have had.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.arrears import Level, Owed
from koprogo.finance.domain.call_for_funds import OWNERS_ACCOUNT
from koprogo.finance.domain.journal import Line
from koprogo.finance.domain.owners import Debtor
from koprogo.finance.domain.reminder import Reminded, Reminder
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Language


class DemandTwice(DomainError):
    reason = "DEMAND_TWICE"


class DaysContradict(DomainError):
    """R140, R144: ages are only as right as the days they are counted from."""

    reason = "TAKEOVER_DAYS_CONTRADICT"


class NothingOpen(DomainError):
    reason = "NOTHING_OPEN"


class CommunicationTaken(Conflict):
    reason = "COMMUNICATION_TAKEN"


class DemandTakenOver(msgspec.Struct, frozen=True):
    """What is still open of what an owner was asked; what he had paid of it is in the old books."""

    id: UUID
    debtor: Debtor
    communication: str
    open: dict[Fund, int]

    @property
    def total(self) -> int:
        return sum(self.open.values())


class CallTakenOver(msgspec.Struct, frozen=True):
    """A call, or whatever else was asked, of which something was open on the day of the takeover."""

    id: UUID
    titles: dict[Language, str]
    issued_on: date
    due_on: date
    demands: tuple[DemandTakenOver, ...]


class ReminderTakenOver(msgspec.Struct, frozen=True):
    """Sent by the former syndic, of all that was due then and is open now."""

    debtor: Debtor
    level: Level
    sent_on: date
    pay_until: date


def check_call(call: CallTakenOver, where: str, dated: date) -> None:
    if not call.issued_on <= call.due_on or call.issued_on > dated:
        raise DaysContradict(
            f"What is taken over was issued by {dated}, the day of the takeover, and fell due later; compare the days.",
            field=f"{where}.issued_on",
        )
    named: set[UUID] = set()
    for number, demand in enumerate(call.demands):
        if not demand.total:
            raise NothingOpen("Say what is open, in one fund or both.", field=f"{where}.demands.{number}")
        if demand.debtor.id in named:
            raise DemandTwice(
                "Both lots are of the same owner, who has one demand a call; add the amounts up.",
                field=f"{where}.demands.{number}.lot_id",
            )
        named.add(demand.debtor.id)


def lines_of(calls: Iterable[CallTakenOver], credits_: Iterable[tuple[Debtor, int]]) -> list[Line]:
    """On the owners' accounts; whatever balances them is the rest of the opening entry (R114)."""
    return [
        Line(account=OWNERS_ACCOUNT[fund], amount=amount, fund=fund, party_id=demand.debtor.id, demand_id=demand.id)
        for call in calls
        for demand in call.demands
        for fund, amount in demand.open.items()
        if amount
    ] + [
        Line(account=chart_template.OWNERS_WORKING, amount=-amount, fund=Fund.WORKING, party_id=debtor.id)
        for debtor, amount in credits_
    ]


def reminder_of(
    earlier: ReminderTakenOver, calls: Sequence[CallTakenOver], *, reminder_id: UUID, where: str, today: date
) -> Reminder:
    """As if it had been sent here: the ladder goes on from it (R144), and interest runs from a formal notice (R142)."""
    demands = tuple(
        Reminded(
            Owed(
                id=demand.id,
                titles=call.titles,
                communication=demand.communication,
                due_on=call.due_on,
                asked=demand.total,
                open=demand.total,
            )
        )
        for call in calls
        for demand in call.demands
        if demand.debtor.id == earlier.debtor.id and call.due_on < earlier.sent_on
    )
    if not demands or not earlier.sent_on <= min(today, earlier.pay_until):
        raise DaysContradict(
            "A reminder was sent by today, after something that is still open fell due, and gave time to pay; "
            "compare the days.",
            field=f"{where}.sent_on",
        )
    return Reminder(
        id=reminder_id,
        party_id=earlier.debtor.id,
        level=earlier.level,
        sent_on=earlier.sent_on,
        pay_until=earlier.pay_until,
        demands=demands,
        is_taken_over=True,
    )
