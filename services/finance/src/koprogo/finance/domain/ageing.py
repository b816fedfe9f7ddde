"""How long what owners owe is late (balance âgée, ouderdomsbalans), on any day."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec


class Age(StrEnum):
    """Days since the due day."""

    NOT_DUE = "not_due"
    UP_TO_15 = "days_1_to_15"
    UP_TO_30 = "days_16_to_30"
    UP_TO_60 = "days_31_to_60"
    OVER_60 = "days_over_60"


_LAST_DAYS = {0: Age.NOT_DUE, 15: Age.UP_TO_15, 30: Age.UP_TO_30, 60: Age.UP_TO_60}


def age_of(due_on: date, on: date) -> Age:
    late = (on - due_on).days
    return next((age for last, age in _LAST_DAYS.items() if late <= last), Age.OVER_60)


class Balance(msgspec.Struct, frozen=True):
    """What the lines up to a day leave of a demand, or of what belongs to none; cents, positive is owed."""

    party_id: UUID
    party_name: str
    due_on: date | None
    """None: of no demand."""
    amount: int


class Ageing(msgspec.Struct):
    """Open amounts by age; the balance of the owner's account is all of them less the credit."""

    by_age: dict[Age, int]
    credit: int
    """Not yet used for a demand; negative: owed outside of any demand."""

    @property
    def open(self) -> int:
        return sum(self.by_age.values())

    @property
    def overdue(self) -> int:
        return self.open - self.by_age[Age.NOT_DUE]


def aged(balances: Iterable[Balance], on: date) -> Ageing:
    found = Ageing(dict.fromkeys(Age, 0), 0)
    for balance in balances:
        # A payment booked on a day before its demand was raised is a credit until then.
        if balance.due_on is None or balance.amount < 0:
            found.credit -= balance.amount
        else:
            found.by_age[age_of(balance.due_on, on)] += balance.amount
    return found
