"""The cap on the votes one person engages (R055 to R057, CC 3.87 §7), exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from koprogo.governance.domain.law.policies import CAPPED_BALLOTS, DEFAULTS, SOLE_PARTICIPANT, Policies


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    BLANK = "blank"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Ballot:
    """The ballot (bulletin / stembriefje) of one co-ownership that is present or represented."""

    co_ownership: str
    votes: int
    holder: str | None
    """Who carries it by proxy; None when the co-owner votes himself."""
    choice: Choice

    def is_engaged_by(self, person: str) -> bool:
        """R055: as principal, even if given to a proxy, or as holder."""
        return person in (self.co_ownership, self.holder)

    @property
    def persons(self) -> tuple[str, ...]:
        return (self.co_ownership,) if self.holder is None else (self.co_ownership, self.holder)


@dataclass(frozen=True, slots=True)
class Reduction:
    person: str
    engaged: int
    limit: int
    own: int
    """Of `engaged`, the votes of the person's own lots; the rest is carried by proxy."""
    ratio: Fraction
    own_ratio: Fraction
    """Differs from `ratio` only under the policy `capped_ballots: carried_first`."""
    carried_ratio: Fraction

    def ratio_of(self, ballot: Ballot) -> Fraction:
        return self.own_ratio if ballot.co_ownership == self.person else self.carried_ratio


@dataclass(frozen=True, slots=True)
class Capped:
    counted: tuple[Fraction, ...]
    """What each ballot counts for, in the order given."""
    reductions: tuple[Reduction, ...]
    """By person; a person whose engaged votes do not exceed those of the others is not there."""
    uncapped: tuple[tuple[str, int], ...]
    """R057: sole participants left uncapped by policy, with the votes they engage."""


def cap(
    ballots: Sequence[Ballot],
    *,
    session: int,
    base: Sequence[Ballot] | None = None,
    policies: Policies = DEFAULTS,
) -> Capped:
    """R055: nobody counts for more votes than the others present or represented have together.

    `base` are the ballots the others' votes are summed over, `ballots` unless R059's policy keeps more. R056:
    a ballot that two persons over the cap share gets the stricter ratio. R057: see the policy.
    """
    base = ballots if base is None else base
    total = sum(ballot.votes for ballot in base)
    engaged, own = _by_person(ballots)
    in_base, _ = _by_person(base)
    reductions: dict[str, Reduction] = {}
    uncapped = []
    for person in sorted(engaged):
        limit = total - in_base[person]
        if engaged[person] <= limit:
            continue
        if limit == 0 and _sole_is_uncapped(session, policies):
            uncapped.append((person, engaged[person]))
        else:
            reductions[person] = _reduction(person, engaged[person], own.get(person, 0), limit, policies)
    counted = tuple(
        ballot.votes * strictest_ratio(ballot, [reductions[p] for p in ballot.persons if p in reductions])
        for ballot in ballots
    )
    return Capped(counted, tuple(reductions.values()), tuple(uncapped))


def strictest_ratio(ballot: Ballot, reductions: Sequence[Reduction]) -> Fraction:
    """R056: of the persons who engage this ballot and exceed the cap; 1 when there is none."""
    return min((one.ratio_of(ballot) for one in reductions), default=Fraction(1))


def _by_person(ballots: Sequence[Ballot]) -> tuple[dict[str, int], dict[str, int]]:
    engaged: dict[str, int] = {}
    own: dict[str, int] = {}
    for ballot in ballots:
        own[ballot.co_ownership] = own.get(ballot.co_ownership, 0) + ballot.votes
        for person in ballot.persons:
            engaged[person] = engaged.get(person, 0) + ballot.votes
    return engaged, own


def _sole_is_uncapped(session: int, policies: Policies) -> bool:
    """R057 [U]: one person engages every vote, alone in the room or as holder of all."""
    option = policies[SOLE_PARTICIPANT.name]
    return option == "uncapped" or (option == "uncapped_in_second_session" and session == 2)


def _reduction(person: str, engaged: int, own: int, limit: int, policies: Policies) -> Reduction:
    ratio = own_ratio = carried_ratio = Fraction(limit, engaged)
    if policies[CAPPED_BALLOTS.name] == "carried_first":
        carried, excess = engaged - own, engaged - limit
        carried_ratio = Fraction(max(0, carried - excess), carried) if carried else Fraction(0)
        own_ratio = Fraction(min(own, limit), own) if own else Fraction(0)
    return Reduction(person, engaged, limit, own, ratio, own_ratio, carried_ratio)
