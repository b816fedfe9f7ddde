"""Statements of one account follow each other: the opening balance of each is the closing balance of the one before."""

from collections.abc import Sequence
from datetime import date

import msgspec

from koprogo.kernel.money import euros


class Linked(msgspec.Struct, frozen=True):
    number: str
    from_day: date
    until_day: date
    opening: int
    closing: int

    @property
    def order(self) -> tuple[date, date, str]:
        return self.from_day, self.until_day, self.number


def gap(statement: Linked, booked: Sequence[Linked]) -> str | None:
    """Why it must wait for another one; None when it follows what is booked, or nothing is yet."""
    earlier = max((b for b in booked if b.order < statement.order), key=lambda b: b.order, default=None)
    later = min((b for b in booked if b.order > statement.order), key=lambda b: b.order, default=None)
    if earlier is not None and earlier.closing != statement.opening:
        return (
            f"Statement {statement.number} opens with {euros(statement.opening)}, and the one before, "
            f"{earlier.number}, closes with {euros(earlier.closing)}: a statement between them is missing."
        )
    if later is not None and later.opening != statement.closing:
        return (
            f"Statement {statement.number} closes with {euros(statement.closing)}, and the one after, "
            f"{later.number}, opens with {euros(later.opening)}: a statement between them is missing."
        )
    return None
