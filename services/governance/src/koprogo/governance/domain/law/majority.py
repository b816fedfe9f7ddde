"""R070: the majority follows from the nature of the decision (majorité / meerderheid), never from a text."""

from datetime import date
from enum import StrEnum
from typing import assert_never

from koprogo.governance.domain.law.register import BOOK_3_FROM, rules_in_force


class Majority(StrEnum):
    ABSOLUTE = "absolute"
    TWO_THIRDS = "two_thirds"
    FOUR_FIFTHS = "four_fifths"
    UNANIMITY = "unanimity"


class Nature(StrEnum):
    """What is decided. A change of shares that works, a division or a disposal make necessary has the nature
    of that decision (CC 3.88 §3 al. 2)."""

    ORDINARY = "ordinary"
    LEGALLY_REQUIRED_WORKS = "legally_required_works"
    CONSERVATION_WORKS = "conservation_works"
    PROVISIONAL_ADMINISTRATION = "provisional_administration"
    STATUTES_ON_ENJOYMENT = "statutes_on_enjoyment"
    WORKS_ON_COMMON_PARTS = "works_on_common_parts"
    TENDERING_THRESHOLD = "tendering_threshold"
    WORKS_ON_PRIVATE_PARTS = "works_on_private_parts"
    COUNCIL_DELEGATION = "council_delegation"
    OTHER_STATUTES = "other_statutes"
    CHANGE_OF_DESTINATION = "change_of_destination"
    PARTIAL_RECONSTRUCTION = "partial_reconstruction"
    ACQUISITION_OF_IMMOVABLES = "acquisition_of_immovables"
    DISPOSAL_OF_COMMON_IMMOVABLES = "disposal_of_common_immovables"
    PARTIAL_ASSOCIATIONS = "partial_associations"
    DIVISION_OR_MERGER_OF_LOTS = "division_or_merger_of_lots"
    DEMOLITION_FOR_HEALTH_SAFETY_OR_COST = "demolition_for_health_safety_or_cost"
    RESERVE_FUND_WAIVER = "reserve_fund_waiver"
    CHANGE_OF_SHARES = "change_of_shares"
    TOTAL_DEMOLITION = "total_demolition"


def _majority_and_source(nature: Nature) -> tuple[Majority, str]:
    match nature:
        case Nature.ORDINARY:
            return Majority.ABSOLUTE, "CC 3.87 §8"
        case Nature.LEGALLY_REQUIRED_WORKS | Nature.CONSERVATION_WORKS | Nature.PROVISIONAL_ADMINISTRATION:
            return Majority.ABSOLUTE, "CC 3.88 §1 1° b, exception"
        case Nature.STATUTES_ON_ENJOYMENT:
            return Majority.TWO_THIRDS, "CC 3.88 §1 1° a"
        case Nature.WORKS_ON_COMMON_PARTS:
            return Majority.TWO_THIRDS, "CC 3.88 §1 1° b"
        case Nature.TENDERING_THRESHOLD:
            return Majority.TWO_THIRDS, "CC 3.88 §1 1° c"
        case Nature.WORKS_ON_PRIVATE_PARTS:
            return Majority.TWO_THIRDS, "CC 3.88 §1 1° d"
        case Nature.COUNCIL_DELEGATION:
            return Majority.TWO_THIRDS, "CC 3.90"
        case Nature.OTHER_STATUTES:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2° a"
        case Nature.CHANGE_OF_DESTINATION:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2° b"
        case Nature.PARTIAL_RECONSTRUCTION:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2° c"
        case Nature.ACQUISITION_OF_IMMOVABLES:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2° d"
        case Nature.DISPOSAL_OF_COMMON_IMMOVABLES:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2° e"
        case Nature.PARTIAL_ASSOCIATIONS:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2° f-g"
        case Nature.DIVISION_OR_MERGER_OF_LOTS:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2°"
        case Nature.DEMOLITION_FOR_HEALTH_SAFETY_OR_COST:
            return Majority.FOUR_FIFTHS, "CC 3.88 §1 2° h"
        case Nature.RESERVE_FUND_WAIVER:
            return Majority.FOUR_FIFTHS, "CC 3.86 §3"
        case Nature.CHANGE_OF_SHARES | Nature.TOTAL_DEMOLITION:
            return Majority.UNANIMITY, "CC 3.88 §3"
        case _:
            assert_never(nature)


# Same order, same substance since 1 January 2019 [K].
_OLD_CODE = {
    "CC 3.86": "old CC 577-5",
    "CC 3.87": "old CC 577-6",
    "CC 3.88": "old CC 577-7",
    "CC 3.90": "old CC 577-8/1",
}


def majority_of(nature: Nature) -> Majority:
    """R070, CC 3.88: total over the natures."""
    return _majority_and_source(nature)[0]


def source_of(nature: Nature, on: date) -> str:
    """The article that asks for this majority, as it was numbered on that day."""
    rules_in_force(on)
    source = _majority_and_source(nature)[1]
    if on >= BOOK_3_FROM:
        return source
    return _OLD_CODE[source[:7]] + source[7:]
