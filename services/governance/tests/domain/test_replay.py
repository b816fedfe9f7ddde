import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.governance.domain.law.cap import Ballot, Choice
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.replay import (
    ImpossibleAct,
    Meeting,
    ballots_of,
    present_at,
    quorum_from,
    tally_from,
)
from koprogo.governance.domain.roll_call import ActKind, canonical, export, read_export

from .acts import RollCall, an_item, entry, meetings
from .builders import ABSTAIN, AGAINST, FOR, R10, figures, outcome, quick, rooms


def ballots(evening: RollCall, item: str = "budget") -> dict[str, tuple[str, str | None]]:
    return {one.co_ownership: (one.choice.value, one.holder) for one in ballots_of(evening.acts, item)}


class TestPresence:
    def test_lasts_from_arrival_to_departure(self) -> None:
        evening = RollCall().arrive("AB").leave("A")
        assert present_at(evening.acts) == ("B",)
        assert present_at(evening.acts, 4) == ("A", "B")

    def test_is_the_same_remotely(self) -> None:
        assert present_at(RollCall().arrive("A", "remote").represent("B", "A").acts) == ("A", "B")

    def test_invariant_15_of_a_principal_needs_his_holder(self) -> None:
        evening = RollCall().represent("A", "B")
        assert present_at(evening.acts) == ()
        assert present_at(evening.arrive("B").acts) == ("A", "B")
        assert present_at(evening.leave("B").acts) == ()
        assert present_at(evening.arrive("B").acts) == ("A", "B")

    def test_of_a_principal_is_his_own_when_he_comes_himself(self) -> None:
        evening = RollCall().arrive("B").represent("A", "B").arrive("A").leave("B")
        assert present_at(evening.acts) == ("A",)
        assert Meeting(evening.acts).attendance["A"].holder is None

    def test_is_not_passed_on_by_a_holder_who_is_himself_represented(self) -> None:
        evening = RollCall().arrive("C").represent("B", "C").represent("A", "B")
        assert present_at(evening.acts) == ("B", "C")

    def test_may_be_by_a_holder_who_is_no_co_owner(self) -> None:
        assert present_at(RollCall().represent("A", "lawyer").acts) == ("A",)

    def test_of_a_suspended_lot_counts_for_nothing_though_its_owner_may_carry_a_proxy(self) -> None:
        roll = [entry("A", 60, suspended=True), entry("B", 40)]
        evening = RollCall(roll).arrive("A").represent("B", "A")
        assert present_at(evening.acts) == ("B",)
        result = quorum_from(evening.acts)
        assert (result.valid, result.heads_present, result.votes_present) == (False, 1, 40)


class TestTheQuorumOfARollCall:
    def test_is_judged_on_those_present_just_then(self) -> None:
        evening = RollCall().arrive("BDFHI").take_quorum().arrive("J")
        assert not quorum_from(evening.acts, 7).valid
        assert quorum_from(evening.acts).valid

    def test_v23_misses_an_undivided_lot_without_mandatary(self) -> None:
        roll = [entry(who, shares, suspended=who == "H") for who, shares in R10.items()]
        result = quorum_from(RollCall(roll).arrive("BDFHIJ").acts)
        assert (result.valid, result.heads_present, result.votes_present) == (False, 5, 450)

    def test_may_be_measured_without_suspended_lots(self) -> None:
        roll = [entry("A", 60, suspended=True), entry("B", 40)]
        evening = RollCall(roll, policies={"suspended_lots": "removed_from_totals"}).arrive("B")
        assert quorum_from(evening.acts).reason == "HEADS_AND_SHARES"

    def test_may_count_spouses_as_one_head(self) -> None:
        roll = [entry("A", 30, household="h"), entry("B", 30, household="h"), entry("C", 40)]
        evening = RollCall(roll, heads_total=2, policies={"spouses": "one_head"}).arrive("AB")
        assert quorum_from(evening.acts).heads_present == 1
        assert quorum_from(RollCall(roll).arrive("AB").acts).heads_present == 2


