import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.law.quorum import HeadsExceedTotal, Present, QuorumResult, quorum
from koprogo.governance.domain.law.roll import (
    CoOwnershipUnnamed,
    DuplicateCoOwnership,
    RollEntry,
    UnknownSession,
    VotesExceedDenominator,
    VotesNotPositive,
    totals,
    votes_by_co_ownership,
)

from .builders import attendance, quick, sessions


def heads_and_shares(heads: int, shares: int, *, of: int = 10, session: int = 1) -> QuorumResult:
    present = [Present(f"P{n}", 1) for n in range(heads - 1)] + [Present("P", shares - heads + 1)]
    return quorum(present, session=session, heads_total=of, share_denominator=1000)


class TestTheQuorumOfR10:
    def test_v01_is_met_by_6_heads_with_520_shares(self) -> None:
        assert attendance("BDFHIJ").as_document() == {
            "valid": True,
            "heads_present": 6,
            "votes_present": 520,
            "reason": "HEADS_AND_SHARES",
            "missing_heads": 0,
            "missing_votes": 0,
        }

    def test_v02_is_not_met_by_exactly_half_of_the_heads(self) -> None:
        assert attendance("ABCDE").as_document() == {
            "valid": False,
            "heads_present": 5,
            "votes_present": 650,
            "reason": None,
            "missing_heads": 1,
            "missing_votes": 0,
        }

    def test_v03_is_not_met_by_6_heads_with_460_shares(self) -> None:
        result = attendance("EFGHIJ")
        assert not result.valid
        assert (result.missing_heads, result.missing_votes) == (0, 40)

    @pytest.mark.parametrize(("shares", "reason"), [(751, "THREE_QUARTERS"), (750, None)], ids=["751", "750"])
    def test_v04_needs_more_than_three_quarters_of_the_shares(self, shares: int, reason: str | None) -> None:
        assert heads_and_shares(3, shares).reason == reason

    @pytest.mark.parametrize(("heads", "shares", "valid"), [(6, 500, True), (6, 499, False), (5, 500, False)])
    def test_v05_needs_half_of_the_shares_and_more_than_half_of_the_heads(
        self, heads: int, shares: int, valid: bool
    ) -> None:
        assert heads_and_shares(heads, shares).valid is valid

    def test_v06_is_not_asked_of_a_second_session(self) -> None:
        result = attendance("J", session=2)
        assert result.valid
        assert result.reason == "SECOND_SESSION"
        assert (result.missing_heads, result.missing_votes) == (0, 0)

    def test_v23_does_not_count_an_undivided_lot_without_mandatary(self) -> None:
        result = attendance("BDFIJ")
        assert (result.valid, result.heads_present, result.votes_present) == (False, 5, 450)

    def test_prefers_heads_and_shares_as_reason_when_both_ways_hold(self) -> None:
        assert attendance("ABCDEFGH").reason == "HEADS_AND_SHARES"


class TestWhatIsMissing:
    @quick
    @given(st.integers(1, 40), st.integers(1, 2000), st.data())
    def test_is_the_fewest_that_reach_heads_and_shares(self, of: int, denominator: int, data: st.DataObject) -> None:
        heads = data.draw(st.integers(0, min(of, denominator)))
        shares = data.draw(st.integers(heads, denominator)) if heads else 0
        present = [Present(f"P{n}", 1) for n in range(heads - 1)] + [Present("P", shares - heads + 1)] * (heads > 0)
        result = quorum(present, session=1, heads_total=of, share_denominator=denominator)
        more_heads, more_votes = heads + result.missing_heads, shares + result.missing_votes
        if not result.valid:
            assert 2 * more_heads > of and 2 * more_votes >= denominator
            assert not result.missing_heads or 2 * (more_heads - 1) <= of
            assert not result.missing_votes or 2 * (more_votes - 1) < denominator
        else:
            assert (result.missing_heads, result.missing_votes) == (0, 0)


