"""The worked examples of the law files, and the calculator's answers."""

from fractions import Fraction

import pytest

from koprogo.governance.domain.law.cap import Ballot
from koprogo.governance.domain.law.exact import as_text
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.law.register import NoLawInForce
from koprogo.governance.domain.law.roll import (
    DuplicateCoOwnership,
    UnknownSession,
    VotesExceedDenominator,
    VotesNotPositive,
)
from koprogo.governance.domain.law.tally import HoldsOwnProxy

from .builders import ABSTAIN, AGAINST, BLANK, BY_MAJORITY, DAY, FOR, NULL, ballots, date, outcome

TWO_THIRDS, FOUR_FIFTHS = BY_MAJORITY["two_thirds"], BY_MAJORITY["four_fifths"]
ALL = "ABCDEFGHIJ"


class TestAVoteInR10:
    def test_v07_is_adopted_by_150_of_290_cast_while_most_abstain(self) -> None:
        result = outcome(ballots("A", "B", "CDEF"))
        assert result.adopted
        assert (result.cast[FOR], result.cast[AGAINST], result.cast[ABSTAIN]) == (150, 140, 460)

    def test_v08_is_rejected_on_a_tie(self) -> None:
        assert not outcome(ballots("AF", "CD", "B")).adopted

    def test_v09_is_adopted_by_exactly_two_thirds(self) -> None:
        assert outcome(ballots("ABE", "CH", "D"), TWO_THIRDS).adopted

    def test_v11_is_adopted_by_exactly_four_fifths(self) -> None:
        assert outcome(ballots("ABCDEFI", "GHJ"), FOUR_FIFTHS).adopted

    def test_v12_is_rejected_by_79_percent_until_one_against_abstains(self) -> None:
        assert not outcome(ballots("ABCDEFJ", "GHI"), FOUR_FIFTHS).adopted
        assert outcome(ballots("ABCDEFJ", "HI", "G"), FOUR_FIFTHS).adopted

    def test_v13_does_not_cast_blank_and_null_ballots(self) -> None:
        cast = ballots("A", "F", blank="B", null="C")
        assert outcome(cast).adopted
        assert not outcome(cast, TWO_THIRDS).adopted

    def test_v20_is_rejected_without_the_contractor_it_is_about(self) -> None:
        cast = ballots("AB", "CD")
        result = outcome(cast, excluded="A")
        assert not result.adopted
        assert (result.cast[FOR], result.cast[AGAINST]) == (140, 250)
        assert outcome(cast).adopted

    def test_v20_is_not_saved_by_the_contractor_s_proxy(self) -> None:
        assert not outcome(ballots("AB", "CD", holders="AE"), excluded="A").adopted
        assert not outcome(ballots("AB", "CD", holders="BA"), excluded="A").cast[FOR]

    def test_v24_is_adopted_by_the_three_who_remain(self) -> None:
        assert outcome(ballots("AC", "B"), TWO_THIRDS).adopted


