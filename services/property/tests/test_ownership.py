"""R006: what is held of one lot is exactly one lot."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.property.domain.association import EnterpriseNumberInvalid, enterprise_number
from koprogo.property.domain.ownership import Holding, HoldingsDoNotAddUp, Right, check_holdings, is_divided

from .builders import PEOPLE, SPLITS, quick


def held(*parts: tuple[str, str]) -> list[Holding]:
    return [Holding(who, Right(right), Fraction(part)) for who, (right, part) in zip(PEOPLE, parts, strict=False)]


class TestTheHoldingsOfALot:
    @pytest.mark.parametrize("parts", SPLITS)
    def test_may_be_divided_in_every_lawful_way(self, parts: list[tuple[str, str]]) -> None:
        check_holdings("A1", held(*parts))
        assert is_divided(held(*parts)) == (len(parts) > 1)

    @pytest.mark.parametrize(
        ("parts", "said"),
        [
            ([("full", "1/2")], "bare ownership add up to 1/2 instead of 1"),
            ([("full", "1/2"), ("full", "2/3")], "bare ownership add up to 7/6 instead of 1"),
            ([("bare", "1")], "usufruct add up to 0 instead of 1"),
            ([("usufruct", "1")], "bare ownership add up to 0 instead of 1"),
            ([("bare", "1"), ("usufruct", "1/2")], "usufruct add up to 1/2 instead of 1"),
            ([("full", "1/2"), ("bare", "1/2")], "usufruct add up to 1/2 instead of 1"),
            ([("full", "1/3"), ("full", "1/3"), ("full", "333333/1000000")], "instead of 1"),
            ([], "add up to 0 instead of 1"),
        ],
    )
    def test_are_refused_with_the_sum_when_they_are_not_one(self, parts: list[tuple[str, str]], said: str) -> None:
        with pytest.raises(HoldingsDoNotAddUp, match=said):
            check_holdings("A1", held(*parts))

    @quick
    @given(st.lists(st.integers(1, 1000), min_size=1, max_size=6))
    def test_add_up_whatever_the_denominators(self, weights: list[int]) -> None:
        parts = [("full", f"{weight}/{sum(weights)}") for weight in weights]
        check_holdings("A1", held(*parts))
        with pytest.raises(HoldingsDoNotAddUp):
            check_holdings("A1", held(*parts[:-1], ("full", str(Fraction(parts[-1][1]) + Fraction(1, 10**9)))))


class TestAnEnterpriseNumber:
    @pytest.mark.parametrize("text", ["0403.019.261", "BE 0403.019.261", "0403019261", " be0403019261 "])
    def test_is_ten_digits_however_it_is_written(self, text: str) -> None:
        assert enterprise_number(text) == "0403019261"

    @pytest.mark.parametrize("text", ["0403.019.262", "0403.019", "", "2403.019.261", "BE"])
    def test_is_refused_when_its_check_digits_are_wrong(self, text: str) -> None:
        with pytest.raises(EnterpriseNumberInvalid) as refused:
            enterprise_number(text)
        assert refused.value.field == "enterprise_number"
