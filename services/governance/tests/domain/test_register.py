import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import koprogo.governance.domain.law.register as register
from koprogo.governance.domain.law.policies import POLICIES, Policies, UnknownPolicy, UnknownPolicyOption
from koprogo.governance.domain.law.register import RULES, NoLawInForce, cite, rule, rules_in_force

from .builders import DAY, quick

SOURCES = Path(register.__file__).parent.parent


class TestTheRegister:
    def test_has_every_rule_of_meetings_and_votes(self) -> None:
        numbers = {rule.number for rule in rules_in_force(DAY)}
        spans = [(20, 30), (40, 46), (50, 62), (70, 72), (80, 83)]
        assert {f"R{n:03}" for first, last in spans for n in range(first, last + 1)} <= numbers
        assert {"R004", "R014", "R090"} <= numbers

    def test_has_one_rule_of_a_number_on_a_day(self) -> None:
        for day in (date(2019, 1, 1), date(2021, 8, 31), date(2021, 9, 1), DAY):
            numbers = [rule.number for rule in rules_in_force(day)]
            assert numbers == sorted(set(numbers))

    def test_has_a_policy_for_every_uncertain_rule_and_a_rule_for_every_policy(self) -> None:
        assert all(rule.policy for rule in RULES if rule.confidence == "U")
        assert {rule.policy.name for rule in rules_in_force(DAY) if rule.policy} == set(POLICIES)

    def test_has_every_rule_that_the_code_names(self) -> None:
        named = {number for file in SOURCES.rglob("*.py") for number in re.findall(r"\bR\d{3}\b", file.read_text())}
        assert len(named) > 30
        assert named <= {rule.number for rule in RULES}

    def test_judges_by_book_3_from_its_first_day(self) -> None:
        assert cite("R055", date(2021, 9, 1)) == "CC 3.87 §7, R055"
        assert cite("R055", date(2021, 8, 31)) == "old CC 577-6 §7, R055"

    def test_is_certain_of_nothing_before_book_3(self) -> None:
        assert "V" not in {rule.confidence for rule in rules_in_force(date(2020, 6, 10))}

    def test_does_not_know_remote_meetings_before_book_3(self) -> None:
        assert "remote" not in rule("R020", date(2020, 6, 10)).summary
        assert "remote" in rule("R020", DAY).summary
        with pytest.raises(NoLawInForce):
            rule("R021", date(2020, 6, 10))

    def test_refuses_a_day_before_any_law_it_knows(self) -> None:
        assert rules_in_force(date(2019, 1, 1))
        with pytest.raises(NoLawInForce) as refused:
            rules_in_force(date(2018, 12, 31))
        assert refused.value.field == "on"

    @quick
    @given(st.dates(date(2019, 1, 1), date(2100, 1, 1)))
    def test_knows_the_law_of_every_later_day(self, day: date) -> None:
        assert all(rule.holds_on(day) for rule in rules_in_force(day))


class TestThePoliciesOfAnAssociation:
    def test_are_the_defaults_when_nothing_is_chosen(self) -> None:
        assert dict(Policies()) == {
            "notice_margin_days": "0",
            "all_remote": "physical_option_required",
            "spouses": "separate_heads",
            "suspended_lots": "kept_in_totals",
            "capped_ballots": "proportional",
            "sole_participant": "uncapped_in_second_session",
            "excluded_in_cap_base": "left_out",
            "abstention_defeats_unanimity": "yes",
        }

    def test_keep_a_choice_beside_the_other_defaults(self) -> None:
        chosen = Policies({"notice_margin_days": "2"})
        assert chosen.notice_margin_days == 2
        assert chosen["spouses"] == "separate_heads"
        assert chosen == Policies(dict(chosen)) and hash(chosen) == hash(Policies(dict(chosen)))
        assert chosen != Policies()

    def test_refuse_an_unknown_policy_and_say_which_there_are(self) -> None:
        with pytest.raises(UnknownPolicy, match="sole_participant") as refused:
            Policies({"mood": "good"})
        assert refused.value.field == "policies.mood"

    def test_refuse_an_unknown_option_and_say_which_there_are(self) -> None:
        with pytest.raises(UnknownPolicyOption, match="literal") as refused:
            Policies({"sole_participant": "maybe"})
        assert refused.value.field == "policies.sole_participant"

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(TypeError):
            Policies()["spouses"] = "one_head"  # type: ignore[index]

    def test_have_a_default_among_options_and_a_sentence_for_the_user(self) -> None:
        for policy in POLICIES.values():
            assert policy.default in policy.options and len(policy.options) > 1
            assert policy.sentence.endswith(".")