class TestACoOwnerAboveHalf:
    def test_v14_is_capped_to_the_votes_of_the_others(self) -> None:
        result = outcome([Ballot("X", 600, None, FOR), Ballot("Y", 400, None, AGAINST)])
        assert not result.adopted
        assert (result.cast[FOR], result.cast[AGAINST]) == (400, 400)

    def test_v15_shows_raw_votes_beside_those_retained(self) -> None:
        result = outcome([Ballot("X", 600, None, FOR), Ballot("Y", 400, None, FOR)])
        assert result.adopted
        assert (result.raw[FOR], result.cast[FOR]) == (1000, 800)

    def test_is_not_capped_at_exactly_half(self) -> None:
        assert not outcome([Ballot("X", 500, None, FOR), Ballot("Y", 500, None, AGAINST)]).reductions

    def test_keeps_his_own_lots_engaged_when_he_gives_them_to_a_proxy(self) -> None:
        result = outcome([Ballot("X", 600, "M", FOR), Ballot("Y", 400, None, AGAINST)])
        assert [one.person for one in result.reductions] == ["M", "X"]
        assert result.cast[FOR] == 400

    def test_r056_gets_the_stricter_ratio_on_a_ballot_shared_with_his_holder(self) -> None:
        room = [Ballot("X", 500, "Y", FOR), Ballot("Y", 100, None, AGAINST), Ballot("Z", 300, None, AGAINST)]
        result = outcome(room)
        assert [(one.person, one.ratio) for one in result.reductions] == [
            ("X", Fraction(4, 5)),
            ("Y", Fraction(1, 2)),
        ]
        assert (result.cast[FOR], result.cast[AGAINST]) == (250, 350)
        assert any("stricter ratio, 1/2, applies (CC 3.87 §7, R056)" in one.sentence for one in result.explanations)

    def test_loses_on_all_ballots_alike_or_on_those_carried_first_as_the_policy_says(self) -> None:
        room = [Ballot("P", 400, None, FOR), Ballot("Q", 150, "P", AGAINST), Ballot("R", 350, None, ABSTAIN)]
        alike = outcome(room)
        assert (alike.cast[FOR], alike.cast[AGAINST]) == (Fraction(2800, 11), Fraction(1050, 11))
        carried_first = outcome(room, policies=Policies({"capped_ballots": "carried_first"}))
        assert (carried_first.cast[FOR], carried_first.cast[AGAINST]) == (350, 0)
        some_carried = outcome(
            [*room[:2], Ballot("R", 500, None, ABSTAIN)],
            share_denominator=1050,
            policies=Policies({"capped_ballots": "carried_first"}),
        )
        assert (some_carried.cast[FOR], some_carried.cast[AGAINST]) == (400, 100)


class TestASoleParticipant:
    """R057: one person present, or one holder who engages every vote present."""

    alone = (Ballot("J", 40, None, FOR),)
    carried = (Ballot("A", 150, "M", FOR), Ballot("B", 140, "M", AGAINST))

    @pytest.mark.parametrize(
        ("policy", "session", "counted"),
        [
            ("uncapped_in_second_session", 1, 0),
            ("uncapped_in_second_session", 2, 40),
            ("uncapped", 1, 40),
            ("uncapped", 2, 40),
            ("literal", 1, 0),
            ("literal", 2, 0),
        ],
    )
    def test_v06_counts_as_the_policy_says(self, policy: str, session: int, counted: int) -> None:
        result = outcome(self.alone, session=session, policies=Policies({"sole_participant": policy}))
        assert result.cast[FOR] == counted
        assert result.adopted is (counted > 0)
        assert any("R057" in one.sentence and "disputed" in one.sentence for one in result.explanations)

    def test_is_uncapped_in_a_second_session_with_a_warning(self) -> None:
        result = outcome(self.alone, session=2)
        assert [one.sentence for one in result.explanations if one.code == "SOLE_UNCAPPED"] == [
            "Warning: J engages all the 40 votes that take part, so that the others have none. By the "
            "policy of the association the cap is not applied to J; this reading of the law is disputed "
            "(CC 3.87 §7, R057)."
        ]

    def test_may_be_a_holder_who_is_no_co_owner_while_his_principals_stay_capped(self) -> None:
        assert not any(outcome(self.carried, session=1).cast.values())
        result = outcome(self.carried, session=2)
        assert (result.cast[FOR], result.cast[AGAINST]) == (140, 140)


