from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.governance.domain.law import clocks
from koprogo.governance.domain.law.clocks import NegativeMargin, OrdinaryPeriod, PeriodStartsOnNoDay

from .builders import quick

MEETING = date(2026, 6, 10)
JUNE = OrdinaryPeriod(6, 1)


class TestTheClocksOfAMeetingOn10June:
    def test_receive_proposals_until_11_may(self) -> None:
        assert clocks.proposals_deadline(JUNE.first_day(2026)) == date(2026, 5, 11)

    def test_send_convocations_by_26_may(self) -> None:
        assert clocks.latest_dispatch(MEETING) == date(2026, 5, 26)

    def test_send_them_earlier_with_a_margin(self) -> None:
        assert clocks.latest_dispatch(MEETING, 1) == date(2026, 5, 25)

    def test_never_shorten_the_15_days(self) -> None:
        with pytest.raises(NegativeMargin):
            clocks.latest_dispatch(MEETING, -1)

    def test_enter_and_send_the_minutes_by_10_july(self) -> None:
        assert clocks.minutes_due(MEETING) == date(2026, 7, 10)

    def test_allow_a_challenge_until_10_october(self) -> None:
        assert clocks.challenge_until(MEETING) == date(2026, 10, 10)

    def test_allow_a_second_meeting_from_25_june(self) -> None:
        assert clocks.second_assembly_earliest(MEETING) == date(2026, 6, 25)

    def test_allow_a_retry_of_unanimity_from_10_july(self) -> None:
        assert clocks.retry_of_unanimity_earliest(MEETING) == date(2026, 7, 10)

    def test_convene_a_required_meeting_within_30_days(self) -> None:
        assert clocks.requested_meeting_convened_by(MEETING) == date(2026, 7, 10)


class TestAChallenge:
    @pytest.mark.parametrize(
        ("meeting", "until"),
        [
            (date(2026, 10, 31), date(2027, 2, 28)),
            (date(2027, 10, 31), date(2028, 2, 29)),
            (date(2026, 5, 31), date(2026, 9, 30)),
            (date(2026, 8, 31), date(2026, 12, 31)),
            (date(2026, 9, 1), date(2027, 1, 1)),
        ],
    )
    def test_is_clamped_to_the_end_of_the_month(self, meeting: date, until: date) -> None:
        assert clocks.challenge_until(meeting) == until

    @quick
    @given(st.dates(date(2019, 1, 1), date(2100, 1, 1)))
    def test_stays_open_for_four_months_and_never_shrinks_from_one_day_to_the_next(self, day: date) -> None:
        until = clocks.challenge_until(day)
        assert (until.year * 12 + until.month) - (day.year * 12 + day.month) == 4
        assert clocks.challenge_until(day + timedelta(days=1)) >= until


class TestTheYearlyPeriod:
    def test_has_15_days_both_bounds_included(self) -> None:
        assert JUNE.last_day(2026) == date(2026, 6, 15)
        assert JUNE.contains(date(2026, 6, 1)) and JUNE.contains(date(2026, 6, 15))
        assert not JUNE.contains(date(2026, 5, 31)) and not JUNE.contains(date(2026, 6, 16))

    def test_may_end_in_the_next_year(self) -> None:
        christmas = OrdinaryPeriod(12, 24)
        assert christmas.last_day(2026) == date(2027, 1, 7)
        assert christmas.contains(date(2027, 1, 7)) and not christmas.contains(date(2027, 1, 8))

    def test_comes_back_every_year(self) -> None:
        assert JUNE.next_first_day(date(2026, 5, 31)) == date(2026, 6, 1)
        assert JUNE.next_first_day(date(2026, 6, 1)) == date(2027, 6, 1)

    @pytest.mark.parametrize(("month", "day"), [(2, 29), (2, 30), (4, 31), (13, 1), (0, 1), (6, 0)])
    def test_starts_on_a_day_that_exists_every_year(self, month: int, day: int) -> None:
        with pytest.raises(PeriodStartsOnNoDay):
            OrdinaryPeriod(month, day)

    @quick
    @given(st.dates(date(2019, 1, 1), date(2100, 1, 1)), st.integers(1, 12), st.integers(1, 28))
    def test_contains_15_days_of_every_year_it_starts_in(self, day: date, month: int, first: int) -> None:
        period = OrdinaryPeriod(month, first)
        start = period.next_first_day(day)
        days = [start + timedelta(days=n) for n in range(-1, 16)]
        assert [period.contains(one) for one in days] == [False, *[True] * 15, False]


class TestRequiringAMeeting:
    @pytest.mark.parametrize(("shares", "of", "may"), [(200, 1000, True), (199, 1000, False), (201, 1001, True)])
    def test_takes_one_fifth_of_the_shares(self, shares: int, of: int, may: bool) -> None:
        assert clocks.may_require_meeting(shares, of) is may
