"""A financial year (exercice, boekjaar), which need not be a calendar year. Opened and closed by two persons."""

from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Conflict, DomainError


class YearState(StrEnum):
    OPENING = "opening"
    """Proposed by one, to be confirmed by another."""
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


class SecondPersonNeeded(Conflict):
    """Nobody opens, closes or pays alone."""

    reason = "SECOND_PERSON_NEEDED"


class YearNotOpen(Conflict):
    reason = "YEAR_NOT_OPEN"


class YearNotProposed(Conflict):
    reason = "YEAR_NOT_PROPOSED"


class YearDaysWrong(DomainError):
    reason = "YEAR_DAYS_WRONG"


class FiscalYear(msgspec.Struct):
    id: UUID
    first_day: date
    last_day: date
    state: YearState
    proposed_by: UUID
    version: int = 0

    @classmethod
    def proposed(cls, year_id: UUID, first_day: date, last_day: date, *, by: UUID, before: date | None) -> "FiscalYear":
        """`before` is the last day of the latest year: years follow each other without a gap."""
        if not timedelta(days=27) <= last_day - first_day <= timedelta(days=731):
            raise YearDaysWrong("A financial year lasts between a month and two years.", field="last_day")
        if before is not None and first_day != before + timedelta(days=1):
            raise YearDaysWrong(
                f"The year before ends on {before}; this one starts on the day after.", field="first_day", before=before
            )
        return cls(year_id, first_day, last_day, YearState.OPENING, by)

    def propose_closing(self, by: UUID) -> None:
        if self.state is not YearState.OPEN:
            raise YearNotOpen("Only an open year can be closed.")
        self.state, self.proposed_by = YearState.CLOSING, by

    def withdraw_closing(self) -> None:
        if self.state is not YearState.CLOSING:
            raise YearNotProposed("The closing of this year is not proposed.")
        self.state = YearState.OPEN

    def confirm(self, by: UUID) -> None:
        """The second person's yes to the opening or the closing that the first has proposed."""
        following = {YearState.OPENING: YearState.OPEN, YearState.CLOSING: YearState.CLOSED}.get(self.state)
        if following is None:
            raise YearNotProposed("Neither the opening nor the closing of this year is proposed.")
        if by == self.proposed_by:
            raise SecondPersonNeeded("Who has proposed it cannot confirm it; ask a second person.")
        self.state = following