class TestAVoteOnWhichSomeoneIsExcluded:
    room = (
        Ballot("A", 300, None, FOR),
        Ballot("B", 200, None, FOR),
        Ballot("C", 150, None, AGAINST),
    )

    def test_leaves_his_votes_out_of_the_base_of_the_cap(self) -> None:
        result = outcome(self.room, excluded="A")
        assert (result.cast[FOR], result.cast[AGAINST]) == (150, 150)

    def test_may_keep_his_votes_in_the_base_of_the_cap(self) -> None:
        result = outcome(self.room, excluded="A", policies=Policies({"excluded_in_cap_base": "kept"}))
        assert (result.cast[FOR], result.cast[AGAINST]) == (200, 150)
        assert any(one.code == "EXCLUDED_IN_BASE" for one in result.explanations)

    def test_then_counts_among_the_others_no_ballot_of_the_person_capped(self) -> None:
        """B's own ballot goes with its excluded holder A; it is none of the votes of others than B."""
        room = [
            Ballot("A", 100, None, FOR),
            Ballot("B", 200, "A", FOR),
            Ballot("C", 300, "B", FOR),
            Ballot("D", 50, None, AGAINST),
        ]
        result = outcome(room, excluded="A", policies=Policies({"excluded_in_cap_base": "kept"}))
        assert result.cast[FOR] == 150

    def test_is_not_adopted_when_nobody_remains(self) -> None:
        result = outcome(self.room[:1], excluded="A")
        assert not result.adopted and not any(result.cast.values())

    def test_does_not_mind_an_excluded_person_who_is_absent(self) -> None:
        assert outcome(self.room, excluded="Z") == outcome(self.room)


class TestUnanimity:
    nature = Nature.CHANGE_OF_SHARES

    def test_needs_every_vote_of_the_deed(self) -> None:
        assert outcome(ballots(ALL), self.nature).adopted

    @pytest.mark.parametrize("cast", [ballots(ALL[1:], "A"), ballots(ALL[1:], abstain="A"), ballots(ALL[1:], null="A")])
    def test_is_defeated_by_whoever_is_not_in_favour(self, cast: list[Ballot]) -> None:
        assert not outcome(cast, self.nature).adopted

    def test_is_not_defeated_by_an_abstention_if_the_association_reads_it_so(self) -> None:
        reading = Policies({"abstention_defeats_unanimity": "no"})
        assert outcome(ballots(ALL[1:], blank="A"), self.nature, policies=reading).adopted
        assert not outcome(ballots(ALL[1:], "A"), self.nature, policies=reading).adopted
        assert not outcome(ballots(abstain=ALL), self.nature, policies=reading).adopted

    def test_fails_when_one_is_absent_and_tells_of_the_retry(self) -> None:
        result = outcome(ballots(ALL[1:]), self.nature)
        assert not result.adopted
        assert [one.sentence for one in result.explanations] == [
            "850 of the 1000 votes are present or represented at the time of this vote.",
            "The unanimity of all co-owners is required (CC 3.88 §3): 850 of 1000 votes take part and 850 of "
            "them are in favour, rejected.",
            "Unanimity fails only because some are absent: a new meeting after at least 30 days may decide "
            "by unanimity of those present or represented (CC 3.88 §4, R071).",
        ]

    def test_does_not_tell_of_the_retry_when_someone_was_against(self) -> None:
        result = outcome(ballots(ALL[2:], "B"), self.nature)
        assert "UNANIMITY_RETRY" not in [one.code for one in result.explanations]

    def test_r071_is_that_of_those_present_in_the_second_meeting(self) -> None:
        assert outcome(ballots("AB"), self.nature, session=2).adopted
        assert not outcome(ballots("AB", "C"), self.nature, session=2).adopted
        assert not outcome(ballots("AB", abstain="C"), self.nature, session=2).adopted
        assert not outcome([], self.nature, session=2).adopted

    def test_r042_is_still_that_of_all_in_a_second_session_for_lack_of_quorum(self) -> None:
        result = outcome(ballots("AB"), self.nature, session=2, retry_of_unanimity=False)
        assert not result.adopted
        assert "NOT_THE_QUORUM_SESSION" in [one.code for one in result.explanations]

    def test_is_not_reached_without_those_excluded(self) -> None:
        assert not outcome(ballots(ALL), self.nature, excluded="A").adopted


