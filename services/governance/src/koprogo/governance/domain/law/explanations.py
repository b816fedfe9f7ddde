"""Why a result is what it is, in sentences a lawyer can check: a code with its figures, and its English."""

from dataclasses import dataclass
from fractions import Fraction

from koprogo.governance.domain.law.exact import as_text

SENTENCES = {
    "PRESENT": "{votes} of the {denominator} votes are present or represented at the time of this vote.",
    "EXCLUDED": "{co_ownership} ({votes} votes) takes no part in this vote because of its mission for the "
    "association; its ballot is removed ({article}).",
    "EXCLUDED_HOLDER": "The ballot of {co_ownership} ({votes} votes) is removed, because its holder {person} "
    "takes no part in this vote (in person or by proxy) because of a mission for the association "
    "({article}).",
    "BASE_AFTER_EXCLUSION": "{votes} votes remain, on which result and cap are computed ({article}).",
    "EXCLUDED_IN_BASE": "By the policy of the association the removed votes still count among those of the "
    "others for the cap ({article}).",
    "CAPPED": "{person} engages {engaged} votes ({own} own, {carried} by proxy), while the others present or "
    "represented have {limit} together; these {engaged} votes count for {limit} at most, each ballot for "
    "{ratio} of its votes ({article}).",
    "CAPPED_CARRIED_FIRST": "{person} engages {engaged} votes ({own} own, {carried} by proxy), while the "
    "others present or represented have {limit} together; these {engaged} votes count for {limit} at most: "
    "by the policy of the association the ballots carried by proxy are reduced first, to {carried_ratio} of "
    "their votes, the own ones to {own_ratio} ({article}).",
    "STRICTER_RATIO": "The ballot of {co_ownership} is engaged both by its principal and by its holder "
    "{holder}, who each exceed the cap: the stricter ratio, {ratio}, applies ({article}).",
    "SOLE_UNCAPPED": "Warning: {person} engages all the {engaged} votes that take part, so that the others "
    "have none. By the policy of the association the cap is not applied to {person}; this reading of the "
    "law is disputed ({article}).",
    "SOLE_CAPPED": "{person} engages all the {engaged} votes that take part, so that the others have none; "
    "read literally the law then lets none of these votes count, a reading that is disputed ({article}).",
    "NOT_CAST": "{abstain} votes abstain, {blank} are blank and {null} null; they are not votes cast ({article}).",
    "NONE_CAST": "No vote is cast for or against, so nothing is adopted ({article}).",
    "ABSOLUTE": "An absolute majority is required, more votes for than against ({source}): {for} for, "
    "{against} against, {verdict}.",
    "TWO_THIRDS": "Two thirds of the votes cast are required ({source}): 3 × {for} = {left} for, 2 × {cast} "
    "= {right} needed, {verdict}.",
    "FOUR_FIFTHS": "Four fifths of the votes cast are required ({source}): 5 × {for} = {left} for, 4 × "
    "{cast} = {right} needed, {verdict}.",
    "UNANIMITY_OF_ALL": "The unanimity of all co-owners is required ({source}): {votes} of {denominator} "
    "votes take part and {in_favour} of them are in favour, {verdict}.",
    "UNANIMITY_OF_PRESENT": "This meeting follows one where unanimity failed only because of absences; at "
    "least 30 days later, unanimity of those present or represented suffices ({article}): {in_favour} of "
    "{votes} votes are in favour, {verdict}.",
    "NOT_THE_QUORUM_SESSION": "A second session held for lack of quorum does not dispense with the "
    "unanimity of all ({article}).",
    "UNANIMITY_RETRY": "Unanimity fails only because some are absent: a new meeting after at least 30 days "
    "may decide by unanimity of those present or represented ({article}).",
    "ABSTENTION_DEFEATS": "An abstention, a blank or a null ballot defeats unanimity; this reading of the "
    "law is the policy of the association ({article}).",
    "ABSTENTION_IGNORED": "Abstentions, blank and null ballots do not defeat unanimity; this reading of the "
    "law is the policy of the association ({article}).",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    code: str
    figures: tuple[tuple[str, str], ...]

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code].format(**dict(self.figures))


def explain(code: str, **figures: str | int | Fraction) -> Explanation:
    """Figures in the order of the sentence's author; numbers as exact text."""
    return Explanation(
        code,
        tuple(
            (name.rstrip("_"), value if isinstance(value, str) else as_text(value)) for name, value in figures.items()
        ),
    )
