"""The invariants of voting.md on any room; numbers are those of the list there."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from koprogo.governance.domain.law.cap import Ballot, Choice, cap
from koprogo.governance.domain.law.majority import Majority, Nature, majority_of
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.law.roll import RollEntry

from .builders import (
    ABSTAIN,
    AGAINST,
    BLANK,
    BY_MAJORITY,
    FOR,
    NULL,
    choices,
    chosen,
    figures,
    natures,
    outcome,
    persons,
    qualified,
    quick,
    rooms,
    sessions,
    total,
    votes,
)

LITERAL = Policies({"sole_participant": "literal"})
HUGE = 10**6


def judged(room: list[Ballot], nature: Nature = Nature.ORDINARY, session: int = 1, **more: object):  # type: ignore[no-untyped-def]
    return outcome(room, nature, session=session, share_denominator=HUGE, **more)  # type: ignore[arg-type]


class TestInvariant1Conservation:
    @quick
    @given(rooms(), natures, sessions)
    def test_never_counts_more_than_is_present(self, room: list[Ballot], nature: Nature, session: int) -> None:
        result = judged(room, nature, session)
        counted = sum(result.cast.values())
        assert counted <= total(room)
        assert (counted == total(room)) is not bool(result.reductions)

    @quick
    @given(rooms(proxies="none"), sessions)
    def test_counts_all_when_nobody_is_above_the_others(self, room: list[Ballot], session: int) -> None:
        assume(all(2 * one.votes <= total(room) for one in room))
        assert judged(room, session=session).cast == judged(room).raw


class TestInvariant2Cap:
    @pytest.mark.parametrize("scaling", ["proportional", "carried_first"])
    @quick
    @given(rooms(), sessions)
    def test_counts_a_person_for_no_more_than_all_others(self, scaling: str, room: list[Ballot], session: int) -> None:
        capped = cap(
            room,
            session=session,
            policies=Policies({"sole_participant": "literal", "capped_ballots": scaling}),
        )
        for person in persons(room):
            counted = sum(n for one, n in zip(room, capped.counted, strict=True) if one.is_engaged_by(person))
            assert counted <= sum(one.votes for one in room if not one.is_engaged_by(person))

    @quick
    @given(rooms(), sessions)
    def test_counts_raw_votes_when_nobody_engages_more_than_half(self, room: list[Ballot], session: int) -> None:
        engaged = [sum(one.votes for one in room if one.is_engaged_by(person)) for person in persons(room)]
        capped = cap(room, session=session, policies=LITERAL)
        assert (list(capped.counted) == [one.votes for one in room]) is all(2 * n <= total(room) for n in engaged)

    @quick
    @given(rooms(), sessions)
    def test_leaves_a_sole_participant_uncapped_only_by_policy(self, room: list[Ballot], session: int) -> None:
        sole = {person: total(room) for person in persons(room) if all(one.is_engaged_by(person) for one in room)}
        assert dict(cap(room, session=session).uncapped) == (sole if session == 2 else {})
        assert not cap(room, session=session, policies=LITERAL).uncapped

    @quick
    @given(rooms(), sessions)
    def test_r056_meets_at_most_one_independent_person(self, room: list[Ballot], session: int) -> None:
        over = [one.person for one in cap(room, session=session, policies=LITERAL).reductions]
        for one in over:
            for other in over:
                assert any(ballot.is_engaged_by(one) and ballot.is_engaged_by(other) for ballot in room)


class TestInvariant3CapIsIdempotent:
    @quick
    @given(rooms(proxies="possible"), sessions)
    def test_changes_nothing_when_applied_again(self, room: list[Ballot], session: int) -> None:
        once = cap(room, session=session, policies=LITERAL)
        # The same room in a finer unit, so that the capped weights are whole again.
        unit = 1
        for one in once.counted:
            unit *= one.denominator
        again = [replace(b, votes=int(n * unit)) for b, n in zip(room, once.counted, strict=True) if n]
        assert not cap(again, session=session, policies=LITERAL).reductions

    @quick
    @given(rooms(), sessions)
    def test_never_changes_the_weight_of_those_it_does_not_concern(self, room: list[Ballot], session: int) -> None:
        capped = cap(room, session=session)
        over = {one.person for one in capped.reductions}
        for one, counted in zip(room, capped.counted, strict=True):
            assert counted == one.votes or over & set(one.persons)


class TestInvariant4Scale:
    @quick
    @given(rooms(), natures, sessions, st.integers(2, 50), st.booleans())
    def test_changes_no_outcome_and_no_ratio(
        self, room: list[Ballot], nature: Nature, session: int, k: int, everybody: bool
    ) -> None:
        of = total(room) if everybody else 2 * total(room)
        one = outcome(room, nature, session=session, share_denominator=of)
        scaled = [replace(ballot, votes=ballot.votes * k) for ballot in room]
        other = outcome(scaled, nature, session=session, share_denominator=of * k)
        assert one.adopted is other.adopted
        assert [(r.person, r.ratio) for r in one.reductions] == [(r.person, r.ratio) for r in other.reductions]
        assert {choice: n * k for choice, n in one.cast.items()} == other.cast


class TestInvariant5Permutation:
    @quick
    @given(rooms(), natures, sessions, st.randoms())
    def test_changes_nothing_not_even_a_sentence(self, room, nature, session, random) -> None:  # type: ignore[no-untyped-def]
        shuffled = list(room)
        random.shuffle(shuffled)
        assert judged(shuffled, nature, session) == judged(room, nature, session)


class TestInvariant6MergeAndSplit:
    @quick
    @given(rooms(), sessions, st.data())
    def test_of_an_owner_s_lots_changes_nothing(self, room: list[Ballot], session: int, data: st.DataObject) -> None:
        assume(room[0].votes > 1)
        part = data.draw(st.integers(1, room[0].votes - 1))
        cut = [replace(room[0], votes=part), replace(room[0], votes=room[0].votes - part), *room[1:]]
        one, other = cap(room, session=session), cap(cut, session=session)
        assert one.reductions == other.reductions
        assert one.counted == (other.counted[0] + other.counted[1], *other.counted[2:])


class TestInvariant7AntiCircumvention:
    @quick
    @given(rooms(), sessions, st.lists(st.tuples(votes, st.sampled_from(["P1", "P2", "X", "Y", "Z"])), max_size=4))
    def test_gives_a_principal_no_more_by_spreading_his_lots_over_holders(
        self, others: list[Ballot], session: int, spread: list[tuple[int, str]]
    ) -> None:
        others = [one for one in others if one.co_ownership != "P0" and one.holder != "P0"]
        assume(spread)
        himself = [Ballot("P0", sum(n for n, _ in spread), None, FOR), *others]
        through_holders = [*(Ballot("P0", n, holder, FOR) for n, holder in spread), *others]
        counted = cap(through_holders, session=session).counted
        assert sum(counted[: len(spread)]) <= cap(himself, session=session).counted[0]


class TestInvariant8Monotonicity:
    @quick
    @given(rooms(), natures, sessions, st.data())
    def test_never_rejects_because_somebody_changes_to_for(
        self, room: list[Ballot], nature: Nature, session: int, data: st.DataObject
    ) -> None:
        of = data.draw(st.sampled_from([total(room), HUGE]))
        who = data.draw(st.sampled_from(room)).co_ownership
        before = outcome(chosen(room, who, AGAINST), nature, session=session, share_denominator=of)
        after = outcome(chosen(room, who, FOR), nature, session=session, share_denominator=of)
        assert after.adopted or not before.adopted
        assert after.reductions == before.reductions


class TestInvariant9AbstentionIsNeutral:
    @quick
    @given(rooms(), qualified, sessions, st.sampled_from([ABSTAIN, BLANK, NULL]), st.data())
    def test_leaves_the_threshold_to_the_rest(
        self, room: list[Ballot], nature: Nature, session: int, silent: Choice, data: st.DataObject
    ) -> None:
        who = data.draw(st.sampled_from(room)).co_ownership
        result = judged(chosen(room, who, silent), nature, session)
        counted = cap(room, session=session).counted
        rest = {
            choice: sum(
                n for one, n in zip(room, counted, strict=True) if one.choice is choice and one.co_ownership != who
            )
            for choice in (FOR, AGAINST)
        }
        assert (result.cast[FOR], result.cast[AGAINST]) == (rest[FOR], rest[AGAINST])
        assert result.adopted is independent_verdict(majority_of(nature), rest[FOR], rest[AGAINST])

    @quick
    @given(rooms(), qualified, sessions, votes, st.sampled_from([ABSTAIN, BLANK, NULL]))
    def test_touches_the_outcome_of_others_only_through_the_base_of_the_cap(
        self, room: list[Ballot], nature: Nature, session: int, more: int, silent: Choice
    ) -> None:
        before = judged(room, nature, session)
        after = judged([*room, Ballot("N", more, None, silent)], nature, session)
        assume(not before.reductions)
        sole = any(one.code == "SOLE_UNCAPPED" for one in before.explanations)
        assume(not sole)
        assert after.adopted is before.adopted or any(one.person == "N" for one in after.reductions)
        assert (after.cast[FOR], after.cast[AGAINST]) == (before.cast[FOR], before.cast[AGAINST])


def independent_verdict(majority: Majority, in_favour: Fraction | int, against: Fraction | int) -> bool:
    """By division, where the code multiplies."""
    if in_favour + against == 0:
        return False
    part = Fraction(in_favour) / (in_favour + against)
    if majority is Majority.ABSOLUTE:
        return part > Fraction(1, 2)
    return part >= {Majority.TWO_THIRDS: Fraction(2, 3), Majority.FOUR_FIFTHS: Fraction(4, 5)}[majority]


class TestInvariant10Nesting:
    @quick
    @given(rooms(), sessions, st.booleans(), st.booleans(), st.sampled_from(["yes", "no"]))
    def test_passes_every_lesser_majority(
        self, room: list[Ballot], session: int, everybody: bool, in_favour: bool, abstention: str
    ) -> None:
        if in_favour:
            room = [replace(one, choice=FOR if one.choice is AGAINST else one.choice) for one in room]
        of = total(room) if everybody else HUGE
        policies = Policies({"abstention_defeats_unanimity": abstention})
        passed = [
            outcome(room, nature, session=session, share_denominator=of, policies=policies).adopted
            for nature in BY_MAJORITY.values()
        ]
        assert passed == sorted(passed, reverse=True)


class TestInvariant11ATie:
    @quick
    @given(st.integers(1, 1000), natures, sessions)
    def test_never_passes(self, each: int, nature: Nature, session: int) -> None:
        room = [Ballot("A", each, None, FOR), Ballot("B", each, None, AGAINST)]
        assert not outcome(room, nature, session=session, share_denominator=2 * each).adopted

    @quick
    @given(rooms(), natures, sessions, st.sampled_from([ABSTAIN, BLANK, NULL]))
    def test_of_nothing_cast_never_passes(
        self, room: list[Ballot], nature: Nature, session: int, silent: Choice
    ) -> None:
        room = [replace(one, choice=silent) for one in room]
        assert not outcome(room, nature, session=session, share_denominator=total(room)).adopted


def in_integers(room: list[Ballot], majority: Majority) -> bool:
    """The outcome of a first session with no number but integers: all weights over one common denominator."""
    limits = {}
    for person in persons(room):
        engaged = sum(one.votes for one in room if one.is_engaged_by(person))
        if 2 * engaged > total(room):
            limits[person] = (total(room) - engaged, engaged)
    common = 1
    for _, engaged in limits.values():
        common *= engaged
    counted = {FOR: 0, AGAINST: 0}
    for one in room:
        if one.choice in counted:
            ratios = [limits[person] for person in one.persons if person in limits]
            counted[one.choice] += min([one.votes * common * n // d for n, d in ratios] or [one.votes * common])
    yes, cast = counted[FOR], counted[FOR] + counted[AGAINST]
    if majority is Majority.ABSOLUTE:
        return 2 * yes > cast
    return cast > 0 and (3 * yes >= 2 * cast if majority is Majority.TWO_THIRDS else 5 * yes >= 4 * cast)


class TestInvariant12NoFloat:
    @quick
    @given(rooms(), qualified)
    def test_agrees_with_cross_multiplied_integers(self, room: list[Ballot], nature: Nature) -> None:
        assert judged(room, nature).adopted is in_integers(room, majority_of(nature))

    @quick
    @given(st.integers(1, 10**15), qualified)
    def test_is_exact_at_the_boundary_of_huge_denominators(self, k: int, nature: Nature) -> None:
        parts = {Majority.ABSOLUTE: (1, 1), Majority.TWO_THIRDS: (2, 1), Majority.FOUR_FIFTHS: (4, 1)}
        more, less = parts[majority_of(nature)]

        def passes(in_favour: int, against: int) -> bool:
            # In small hands, so that nobody is capped.
            room = [Ballot(f"P{n}", in_favour // 4 + (n < in_favour % 4), None, FOR) for n in range(4)]
            room += [Ballot(f"Q{n}", against // 2 + (n < against % 2), None, AGAINST) for n in range(2)]
            return outcome(room, nature, share_denominator=in_favour + against).adopted

        tie = majority_of(nature) is Majority.ABSOLUTE
        assert passes(4 * k * more, 4 * k * less) is not tie
        assert passes(4 * k * more + 1, 4 * k * less)
        assert not passes(4 * k * more, 4 * k * less + 1)

    def test_is_exact_on_a_ratio_of_one_third(self) -> None:
        room = [Ballot("P", 2, None, FOR), Ballot("Q", 1, "P", AGAINST), Ballot("R", 1, None, ABSTAIN)]
        result = outcome(room, Nature.WORKS_ON_COMMON_PARTS, share_denominator=4)
        assert (result.cast[FOR], result.cast[AGAINST]) == (Fraction(2, 3), Fraction(1, 3))
        assert result.adopted

    @quick
    @given(rooms(), natures, sessions)
    def test_yields_nothing_but_exact_numbers(self, room: list[Ballot], nature: Nature, session: int) -> None:
        result = judged(room, nature, session)
        assert all(type(n) is Fraction for n in result.cast.values())
        assert all(type(one.ratio) is Fraction for one in result.reductions)


class TestInvariant13NoDictator:
    @quick
    @given(rooms(most=6), votes, natures, sessions, st.sampled_from([None, "ownproxy"]), st.booleans())
    def test_passes_nothing_alone_against_all_others_without_a_proxy_between_them(
        self, others: list[Ballot], own: int, nature: Nature, session: int, holder: str | None, most: bool
    ) -> None:
        others = [replace(one, choice=AGAINST) for one in others]
        own = own + total(others) if most else own
        room = [Ballot("D", own, holder, FOR), *others]
        assert not outcome(room, nature, session=session, share_denominator=total(room)).adopted

    def test_is_false_with_a_proxy_between_them(self) -> None:
        """One holder engages all votes present: treated like the lone participant of R057, with a warning."""
        room = [Ballot("A", 209, None, FOR), Ballot("B", 201, "A", AGAINST)]
        result = outcome(room, session=2)
        assert result.adopted
        assert any(one.code == "SOLE_UNCAPPED" for one in result.explanations)
        assert not outcome(room, session=1).adopted


class TestInvariant17Conflict:
    @quick
    @given(rooms(), natures, sessions, st.sampled_from(["left_out", "kept"]), st.data())
    def test_does_not_depend_on_the_vote_of_the_excluded_nor_on_proxies_he_carries(
        self, room: list[Ballot], nature: Nature, session: int, base: str, data: st.DataObject
    ) -> None:
        excluded = data.draw(st.sampled_from(persons(room)))
        otherwise = [replace(one, choice=data.draw(choices)) if one.is_engaged_by(excluded) else one for one in room]
        policies = Policies({"excluded_in_cap_base": base})
        one = judged(room, nature, session, excluded={excluded}, policies=policies)
        assert one == judged(otherwise, nature, session, excluded={excluded}, policies=policies)

    @quick
    @given(rooms(), qualified, sessions, st.data())
    def test_is_the_vote_of_a_room_without_him(
        self, room: list[Ballot], nature: Nature, session: int, data: st.DataObject
    ) -> None:
        excluded = data.draw(st.sampled_from(persons(room)))
        without = [one for one in room if not one.is_engaged_by(excluded)]
        one = judged(room, nature, session, excluded={excluded})
        assert figures(one) == figures(judged(without, nature, session))


class TestInvariant18SpecialKey:
    @quick
    @given(votes, votes | st.just(0), st.booleans())
    def test_weighs_by_the_key_and_not_by_shares(self, shares: int, weight: int, listed: bool) -> None:
        entry = RollEntry("A", shares, keys={"lift": weight} if listed else {})
        assert entry.weight("lift") == (weight if listed else 0)
        assert entry.weight(None) == shares