class TestTheCalculator:
    room = (
        Ballot("P", 400, None, FOR),
        Ballot("Q", 150, "P", AGAINST),
        Ballot("R", 250, None, AGAINST),
        Ballot("S", 100, None, BLANK),
        Ballot("T", 100, "Z", NULL),
    )

    def test_answers_in_exact_fractions_with_its_reasons(self) -> None:
        result = outcome(self.room, BY_MAJORITY["absolute"], excluded="Z")
        assert result.as_document() == {
            "majority": "absolute",
            "adopted": False,
            "cast": {
                "for": "2800/11",
                "against": "3800/11",
                "abstain": "0",
                "blank": "100",
                "null": "0",
            },
            "reductions": [{"person": "P", "engaged": "550", "limit": "350", "ratio": "7/11"}],
            "explanations": [
                "1000 of the 1000 votes are present or represented at the time of this vote.",
                "The ballot of T (100 votes) is removed, because its holder Z takes no part in this vote (in "
                "person or by proxy) because of a mission for the association (CC 3.87 §9, R059).",
                "900 votes remain, on which result and cap are computed (CC 3.87 §9, R059).",
                "P engages 550 votes (400 own, 150 by proxy), while the others present or represented have "
                "350 together; these 550 votes count for 350 at most, each ballot for 7/11 of its votes "
                "(CC 3.87 §7, R055).",
                "0 votes abstain, 100 are blank and 0 null; they are not votes cast (CC 3.87 §8, R058).",
                "An absolute majority is required, more votes for than against (CC 3.87 §8): 2800/11 for, "
                "3800/11 against, rejected.",
            ],
        }

    @pytest.mark.parametrize(
        ("majority", "sentence"),
        [
            (
                "two_thirds",
                "Two thirds of the votes cast are required (CC 3.88 §1 1° b): 3 × 400 = 1200 for, 2 × 600 = "
                "1200 needed, adopted.",
            ),
            (
                "four_fifths",
                "Four fifths of the votes cast are required (CC 3.88 §1 2° a): 5 × 400 = 2000 for, 4 × 600 = "
                "2400 needed, rejected.",
            ),
        ],
    )
    def test_shows_the_arithmetic_of_the_threshold(self, majority: str, sentence: str) -> None:
        result = outcome(ballots("ABE", "CH"), BY_MAJORITY[majority])
        assert result.explanations[-1].sentence == sentence

    def test_cites_the_code_of_the_day(self) -> None:
        result = outcome(ballots("A", "B"), on=date(2020, 6, 10))
        assert "(old CC 577-6 §8)" in result.explanations[-1].sentence
        with pytest.raises(NoLawInForce):
            outcome(ballots("A", "B"), on=date(2018, 6, 10))

    def test_adopts_nothing_when_nothing_is_cast(self) -> None:
        assert not outcome([]).adopted
        assert outcome(ballots(abstain="AB")).explanations[-1].code == "NONE_CAST"

    def test_is_asked_about_this_day(self) -> None:
        assert outcome(ballots("AB", "C"), on=DAY).adopted

    @pytest.mark.parametrize(
        ("number", "text"),
        [(Fraction(2800, 11), "2800/11"), (Fraction(4, 2), "2"), (0, "0"), (Fraction(-6, 4), "-3/2"), (7, "7")],
    )
    def test_writes_numbers_in_lowest_terms(self, number: Fraction | int, text: str) -> None:
        assert as_text(number) == text


class TestATallyRefuses:
    @pytest.mark.parametrize(
        ("room", "refusal", "field"),
        [
            ([("A", 1, None), ("A", 2, None)], DuplicateCoOwnership, "ballots.1.co_ownership"),
            ([("A", 1, None), ("B", 0, None)], VotesNotPositive, "ballots.1.votes"),
            ([("A", 1, None), ("B", 2, None), ("C", -2, None)], VotesNotPositive, "ballots.2.votes"),
            ([("A", 600, None), ("B", 401, None)], VotesExceedDenominator, "ballots"),
            ([("A", 1, None), ("B", 2, "B")], HoldsOwnProxy, "ballots.1.holder"),
        ],
    )
    def test_what_cannot_be(self, room: list[tuple[str, int, str | None]], refusal: type, field: str) -> None:
        with pytest.raises(refusal) as refused:
            outcome([Ballot(*one, FOR) for one in room])
        assert refused.value.field == field

    def test_a_session_that_is_neither_first_nor_second(self) -> None:
        with pytest.raises(UnknownSession):
            outcome(ballots("A"), session=3)
