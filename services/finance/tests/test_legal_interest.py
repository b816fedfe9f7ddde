"""Legal interest from the formal notice, by calendar year, exact until the last cent (R142)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.legal_interest import RATES, LegalRateUnknown, UnderNotice, accrued, rounded

FIRST, LAST = date(2022, 1, 1), date(2027, 1, 1)
days = st.dates(FIRST, LAST)
payments = st.lists(st.tuples(days, st.integers(1, 50_000)), max_size=6)


def moved(amount: int, paid: list[tuple[date, int]]) -> list[tuple[date, int]]:
    return [(date(2021, 6, 1), amount), *((day, -part) for day, part in paid)]


class TestInterest:
    @pytest.mark.parametrize(
        ("first", "until", "amount"),
        [
            ("2026-03-01", "2026-03-01", 0),
            ("2026-03-01", "2026-03-02", 12),
            ("2026-01-01", "2027-01-01", 4_500),
            ("2024-01-01", "2025-01-01", 5_766),
            ("2024-12-22", "2025-01-11", 281),
            ("2022-01-01", "2027-01-01", 21_516),
        ],
    )
    def test_on_a_thousand_euro(self, first: str, until: str, amount: int) -> None:
        found = accrued([(date(2021, 1, 1), 100_000)], date.fromisoformat(first), date.fromisoformat(until))
        assert rounded(found) == amount

    def test_runs_on_what_is_still_open(self) -> None:
        movements = [(date(2026, 1, 1), 100_000), (date(2026, 2, 1), -60_000), (date(2026, 2, 11), -40_000)]
        found = accrued(movements, date(2026, 1, 1), date(2026, 12, 31))
        assert found == Fraction("4.5") * (100_000 * 31 + 40_000 * 10) / 36_500

    def test_is_rounded_half_up(self) -> None:
        assert [rounded(Fraction(one)) for one in ("0.49", "0.5", "1.5", "2.5")] == [0, 1, 2, 3]

    @given(st.integers(1, 10**9), payments, days, days, days)
    def test_of_two_periods_is_that_of_both(
        self, amount: int, paid: list[tuple[date, int]], one: date, two: date, three: date
    ) -> None:
        first, between, until = sorted((one, two, three))
        movements = moved(amount, paid)
        assert accrued(movements, first, until) == accrued(movements, first, between) + accrued(
            movements, between, until
        )

    @given(st.integers(1, 10**9), payments, days, st.integers(0, 400), st.integers(0, 10**6))
    def test_never_shrinks_with_time_or_with_the_debt(
        self, amount: int, paid: list[tuple[date, int]], first: date, more: int, owed_more: int
    ) -> None:
        until = min(first + timedelta(days=300), LAST)
        later = min(until + timedelta(days=more), LAST)
        found = accrued(moved(amount, paid), first, until)
        assert 0 <= found <= accrued(moved(amount, paid), first, later)
        assert found <= accrued(moved(amount + owed_more, paid), first, until)

    @pytest.mark.parametrize("until", [date(2028, 1, 2), date(2021, 1, 2)])
    def test_of_a_year_without_a_rate_is_refused(self, until: date) -> None:
        with pytest.raises(LegalRateUnknown) as refused:
            accrued([(date(2020, 1, 1), 100)], until - timedelta(days=1), until)
        assert refused.value.metadata == {"year": str(until.year)}
        assert until.year not in RATES

    def test_of_nothing_needs_no_rate(self) -> None:
        assert accrued([(date(2020, 1, 1), 100), (date(2020, 2, 1), -100)], date(2028, 1, 1), date(2029, 1, 1)) == 0


class TestADemandUnderNotice:
    def noticed(self, first_on: date, formal_on: date) -> UnderNotice:
        return UnderNotice(
            demand_id=uuid4(),
            party_id=uuid4(),
            party_name="",
            first_on=first_on,
            formal_on=formal_on,
            movements=((date(2026, 1, 1), 100_000),),
            claimed=0,
        )

    def test_bears_interest_from_the_formal_notice(self) -> None:
        noticed = self.noticed(date(2026, 4, 1), date(2026, 6, 1))
        assert noticed.since(safe_mode=True) == noticed.since(safe_mode=False) == date(2026, 6, 1)
        assert noticed.interest_on(date(2026, 5, 1), safe_mode=True) == 0
        assert noticed.interest_on(date(2026, 7, 1), safe_mode=True) == 370

    def test_that_was_in_no_earlier_reminder_has_fourteen_free_days_in_the_safe_mode(self) -> None:
        noticed = self.noticed(date(2026, 6, 1), date(2026, 6, 1))
        assert noticed.since(safe_mode=True) == date(2026, 6, 15)
        assert noticed.since(safe_mode=False) == date(2026, 6, 1)
