"""The clocks of a meeting, in calendar days: R007, R025, R027, R028, R042, R071, R081, R083."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from koprogo.kernel.errors import DomainError

NOTICE_DAYS = 15
PERIOD_DAYS = 15
PROPOSAL_WEEKS = 3
REQUESTED_MEETING_DAYS = 30
SECOND_SESSION_DAYS = 15
RETRY_OF_UNANIMITY_DAYS = 30
MINUTES_DAYS = 30
CHALLENGE_MONTHS = 4


class PeriodStartsOnNoDay(DomainError):
    reason = "PERIOD_STARTS_ON_NO_DAY"


class NegativeMargin(DomainError):
    reason = "NEGATIVE_MARGIN"


@dataclass(frozen=True, slots=True)
class OrdinaryPeriod:
    """The yearly period of the ordinary meeting (R007, CC 3.85 §3), as the internal rules fix it."""

    month: int
    day: int

    def __post_init__(self) -> None:
        # 2001 is no leap year: a period that starts on 29 February would not come back every year.
        if not 1 <= self.month <= 12 or not 1 <= self.day <= monthrange(2001, self.month)[1]:
            raise PeriodStartsOnNoDay(
                "The period of the ordinary meeting starts on a day that exists every year.", field="period"
            )

    def first_day(self, year: int) -> date:
        return date(year, self.month, self.day)

    def last_day(self, year: int) -> date:
        """Inclusive; of the period that starts in `year`, though it may end in the next."""
        return self.first_day(year) + timedelta(days=PERIOD_DAYS - 1)

    def contains(self, day: date) -> bool:
        return any(self.first_day(y) <= day <= self.last_day(y) for y in (day.year - 1, day.year) if y >= 1)

    def next_first_day(self, after: date) -> date:
        """The first day of the next period that starts later than `after`."""
        this_year = self.first_day(after.year)
        return this_year if this_year > after else self.first_day(after.year + 1)


def may_require_meeting(shares: int, share_denominator: int) -> bool:
    """R025, CC 3.87 §2: at least one fifth of the shares."""
    return 5 * shares >= share_denominator


def requested_meeting_convened_by(received: date) -> date:
    """R025, CC 3.87 §2: the last day for convocations after a valid request; then a signatory convenes."""
    return received + timedelta(days=REQUESTED_MEETING_DAYS)


def latest_dispatch(meeting_day: date, margin_days: int = 0) -> date:
    """R027, CC 3.87 §3: the last day to send convocations, 15 days and the association's margin before."""
    if margin_days < 0:
        raise NegativeMargin("The law's 15 days may be lengthened, not shortened.", field="margin_days")
    return meeting_day - timedelta(days=NOTICE_DAYS + margin_days)


def proposals_deadline(period_first_day: date) -> date:
    """R028, CC 3.87 §3: the last day to receive proposals, three weeks before the period."""
    return period_first_day - timedelta(weeks=PROPOSAL_WEEKS)


def second_assembly_earliest(first_day: date) -> date:
    """R042, CC 3.87 §5: after a meeting without quorum."""
    return first_day + timedelta(days=SECOND_SESSION_DAYS)


def retry_of_unanimity_earliest(first_day: date) -> date:
    """R071, CC 3.88 §4: after unanimity failed only because of absences."""
    return first_day + timedelta(days=RETRY_OF_UNANIMITY_DAYS)


def minutes_due(meeting_day: date) -> date:
    """R081, CC 3.87 §12: the last day to enter the decisions in the register and to send them."""
    return meeting_day + timedelta(days=MINUTES_DAYS)


def challenge_until(meeting_day: date) -> date:
    """R083, CC 3.92 §3: the last day to go to the judge, clamped to the end of the month."""
    months = meeting_day.month - 1 + CHALLENGE_MONTHS
    year, month = meeting_day.year + months // 12, months % 12 + 1
    return date(year, month, min(meeting_day.day, monthrange(year, month)[1]))
