"""A reminder (rappel, herinnering) as it is sent, and what it may charge (R141, R142, R143)."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.arrears import Level, Owed
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.finance.domain.legal_interest import FREE_DAYS
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Language

CHARGE_TITLES = {
    Language.FR: "Frais de rappel et intérêts",
    Language.NL: "Aanmaningskosten en interesten",
    Language.DE: "Mahnkosten und Zinsen",
    Language.EN: "Reminder costs and interest",
}


class ReminderRefused(Conflict):
    """The situation is not, or is no longer, the one that was proposed; its reason is the verdict's."""

    reason = "REMINDER_REFUSED"


class LevelChanged(Conflict):
    reason = "LEVEL_CHANGED"


class NoLongerOwner(Conflict):
    reason = "NO_LONGER_OWNER"


class OwnerNamedTwice(DomainError):
    reason = "OWNER_NAMED_TWICE"


class ReminderExists(Conflict):
    reason = "REMINDER_EXISTS"


class Reminded(msgspec.Struct, frozen=True):
    """A demand in a reminder, and the interest newly claimed for it."""

    demand: Owed
    interest: int = 0


class Charge(msgspec.Struct, frozen=True):
    """The demand a reminder makes of its own, for its cost and for interest.

    A debit on the owner's account outside of any demand would eat up his credits unseen, and a call is what a meeting
    has decided. So a demand comes from a call or from a reminder: payments settle it, reminders repeat it, and an
    owner's balance stays the sum of his open demands less his credit.
    """

    demand_id: UUID
    communication: str
    entry_id: UUID


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    party_id: UUID
    level: Level
    sent_on: date
    pay_until: date
    demands: tuple[Reminded, ...]
    cost: int = 0
    clause: str = ""
    interest_rate: str = ""
    charge: Charge | None = None
    is_taken_over: bool = False
    """The former syndic had sent it."""
    bank_checked_until: date | None = None
    """By hand, where no statements are imported."""

    @property
    def open(self) -> int:
        return sum(reminded.demand.open for reminded in self.demands)

    @property
    def interest(self) -> int:
        return sum(reminded.interest for reminded in self.demands)

    @property
    def total(self) -> int:
        return self.open + self.cost + self.interest

    @property
    def communication(self) -> str:
        """One payment for all: it settles the charge, then the oldest demands."""
        return self.charge.communication if self.charge is not None else self.demands[0].demand.communication


def may_cost(level: Level, demands: Iterable[Owed], *, clause: str, safe_mode: bool, today: date) -> bool:
    """Only what the statutes allow is charged (R141), never by a friendly reminder nor for a charge alone; in the safe
    mode of R143 one must have been free, and fourteen days have passed since.
    """
    called = [demand for demand in demands if not demand.is_charge]
    if level is Level.FRIENDLY or not clause or not called:
        return False
    free = timedelta(days=FREE_DAYS)
    return not safe_mode or any(notice.sent_on + free < today for demand in called for notice in demand.notices)


def entry_of(reminder: Reminder, charge: Charge) -> Entry:
    working = Fund.WORKING
    lines = [
        Line(
            account=chart_template.OWNERS_WORKING,
            amount=reminder.cost + reminder.interest,
            fund=working,
            party_id=reminder.party_id,
            demand_id=charge.demand_id,
        ),
        Line(account=chart_template.REMINDER_COSTS, amount=-reminder.cost, fund=working),
        Line(account=chart_template.LATE_INTEREST, amount=-reminder.interest, fund=working),
    ]
    return Entry(
        id=charge.entry_id,
        journal=Journal.MISCELLANEOUS,
        dated=reminder.sent_on,
        text=CHARGE_TITLES[Language.FR],
        voucher=Voucher("reminder", str(reminder.id), reminder.sent_on),
        lines=tuple(line for line in lines if line.amount),
    )
