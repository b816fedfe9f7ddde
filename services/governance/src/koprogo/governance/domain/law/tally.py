"""The result of a vote (dépouillement / stemopneming): R050 to R059, R071, R072."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from koprogo.governance.domain.law.cap import Ballot, Capped, Choice, Reduction, cap, strictest_ratio
from koprogo.governance.domain.law.exact import as_text
from koprogo.governance.domain.law.explanations import Explanation, explain
from koprogo.governance.domain.law.majority import Majority, Nature, majority_of, source_of
from koprogo.governance.domain.law.policies import (
    ABSTENTION_DEFEATS_UNANIMITY,
    CAPPED_BALLOTS,
    DEFAULTS,
    EXCLUDED_IN_CAP_BASE,
    Policies,
)
from koprogo.governance.domain.law.register import cite, rules_in_force
from koprogo.governance.domain.law.roll import check_session, check_votes
from koprogo.kernel.errors import DomainError


class HoldsOwnProxy(DomainError):
    reason = "HOLDS_OWN_PROXY"


@dataclass(frozen=True, slots=True)
class TallyResult:
    majority: Majority
    adopted: bool
    cast: Mapping[Choice, Fraction]
    """What counts, after exclusion and cap."""
    reductions: tuple[Reduction, ...]
    explanations: tuple[Explanation, ...]
    raw: Mapping[Choice, int]
    """The votes as given by those who take part, before the cap: minutes show both."""

    def as_document(self) -> dict[str, object]:
        """The calculator's answer, fractions as text."""
        return {
            "majority": self.majority.value,
            "adopted": self.adopted,
            "cast": {choice.value: as_text(votes) for choice, votes in self.cast.items()},
            "reductions": [
                {
                    "person": one.person,
                    "engaged": str(one.engaged),
                    "limit": str(one.limit),
                    "ratio": as_text(one.ratio),
                }
                for one in self.reductions
            ],
            "explanations": [one.sentence for one in self.explanations],
        }


def tally(
    ballots: Sequence[Ballot],
    *,
    nature: Nature,
    session: int,
    share_denominator: int,
    on: date,
    excluded: Collection[str] = (),
    policies: Policies = DEFAULTS,
    retry_of_unanimity: bool | None = None,
) -> TallyResult:
    """The decision on one item, from the ballots of all who are present or represented.

    Weights come in from the roll (R050) or the special key (R051, `share_denominator` then being the sum of
    the key). `on` is the day of the meeting. `retry_of_unanimity` says that unanimity failed before only
    because of absences (R071); None means: in session 2.
    """
    rules_in_force(on)
    check_session(session)
    check_votes([(ballot.co_ownership, ballot.votes) for ballot in ballots], share_denominator, "ballots")
    for index, ballot in enumerate(ballots):
        if ballot.holder == ballot.co_ownership:
            raise HoldsOwnProxy(
                f"{ballot.co_ownership} cannot hold its own proxy: leave the holder out.",
                field=f"ballots.{index}.holder",
            )
    ballots = sorted(ballots, key=lambda ballot: ballot.co_ownership)
    taking_part = [ballot for ballot in ballots if not any(p in excluded for p in ballot.persons)]
    base = ballots if policies[EXCLUDED_IN_CAP_BASE.name] == "kept" else taking_part
    capped = cap(taking_part, session=session, base=base, policies=policies)
    cast = dict.fromkeys(Choice, Fraction(0))
    raw = dict.fromkeys(Choice, 0)
    for ballot, counted in zip(taking_part, capped.counted, strict=True):
        cast[ballot.choice] += counted
        raw[ballot.choice] += ballot.votes
    majority = majority_of(nature)
    why = _explain_who_takes_part(ballots, taking_part, excluded, share_denominator, on, policies)
    why += _explain_cap(taking_part, capped, on, policies)
    if majority is Majority.UNANIMITY:
        retry = session == 2 if retry_of_unanimity is None else retry_of_unanimity
        required = None if retry else share_denominator
        adopted = _is_unanimous(raw, cast, required, policies)
        why += _explain_unanimity(nature, raw, cast, required, session, adopted, on, policies)
    else:
        adopted = reaches(majority, cast[Choice.FOR], cast[Choice.AGAINST])
        why += _explain_majority(nature, cast, adopted, on)
    return TallyResult(majority, adopted, cast, capped.reductions, tuple(why), raw)


def reaches(majority: Majority, in_favour: Fraction, against: Fraction) -> bool:
    """R058, CC 3.87 §8: the threshold on the votes cast; nothing cast adopts nothing."""
    cast = in_favour + against
    if cast == 0:
        return False
    match majority:
        case Majority.ABSOLUTE:
            return in_favour > against
        case Majority.TWO_THIRDS:
            return 3 * in_favour >= 2 * cast
        case Majority.FOUR_FIFTHS:
            return 5 * in_favour >= 4 * cast
        case Majority.UNANIMITY:
            return against == 0


def _is_unanimous(
    raw: Mapping[Choice, int], cast: Mapping[Choice, Fraction], required: int | None, policies: Policies
) -> bool:
    """CC 3.88 §3, R071, R072: every vote present is in favour, and all of the deed's are present unless R071
    dispenses with them. Votes removed by R059 are missing too."""
    if required is not None and sum(raw.values()) != required:
        return False
    if raw[Choice.AGAINST] or cast[Choice.FOR] == 0:
        return False
    return policies[ABSTENTION_DEFEATS_UNANIMITY.name] == "no" or sum(raw.values()) == raw[Choice.FOR]