class TestTheQuorumRule:
    @quick
    @given(st.integers(0, 9), st.integers(1, 990), st.integers(1, 10))
    def test_invariant_14_is_monotone_in_heads_and_shares(self, heads: int, shares: int, more: int) -> None:
        shares = max(shares, heads) if heads else 0
        before = heads_and_shares(heads, shares) if heads else attendance("")
        another_head = heads_and_shares(heads + 1, shares + more)
        assert another_head.valid or not before.valid
        if heads:
            assert heads_and_shares(heads, shares + more).valid or not before.valid

    @quick
    @given(st.integers(1, 10), st.integers(751, 1000))
    def test_invariant_14_holds_above_three_quarters_whatever_the_heads(self, heads: int, shares: int) -> None:
        assert heads_and_shares(heads, shares).valid

    @quick
    @given(st.integers(1, 10), st.integers(10, 1000))
    def test_invariant_14_is_ignored_by_the_second_session(self, heads: int, shares: int) -> None:
        assert heads_and_shares(heads, shares, session=2).valid

    @quick
    @given(st.lists(st.integers(1, 100), max_size=9), st.integers(1, 50), sessions, st.randoms())
    def test_invariants_4_and_5_ignore_scale_and_order(self, shares, k, session, random) -> None:  # type: ignore[no-untyped-def]
        present = [Present(f"P{n}", share) for n, share in enumerate(shares)]
        scaled = [Present(one.co_ownership, one.votes * k) for one in present]
        random.shuffle(scaled)
        one = quorum(present, session=session, heads_total=9, share_denominator=900)
        other = quorum(scaled, session=session, heads_total=9, share_denominator=900 * k)
        assert (one.valid, one.reason, one.missing_heads) == (other.valid, other.reason, other.missing_heads)

    @quick
    @given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(2, 90)), min_size=1, max_size=10), st.data())
    def test_invariant_6_ignores_how_an_owner_s_shares_are_cut_into_lots(
        self, lots: list[tuple[str, int]], data: st.DataObject
    ) -> None:
        owner, shares = lots[0]
        part = data.draw(st.integers(1, shares - 1))
        cut = [*lots[1:], (owner, part), (owner, shares - part)]
        one, other = votes_by_co_ownership(lots), votes_by_co_ownership(cut)
        assert one == other

        def judged(votes: dict[str, int]) -> QuorumResult:
            present = [Present(*pair) for pair in votes.items()]
            return quorum(present, session=1, heads_total=6, share_denominator=1000)

        assert judged(one) == judged(other)


class TestAPolicyOnHeads:
    roll = (
        RollEntry("A", 500, household="h"),
        RollEntry("B", 200, household="h"),
        RollEntry("C", 200),
        RollEntry("D", 100, suspended=True),
    )

    def test_keeps_suspended_lots_in_heads_and_shares_by_default(self) -> None:
        assert totals(self.roll) == (4, 1000)

    def test_may_remove_suspended_lots(self) -> None:
        assert totals(self.roll, Policies({"suspended_lots": "removed_from_totals"})) == (3, 900)

    def test_counts_spouses_with_separate_lots_as_two_heads_by_default(self) -> None:
        present = [Present("A", 500, "h"), Present("B", 200, "h")]
        assert quorum(present, session=1, heads_total=4, share_denominator=1000).heads_present == 2

    def test_may_count_spouses_as_one_head(self) -> None:
        present = [Present("A", 500, "h"), Present("B", 200, "h"), Present("C", 200)]
        one_head = Policies({"spouses": "one_head"})
        assert totals(self.roll, one_head) == (3, 1000)
        result = quorum(present, session=1, heads_total=3, share_denominator=1000, policies=one_head)
        assert result.heads_present == 2

    @pytest.mark.parametrize("key", [None, "lift"])
    def test_gives_a_suspended_lot_no_weight_at_all(self, key: str | None) -> None:
        assert RollEntry("D", 100, suspended=True, keys={"lift": 5}).weight(key) == 0


class TestTheQuorumRefuses:
    @pytest.mark.parametrize(
        ("present", "refusal", "field"),
        [
            ([("A", 1), ("A", 2)], DuplicateCoOwnership, "present.1.co_ownership"),
            ([("A", 1), ("B", 0)], VotesNotPositive, "present.1.votes"),
            ([("A", -5)], VotesNotPositive, "present.0.votes"),
            ([("A", 60), ("B", 41)], VotesExceedDenominator, "present"),
            ([("A", 1), ("B", 1), ("C", 1), ("D", 1)], HeadsExceedTotal, "heads_total"),
            ([("", 1)], CoOwnershipUnnamed, "present.0.co_ownership"),
        ],
    )
    def test_what_cannot_be(self, present: list[tuple[str, int]], refusal: type, field: str) -> None:
        with pytest.raises(refusal) as refused:
            quorum([Present(*one) for one in present], session=1, heads_total=3, share_denominator=100)
        assert refused.value.field == field

    @pytest.mark.parametrize("session", [0, 3, -1])
    def test_a_session_that_is_neither_first_nor_second(self, session: int) -> None:
        with pytest.raises(UnknownSession):
            quorum([], session=session, heads_total=3, share_denominator=100)

    def test_an_association_without_heads_or_shares(self) -> None:
        with pytest.raises(HeadsExceedTotal):
            quorum([], session=1, heads_total=0, share_denominator=100)
        with pytest.raises(VotesNotPositive):
            quorum([], session=1, heads_total=1, share_denominator=0)

    def test_but_not_an_empty_room(self) -> None:
        result = quorum([], session=1, heads_total=3, share_denominator=101)
        assert (result.valid, result.missing_heads, result.missing_votes) == (False, 2, 51)
