import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.governance.domain.law.proxies import (
    CapWarning,
    CarriedProxy,
    PrincipalHasProxy,
    ProxyToOneself,
    SyndicHoldsProxy,
    TooManyProxies,
    accept_proxy,
    cap_warning,
    check_proxies,
)
from koprogo.kernel.errors import DomainError

from .builders import quick


def check(own: int, *carried: int, of: int = 1000, syndic: bool = False) -> None:
    check_proxies("H", own_votes=own, carried_votes=carried, share_denominator=of, holder_is_syndic=syndic)


class TestAHolder:
    @pytest.mark.parametrize(
        ("own", "carried"),
        [(150, (200, 200, 100)), (20, (20, 20, 20, 10)), (20, (20,) * 4), (0, (25,) * 4), (1000, ())],
        ids=["three of 150+500", "four of 20+70", "four of 20+80", "four of 0+100, no owner", "none"],
    )
    def test_v19_accepts(self, own: int, carried: tuple[int, ...]) -> None:
        check(own, *carried)

    def test_v19_refuses_a_fourth_proxy_above_10_percent_of_all_lots(self) -> None:
        with pytest.raises(TooManyProxies) as refused:
            check(20, 20, 20, 20, 21)
        assert refused.value.field == "holder"

    def test_who_is_the_syndic_carries_none(self) -> None:
        check(100, syndic=True)
        with pytest.raises(SyndicHoldsProxy):
            check(0, 1, syndic=True)

    def test_cannot_carry_himself(self) -> None:
        with pytest.raises(ProxyToOneself):
            accept(CarriedProxy("H", 5))

    def test_carries_a_principal_once(self) -> None:
        with pytest.raises(PrincipalHasProxy):
            accept(CarriedProxy("A", 5), carried=accept(CarriedProxy("A", 5)))

    @quick
    @given(st.integers(0, 200), st.lists(st.integers(1, 60), max_size=8), st.integers(1, 1000), st.booleans())
    def test_invariant_15_has_more_than_three_only_within_10_percent(
        self, own: int, offered: list[int], of: int, syndic: bool
    ) -> None:
        carried: tuple[CarriedProxy, ...] = ()
        for number, votes in enumerate(offered):
            try:
                carried = accept(CarriedProxy(f"P{number}", votes), own=own, carried=carried, of=of, syndic=syndic)
            except DomainError:
                engaged = own + votes + sum(one.votes for one in carried)
                assert syndic or (len(carried) >= 3 and 10 * engaged > of)
        assert len(carried) <= 3 or 10 * (own + sum(one.votes for one in carried)) <= of
        assert not (syndic and carried)


def accept(
    proxy: CarriedProxy,
    *,
    own: int = 0,
    carried: tuple[CarriedProxy, ...] = (),
    of: int = 1000,
    syndic: bool = False,
) -> tuple[CarriedProxy, ...]:
    return accept_proxy(
        proxy, holder="H", own_votes=own, carried=carried, share_denominator=of, holder_is_syndic=syndic
    )


class TestAWarningOfTheCap:
    """Invariant 13, note: a proxy to an owner who would thereby exceed the cap."""

    def test_comes_with_the_proxy_that_puts_the_holder_above_the_others(self) -> None:
        warning = cap_warning("H", own_votes=400, carried_votes=[101], votes_expected=1000)
        assert warning == CapWarning("H", 501, 499)

    def test_does_not_come_at_exactly_half(self) -> None:
        assert cap_warning("H", own_votes=400, carried_votes=[100], votes_expected=1000) is None

    def test_is_not_about_own_votes_alone(self) -> None:
        assert cap_warning("H", own_votes=600, carried_votes=[], votes_expected=1000) is None

    def test_has_a_limit_of_zero_for_one_holder_of_everything(self) -> None:
        warning = cap_warning("H", own_votes=0, carried_votes=[600, 400], votes_expected=1000)
        assert warning == CapWarning("H", 1000, 0)
