"""The one register of the rules governance applies: number, article, dates in force, confidence, policy.

Book 3 of the Civil Code holds since 1 September 2021. From 1 January 2019 (law of 18 June 2018) the same
substance stood in articles 577-2 and following of the old Code; that text was not seen, so every entry of
that period is [K]. Remote participation and the written convocation of remote meetings entered the old Code
late in 2020, on a day not verified: the register knows them from Book 3 only.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from koprogo.governance.domain.law import policies as p
from koprogo.kernel.errors import DomainError

Confidence = Literal["V", "K", "U"]
"""V: checked against a source quoting the text. K: consistent, text not seen. U: uncertain or disputed."""

OLD_CODE_FROM = date(2019, 1, 1)
BOOK_3_FROM = date(2021, 9, 1)


@dataclass(frozen=True, slots=True)
class Rule:
    number: str
    article: str
    summary: str
    in_force_from: date
    in_force_until: date | None
    """The last day in force, inclusive; None while it holds."""
    confidence: Confidence
    policy: p.Policy | None

    def holds_on(self, day: date) -> bool:
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


class NoLawInForce(DomainError):
    reason = "NO_LAW_IN_FORCE"


_Row = tuple[str, str, str | None, Confidence, p.Policy | None, str]

# number, article of Book 3, article of the old Code, confidence, policy, summary
_ROWS: tuple[_Row, ...] = (
    (
        "R004", "CC 3.85 §1", "old CC 577-4 §1", "V", None,
        "The shares of the lots are positive integers that add up to the denominator of the deed; while they "
        "do not, no meeting is held.",
    ),
    (
        "R007", "CC 3.85 §3", "old CC 577-4", "V", None,
        "The internal rules fix the yearly period of 15 days, first and last day included, of the ordinary "
        "meeting.",
    ),
    (
        "R009", "CC 3.86 §1 al. 4", "old CC 577-5 §1", "V", None,
        "Every document of the association carries its enterprise number.",
    ),
    (
        "R010", "CC 3.86 §1", "old CC 577-5 §1", "K", None,
        "The association is named \"association of co-owners\" with the location of the building, where it "
        "has its seat.",
    ),
    (
        "R014", "CC 3.90 §1", "old CC 577-8/1", "V", None,
        "Cellars, garages and parking places are not counted when a threshold is a number of lots.",
    ),
    (
        "R020", "CC 3.87 §1", "old CC 577-6 §1", "V", None,
        "Each owner of a lot is a member of the meeting and takes part in its deliberations, remotely if the "
        "convocation says so.",
    ),
    (
        "R021", "CC 3.87 §1", None, "V", p.ALL_REMOTE,
        "Remote participation lets the syndic check who takes part, and the participants join the discussion "
        "and vote directly, simultaneously and without interruption; the convocation names the system.",
    ),
    (
        "R022", "CC 3.87 §1", "old CC 577-6 §1", "V", None,
        "Divided or undivided ownership of a lot suspends its participation until one mandatary is "
        "designated and notified in writing.",
    ),
    (
        "R023", "CC 3.87", "old CC 577-6", "V", None,
        "A co-owner may bring an assistant after warning the syndic by registered mail at least 4 working "
        "days before; the assistant neither leads nor monopolises the discussion.",
    ),
    (
        "R024", "CC 3.87 §2", "old CC 577-6 §2", "V", None,
        "The syndic holds the ordinary meeting in the 15-day period, and another whenever a decision is "
        "urgent.",
    ),
    (
        "R025", "CC 3.87 §2", "old CC 577-6 §2", "V", None,
        "Co-owners with at least one fifth of the shares may require a meeting by registered mail; it is "
        "convened within 30 days of receipt, else by one of them.",
    ),
    (
        "R026", "CC 3.87 §3", "old CC 577-6 §3", "V", None,
        "The convocation states place, day, hour, agenda and how to consult the documents, and goes by "
        "registered mail unless its addressee accepted another channel individually, expressly and in "
        "writing.",
    ),
    (
        "R027", "CC 3.87 §3", "old CC 577-6 §3", "V", p.NOTICE_MARGIN_DAYS,
        "Except in urgency, the convocation leaves at least 15 calendar days before the meeting.",
    ),
    (
        "R028", "CC 3.87 §3", "old CC 577-6 §3", "V", None,
        "Proposals received at least three weeks before the first day of the period go on the agenda; later "
        "ones go to the next meeting.",
    ),
    (
        "R029", "CC 3.87 §3", "old CC 577-6 §3", "K", None,
        "Nothing is decided on a point outside the agenda.",
    ),
    (
        "R030", "CC 3.89 §5 6°", "old CC 577-8 §4", "V", None,
        "Occupants without a vote are told the date by a notice and may send written remarks.",
    ),
    (
        "R040", "CC 3.87 §5", "old CC 577-6 §5", "V", None,
        "The chair is a co-owner; the secretary is designated at the opening.",
    ),
    (
        "R041", "CC 3.87 §5", "old CC 577-6 §5", "V", None,
        "The first meeting is valid if more than half of the heads holding at least half of the shares are "
        "present or represented at the start, or more than three quarters of the shares.",
    ),
    (
        "R042", "CC 3.87 §5", "old CC 577-6 §5", "V", None,
        "Without quorum a second meeting, at least 15 days later and convened anew, decides whatever the "
        "attendance, except where unanimity is required.",
    ),
    (
        "R043", "CC 3.87 §7", "old CC 577-6 §7", "K", None,
        "Unless it says otherwise, a proxy for the first meeting serves for the second, held for lack of "
        "quorum.",
    ),
    (
        "R044", "CC 3.87 §5", "old CC 577-6 §5", "K", p.SPOUSES,
        "A head is one ownership (a person, a legal person or an indivision), whatever its number of lots.",
    ),
    (
        "R045", "CC 3.87 §1, §5", "old CC 577-6 §1, §5", "U", p.SUSPENDED_LOTS,
        "A suspended lot never counts as present.",
    ),
    (
        "R046", "CC 3.87 §1, §5", None, "V", None,
        "Those who attend remotely count like those in the room.",
    ),
    (
        "R050", "CC 3.87 §6", "old CC 577-6 §6", "V", None,
        "Each co-owner has as many votes as shares.",
    ),
    (
        "R051", "CC 3.87 §6 al. 2", "old CC 577-6 §6 al. 2", "K", None,
        "When the statutes charge only some co-owners for a common part, they alone vote on it, in "
        "proportion to their share in that charge.",
    ),
    (
        "R052", "CC 3.87 §7", "old CC 577-6 §7", "K", None,
        "A proxy names its holder, who need not be a co-owner, and serves for one meeting unless notarial.",
    ),
    (
        "R053", "CC 3.87 §7", "old CC 577-6 §7", "V", None,
        "A holder accepts at most three proxies, unless his own votes and those of his principals do not "
        "exceed 10 % of the votes of all lots.",
    ),
    (
        "R054", "CC 3.87 §7", "old CC 577-6 §7", "V", None,
        "The syndic never holds a proxy; if he is a co-owner he votes for himself.",
    ),
    (
        "R055", "CC 3.87 §7", "old CC 577-6 §7", "V", p.CAPPED_BALLOTS,
        "Nobody takes part in a vote, as principal or holder, for more votes than the other co-owners "
        "present or represented have together; what exceeds is not counted.",
    ),
    (
        "R056", "CC 3.87 §7", "old CC 577-6 §7", "K", None,
        "When a principal and his holder both exceed the cap, the stricter ratio applies to the ballots they "
        "share.",
    ),
    (
        "R057", "CC 3.87 §7", "old CC 577-6 §7", "U", p.SOLE_PARTICIPANT,
        "When one person engages every vote present, the sum of the votes of the others is nil.",
    ),
    (
        "R058", "CC 3.87 §8", "old CC 577-6 §8", "V", None,
        "Decisions need the absolute majority of the votes cast at the time of the vote unless the law asks "
        "for more; abstentions, blank and null votes are not votes cast.",
    ),
    (
        "R059", "CC 3.87 §9", "old CC 577-6 §9", "V", p.EXCLUDED_IN_CAP_BASE,
        "Whoever is mandated or employed by the association or serves it takes no part, in person or by "
        "proxy, in the deliberation and the vote on that mission.",
    ),
    (
        "R060", "CC 3.87 §11", "old CC 577-6 §11", "V", None,
        "The members may decide unanimously in writing, except acts that need an authentic deed.",
    ),
    (
        "R061", "CC 3.90", "old CC 577-8/1", "V", None,
        "Members of the council are appointed by absolute majority, one by one.",
    ),
    (
        "R062", "case law on CC 3.89", "case law on old CC 577-8", "K", None,
        "The approval of the accounts and the discharge of the syndic are separate items.",
    ),
    (
        "R070", "CC 3.88, 3.100", "old CC 577-7, 577-14", "K", None,
        "The majority follows from the nature of the decision; the statutes may not lower it.",
    ),
    (
        "R071", "CC 3.88 §4", "old CC 577-7", "V", None,
        "When the unanimity of all co-owners fails only because some are absent, a new meeting after at "
        "least 30 days may decide by unanimity of those present or represented.",
    ),
    (
        "R072", "CC 3.88 §3", "old CC 577-7 §3", "U", p.ABSTENTION_DEFEATS_UNANIMITY,
        "Unanimity means that every vote is in favour.",
    ),
    (
        "R080", "CC 3.87 §10", "old CC 577-6 §10", "V", None,
        "The minutes give the majorities obtained and the names of those who voted against or abstained; "
        "they are signed at the end by the chair, the secretary and all co-owners still present or their "
        "holders.",
    ),
    (
        "R081", "CC 3.87 §12", "old CC 577-6 §12", "V", None,
        "Within 30 days of the meeting the syndic enters the decisions in the register and sends them to "
        "every holder of a real right with a vote.",
    ),
    (
        "R082", "CC 3.93 §4", "old CC 577-10 §3", "K", None,
        "The register is kept at the seat and consulted free of charge.",
    ),
    (
        "R083", "CC 3.92 §3", "old CC 577-9 §2", "V", None,
        "A co-owner may ask the judge to annul or change an irregular, fraudulent or abusive decision "
        "within 4 months of the day of the meeting.",
    ),
    (
        "R090", "CC 3.90 §1", "old CC 577-8/1", "V", None,
        "A council is compulsory from 20 counted lots; below it is optional.",
    ),
    (
        "R091", "CC 3.90 §1, 3.89 §9", "old CC 577-8/1", "V", None,
        "Members of the council hold a real right with a vote; the syndic is excluded; the mandate runs "
        "until the next ordinary meeting.",
    ),
)  # fmt: skip


def _register() -> tuple[Rule, ...]:
    rules = []
    for number, article, old_article, confidence, policy, summary in _ROWS:
        if old_article is not None:
            until = BOOK_3_FROM - timedelta(days=1)
            old_confidence: Confidence = "U" if confidence == "U" else "K"
            # Remote participation is a rule of Book 3 here: see the module's docstring.
            old_summary = summary.replace(", remotely if the convocation says so", "")
            rules.append(Rule(number, old_article, old_summary, OLD_CODE_FROM, until, old_confidence, policy))
        rules.append(Rule(number, article, summary, BOOK_3_FROM, None, confidence, policy))
    return tuple(rules)


RULES = _register()


def rules_in_force(on: date) -> tuple[Rule, ...]:
    """The rules a meeting of that day is judged by; refuses a day before any of them."""
    rules = tuple(rule for rule in RULES if rule.holds_on(on))
    if not rules:
        raise NoLawInForce(
            f"KoproGo knows the law of co-ownership from {OLD_CODE_FROM.isoformat()} on; a meeting of "
            f"{on.isoformat()} cannot be judged by it.",
            field="on",
            known_from=OLD_CODE_FROM.isoformat(),
        )
    return rules


def rule(number: str, on: date) -> Rule:
    for candidate in rules_in_force(on):
        if candidate.number == number:
            return candidate
    raise NoLawInForce(f"{number} is not in force on {on.isoformat()}.", field="on")


def cite(number: str, on: date) -> str:
    """`CC 3.87 §7, R055`: the article as it was numbered on that day."""
    return f"{rule(number, on).article}, {number}"
