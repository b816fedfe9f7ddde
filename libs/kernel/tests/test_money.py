from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.kernel.money import NotAnAmount, NothingBearsIt, cents, euros, split

AMOUNTS = st.one_of(st.integers(-(10**11), 10**11), st.sampled_from([0, 1, -1, 10**11]))


class TestAnAmount:
    @given(AMOUNTS)
    def test_is_written_and_read_back(self, amount: int) -> None:
        assert cents(euros(amount)) == amount

    @pytest.mark.parametrize(
        ("text", "amount"), [("0", 0), ("12.5", 1250), ("-0.01", -1), ("-3", -300), ("1234.50", 123450)]
    )
    def test_in_euro_is_so_many_cents(self, text: str, amount: int) -> None:
        assert cents(text) == amount

    @pytest.mark.parametrize("text", ["", "1,50", "1.234", "1e3", "+1", ".5", "1.", "٣", "1 000", "-"])
    def test_written_otherwise_is_refused(self, text: str) -> None:
        with pytest.raises(NotAnAmount):
            cents(text)


class TestSplitting:
    def test_three_thirds_of_a_hundred_euro_make_a_hundred_euro(self) -> None:
        assert split(10_000, {"A": 1, "B": 1, "C": 1}) == {"A": 3334, "B": 3333, "C": 3333}

    def test_gives_the_odd_cent_to_the_largest_remainder(self) -> None:
        assert split(100, {"A": 1, "B": 2}) == {"A": 33, "B": 67}

    def test_gives_nothing_to_who_has_no_share(self) -> None:
        assert split(-5, {"A": 0, "B": 7}) == {"A": 0, "B": -5}

    @pytest.mark.parametrize("weights", [{}, {"A": 0}, {"A": 3, "B": -1}])
    def test_among_nobody_is_refused(self, weights: dict[str, int]) -> None:
        with pytest.raises(NothingBearsIt):
            split(100, weights)

    @given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=400).filter(any))
    def test_loses_no_cent_and_is_nowhere_a_cent_away_from_the_quota(self, amount: int, shares: list[int]) -> None:
        weights = dict(enumerate(shares))
        parts = split(amount, weights)
        assert sum(parts.values()) == amount
        total = sum(shares)
        assert all(abs(parts[k] - Fraction(amount * w, total)) < 1 for k, w in weights.items())