class TestTheTimeOfAVote:
    def test_counts_those_present_who_cast_nothing_as_abstaining(self) -> None:
        evening = RollCall().arrive("ABC").open_vote("budget").cast("A", FOR, "budget").close_vote("budget")
        assert ballots(evening) == {"A": ("for", None), "B": ("abstain", None), "C": ("abstain", None)}

    def test_forgets_who_leaves_before_casting(self) -> None:
        evening = RollCall().arrive("AB").open_vote("budget").leave("B").close_vote("budget")
        assert ballots(evening) == {"A": ("abstain", None)}

    def test_keeps_the_ballot_of_who_leaves_after_casting(self) -> None:
        evening = RollCall().arrive("AB").open_vote("budget").cast("B", AGAINST, "budget").leave("B")
        assert ballots(evening.close_vote("budget"))["B"] == ("against", None)

    def test_counts_who_arrives_during_it_only_if_he_casts(self) -> None:
        evening = RollCall().arrive("A").open_vote("budget").arrive("BC").cast("C", FOR, "budget")
        assert ballots(evening.close_vote("budget")) == {"A": ("abstain", None), "C": ("for", None)}

    def test_takes_who_leaves_and_comes_back_for_one_who_arrives(self) -> None:
        evening = RollCall().arrive("ABC").open_vote("budget").leave("BC").arrive("BC").cast("C", FOR, "budget")
        assert set(ballots(evening.close_vote("budget"))) == {"A", "C"}

    def test_forgets_the_principals_of_a_holder_who_leaves(self) -> None:
        evening = RollCall().arrive("AB").represent("C", "B").represent("D", "B").open_vote("budget")
        evening.cast("C", FOR, "budget").leave("B").close_vote("budget")
        assert ballots(evening) == {"A": ("abstain", None), "C": ("for", "B")}

    def test_keeps_the_ballot_cast_by_proxy_when_the_principal_comes(self) -> None:
        evening = RollCall().arrive("B").represent("A", "B").open_vote("budget").cast("A", FOR, "budget")
        assert ballots(evening.arrive("A").close_vote("budget"))["A"] == ("for", "B")

    def test_lets_a_principal_who_comes_vote_himself(self) -> None:
        evening = RollCall().arrive("B").represent("A", "B").open_vote("budget").arrive("A")
        assert ballots(evening)["A"] == ("abstain", None)
        assert ballots(evening.cast("A", AGAINST, "budget"))["A"] == ("against", None)

    def test_ends_with_its_closing(self) -> None:
        evening = RollCall().arrive("AB").vote("budget", for_="A")
        before = tally_from(evening.acts, "budget")
        assert tally_from(evening.arrive("C").leave("A").acts, "budget") == before

    def test_v24_is_that_of_the_three_who_remain(self) -> None:
        items = [an_item("one"), an_item("seven", "works_on_common_parts")]
        evening = RollCall(items=items).arrive("ABCDEFGH").take_quorum().vote("one", for_="ABCD", against="EF")
        assert quorum_from(evening.acts).valid
        result = tally_from(evening.leave("DEFGH").vote("seven", for_="AC", against="B").acts, "seven")
        assert result.adopted
        assert (result.cast[FOR], result.cast[AGAINST], result.cast[ABSTAIN]) == (280, 140, 0)

    def test_v20_is_without_the_contractor(self) -> None:
        items = [an_item("contract", excluded=["A"])]
        evening = RollCall(items=items).arrive("ABCD").vote("contract", for_="AB", against="CD")
        assert not tally_from(evening.acts, "contract").adopted

    def test_of_a_first_failed_unanimity_may_be_repeated_among_those_present_if_the_item_says_so(self) -> None:
        for retry in (False, True):
            items = [an_item("shares", "change_of_shares", retry_of_unanimity=retry)]
            evening = RollCall(items=items, session=2).arrive("AB").vote("shares", for_="AB")
            assert tally_from(evening.acts, "shares").adopted is retry


class TestInvariant16ASuspendedLot:
    @quick
    @given(rooms(proxies="none"), st.integers(1, 999), st.sampled_from(list(Choice)))
    def test_contributes_nothing_to_presence_votes_and_base(self, room: list[Ballot], lot: int, choice: Choice) -> None:
        def evening(suspended_comes: bool) -> RollCall:
            roll = [entry(one.co_ownership, one.votes) for one in room] + [entry("S", lot, suspended=True)]
            held = RollCall(roll).arrive([one.co_ownership for one in room])
            if suspended_comes:
                held.arrive("S")
            held.open_vote("budget")
            for one in room:
                held.cast([one.co_ownership], one.choice, "budget")
            if suspended_comes:
                held.cast("S", choice, "budget")
            return held

        one, other = evening(True), evening(False)
        assert quorum_from(one.acts) == quorum_from(other.acts)
        assert tally_from(one.acts, "budget") == tally_from(other.acts, "budget")


class TestInvariant18ASpecialKey:
    @quick
    @given(rooms(proxies="none", least=2), st.data())
    def test_gives_those_outside_it_no_effect_and_those_inside_their_weight_in_it(
        self, room: list[Ballot], data: st.DataObject
    ) -> None:
        inside = data.draw(st.integers(1, len(room)))
        weights = {one.co_ownership: data.draw(st.integers(1, 50)) for one in room[:inside]}
        roll = [
            entry(one.co_ownership, one.votes, keys={"lift": weights[one.co_ownership]} if n < inside else {})
            for n, one in enumerate(room)
        ]
        evening = RollCall(roll, [an_item("lift", key="lift")]).arrive([one.co_ownership for one in room])
        quorum_on_shares = quorum_from(evening.acts)
        assert quorum_on_shares.votes_present == sum(one.votes for one in room)
        evening.open_vote("lift")
        for one in room:
            evening.cast([one.co_ownership], one.choice, "lift")
        weighed = [Ballot(b.co_ownership, weights[b.co_ownership], None, b.choice) for b in room[:inside]]
        expected = outcome(weighed, Nature.ORDINARY, share_denominator=sum(weights.values()))
        assert tally_from(evening.acts, "lift") == expected


