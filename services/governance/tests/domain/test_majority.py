import pytest

from koprogo.governance.domain.law.majority import Majority, Nature, majority_of, source_of
from koprogo.governance.domain.law.register import BOOK_3_FROM, NoLawInForce

from .builders import DAY, date

TABLE = {
    Majority.ABSOLUTE: [
        "ordinary",
        "legally_required_works",
        "conservation_works",
        "provisional_administration",
    ],
    Majority.TWO_THIRDS: [
        "statutes_on_enjoyment",
        "works_on_common_parts",
        "tendering_threshold",
        "works_on_private_parts",
        "council_delegation",
    ],
    Majority.FOUR_FIFTHS: [
        "other_statutes",
        "change_of_destination",
        "partial_reconstruction",
        "acquisition_of_immovables",
        "disposal_of_common_immovables",
        "partial_associations",
        "division_or_merger_of_lots",
        "demolition_for_health_safety_or_cost",
        "reserve_fund_waiver",
    ],
    Majority.UNANIMITY: ["change_of_shares", "total_demolition"],
}


class TestTheMajorityOfANature:
    """R070, invariant 21: a function of the nature, which has no text to look at."""

    @pytest.mark.parametrize(("majority", "natures"), TABLE.items(), ids=str)
    def test_is_the_one_of_the_law(self, majority: Majority, natures: list[str]) -> None:
        assert {majority_of(Nature(nature)) for nature in natures} == {majority}

    def test_is_known_for_every_nature(self) -> None:
        assert sorted(nature for natures in TABLE.values() for nature in natures) == sorted(Nature)

    @pytest.mark.parametrize("nature", Nature)
    def test_names_its_article_of_either_code(self, nature: Nature) -> None:
        assert source_of(nature, DAY).startswith("CC 3.8") or nature is Nature.COUNCIL_DELEGATION
        assert source_of(nature, date(2020, 6, 10)).startswith("old CC 577-")
        assert source_of(nature, BOOK_3_FROM).startswith("CC 3.")

    def test_is_not_known_before_the_law(self) -> None:
        with pytest.raises(NoLawInForce):
            source_of(Nature.ORDINARY, date(2018, 12, 31))
