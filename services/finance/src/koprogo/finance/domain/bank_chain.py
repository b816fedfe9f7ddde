"""Statements of one account follow each other: the opening balance of each is the closing balance of the one before."""

from collections.abc import Sequence
from datetime import date

import msgspec

from koprogo.kernel.errors import DomainError
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


class StatementMissing(DomainError):
    reason = "STATEMENT_MISSING"


def gap(statement: Linked, booked: Sequence[Linked]) -> StatementMissing | None:
    """Why it must wait for another one; None when it follows what is booked, or nothing is yet."""
    earlier = max((b for b in booked if b.order < statement.order), key=lambda b: b.order, default=None)
    later = min((b for b in booked if b.order > statement.order), key=lambda b: b.order, default=None)
    if earlier is not None and earlier.closing != statement.opening:
        return _missing(earlier, statement)
    if later is not None and later.opening != statement.closing:
        return _missing(statement, later)
    return None


def _missing(before: Linked, after: Linked) -> StatementMissing:
    return StatementMissing(
        f"Statement {before.number} closes with {euros(before.closing)}, and the next one, {after.number}, opens with "
        f"{euros(after.opening)}: one between them is missing; import it.",
        before=before.number,
        closing=euros(before.closing),
        after=after.number,
        opening=euros(after.opening),
    )