class TestInvariant19PresenceAtTheTimeOfTheVote:
    @quick
    @given(st.sets(st.sampled_from("ABCDEFGHIJ"), min_size=1), st.sampled_from("ABCDEFGHIJ"))
    def test_lets_a_departure_change_later_items_only(self, come: set[str], leaver: str) -> None:
        owners = "".join(sorted(come | {leaver}))
        evening = RollCall().arrive(owners).vote("budget", for_=owners)
        first = tally_from(evening.acts, "budget")
        evening.leave(leaver)
        stay = owners.replace(leaver, "")
        evening.vote("lift", for_=stay)
        assert figures(tally_from(evening.acts, "budget")) == figures(first)
        assert set(ballots(evening, "lift")) == set(stay)


class TestInvariant20Replay:
    @quick
    @given(meetings())
    def test_reproduces_every_result_byte_for_byte(self, evening: RollCall) -> None:
        acts = read_export(export(evening.acts))
        for act in acts:
            if act.kind is ActKind.VOTING_CLOSED:
                again = tally_from(acts, act.data["item"]).as_document()
                assert canonical(again) == canonical(act.data["result"])
            if act.kind is ActKind.QUORUM:
                assert canonical(quorum_from(acts, act.number).as_document()) == canonical(act.data)


class TestInvariant21TheMajority:
    def test_does_not_change_with_the_text_of_an_item(self) -> None:
        for text in ("Unanimously decide", "Simple majority please"):
            items = [an_item("works", "works_on_common_parts", text=text)]
            evening = RollCall(items=items).arrive("ABE").vote("works", for_="AB", against="E")
            assert tally_from(evening.acts, "works").majority == "two_thirds"


class TestARollCallRefuses:
    @pytest.mark.parametrize(
        "deed",
        [
            lambda evening: evening.arrive("Z"),
            lambda evening: evening.arrive("B", "by_thought"),
            lambda evening: evening.arrive("B", "by_proxy"),
            lambda evening: evening.represent("B", "B"),
            lambda evening: evening.leave("B"),
            lambda evening: evening.open_vote("talk"),
            lambda evening: evening.open_vote("not on the agenda"),
            lambda evening: evening.open_vote("budget").open_vote("budget"),
            lambda evening: evening.vote("budget").open_vote("budget"),
            lambda evening: evening.cast("A", FOR, "budget"),
            lambda evening: evening.open_vote("budget").cast("B", FOR, "budget"),
            lambda evening: evening.open_vote("budget").cast("AA", FOR, "budget"),
            lambda evening: evening.vote("budget").cast("A", FOR, "budget"),
            lambda evening: evening.vote("budget").write(ActKind.VOTING_CLOSED, item="budget", result={}),
            lambda evening: evening.open_vote("budget").close(),
            lambda evening: evening.write(ActKind.SIGNED),
            lambda evening: evening.close().arrive("B"),
            lambda evening: evening.open_vote("budget").write(
                ActKind.BALLOT, item="budget", co_ownership="A", choice="for", holder="B"
            ),
        ],
    )
    def test_what_cannot_have_happened(self, deed) -> None:  # type: ignore[no-untyped-def]
        evening = RollCall().arrive("A")
        with pytest.raises(ImpossibleAct):
            Meeting(deed(evening).acts)

    @pytest.mark.parametrize(
        "opening",
        [
            {"roll": [entry("A", 5), entry("A", 5)]},
            {"roll": [entry("A", 5)], "heads_total": 2},
            {"items": [an_item("a"), an_item("a")]},
            {"items": [an_item("a", "total_demolition", key="lift")]},
        ],
    )
    def test_an_opening_that_does_not_add_up(self, opening: dict[str, object]) -> None:
        with pytest.raises(ImpossibleAct):
            Meeting(RollCall(**opening).acts)  # type: ignore[arg-type]

    def test_r004_shares_that_differ_from_the_deed(self) -> None:
        good = RollCall().acts[0]
        held = RollCall.__new__(RollCall)
        held.acts = []
        held.write(ActKind.OPENED, **{**good.data, "share_denominator": 999})
        with pytest.raises(ImpossibleAct, match="R004"):
            Meeting(held.acts)

    def test_a_result_of_what_was_not_put_to_the_vote(self) -> None:
        with pytest.raises(ImpossibleAct):
            tally_from(RollCall().acts, "budget")

    def test_to_start_without_an_opening(self) -> None:
        with pytest.raises(ImpossibleAct):
            Meeting([])