def _explain_who_takes_part(
    ballots: Sequence[Ballot],
    taking_part: Sequence[Ballot],
    excluded: Collection[str],
    share_denominator: int,
    on: date,
    policies: Policies,
) -> list[Explanation]:
    why = [explain("PRESENT", votes=sum(b.votes for b in ballots), denominator=share_denominator)]
    article = cite("R059", on)
    for ballot in ballots:
        if ballot.co_ownership in excluded:
            why.append(explain("EXCLUDED", co_ownership=ballot.co_ownership, votes=ballot.votes, article=article))
        elif ballot.holder is not None and ballot.holder in excluded:
            why.append(
                explain(
                    "EXCLUDED_HOLDER",
                    co_ownership=ballot.co_ownership,
                    votes=ballot.votes,
                    person=ballot.holder,
                    article=article,
                )
            )
    if len(taking_part) < len(ballots):
        why.append(
            explain("BASE_AFTER_EXCLUSION", votes=sum(b.votes for b in taking_part), article=article)
            if policies[EXCLUDED_IN_CAP_BASE.name] == "left_out"
            else explain("EXCLUDED_IN_BASE", article=article)
        )
    return why


def _explain_cap(ballots: Sequence[Ballot], capped: Capped, on: date, policies: Policies) -> list[Explanation]:
    why = []
    for one in capped.reductions:
        if one.limit == 0:
            why.append(explain("SOLE_CAPPED", person=one.person, engaged=one.engaged, article=cite("R057", on)))
            continue
        carried_first = policies[CAPPED_BALLOTS.name] == "carried_first"
        why.append(
            explain(
                "CAPPED_CARRIED_FIRST" if carried_first else "CAPPED",
                person=one.person,
                engaged=one.engaged,
                own=one.own,
                carried=one.engaged - one.own,
                limit=one.limit,
                ratio=one.ratio,
                own_ratio=one.own_ratio,
                carried_ratio=one.carried_ratio,
                article=cite("R055", on),
            )
        )
    reduced = {one.person: one for one in capped.reductions}
    for ballot in ballots:
        if ballot.holder in reduced and ballot.co_ownership in reduced:
            ratio = strictest_ratio(ballot, [reduced[person] for person in ballot.persons])
            why.append(
                explain(
                    "STRICTER_RATIO",
                    co_ownership=ballot.co_ownership,
                    holder=ballot.holder,
                    ratio=ratio,
                    article=cite("R056", on),
                )
            )
    why += [
        explain("SOLE_UNCAPPED", person=person, engaged=engaged, article=cite("R057", on))
        for person, engaged in capped.uncapped
    ]
    return why


def _explain_majority(nature: Nature, cast: Mapping[Choice, Fraction], adopted: bool, on: date) -> list[Explanation]:
    why = []
    if cast[Choice.ABSTAIN] + cast[Choice.BLANK] + cast[Choice.NULL]:
        why.append(
            explain(
                "NOT_CAST",
                abstain=cast[Choice.ABSTAIN],
                blank=cast[Choice.BLANK],
                null=cast[Choice.NULL],
                article=cite("R058", on),
            )
        )
    in_favour, against = cast[Choice.FOR], cast[Choice.AGAINST]
    total = in_favour + against
    if total == 0:
        return [*why, explain("NONE_CAST", article=cite("R058", on))]
    majority = majority_of(nature)
    factors = {Majority.TWO_THIRDS: (3, 2), Majority.FOUR_FIFTHS: (5, 4)}
    left, right = factors.get(majority, (1, 1))
    why.append(
        explain(
            majority.name,
            for_=in_favour,
            against=against,
            cast=total,
            left=left * in_favour,
            right=right * total,
            source=source_of(nature, on),
            verdict=_verdict(adopted),
        )
    )
    return why


def _explain_unanimity(
    nature: Nature,
    raw: Mapping[Choice, int],
    cast: Mapping[Choice, Fraction],
    required: int | None,
    session: int,
    adopted: bool,
    on: date,
    policies: Policies,
) -> list[Explanation]:
    why = []
    total = sum(raw.values())
    if required is None:
        why.append(
            explain(
                "UNANIMITY_OF_PRESENT",
                in_favour=raw[Choice.FOR],
                votes=total,
                article=cite("R071", on),
                verdict=_verdict(adopted),
            )
        )
    else:
        if session == 2:
            why.append(explain("NOT_THE_QUORUM_SESSION", article=cite("R042", on)))
        why.append(
            explain(
                "UNANIMITY_OF_ALL",
                votes=total,
                denominator=required,
                in_favour=raw[Choice.FOR],
                source=source_of(nature, on),
                verdict=_verdict(adopted),
            )
        )
        if not adopted and total < required and _is_unanimous(raw, cast, None, policies):
            why.append(explain("UNANIMITY_RETRY", article=cite("R071", on)))
    if raw[Choice.ABSTAIN] + raw[Choice.BLANK] + raw[Choice.NULL]:
        defeats = policies[ABSTENTION_DEFEATS_UNANIMITY.name] == "yes"
        code = "ABSTENTION_DEFEATS" if defeats else "ABSTENTION_IGNORED"
        why.append(explain(code, article=cite("R072", on)))
    if cast[Choice.FOR] == 0 and not raw[Choice.AGAINST]:
        why.append(explain("NONE_CAST", article=cite("R058", on)))
    return why


def _verdict(adopted: bool) -> str:
    return "adopted" if adopted else "rejected"
