"""Building R10 of the worked examples, and meetings of all shapes for the properties."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from koprogo.governance.domain.law.cap import Ballot, Choice
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.law.policies import DEFAULTS, Policies
from koprogo.governance.domain.law.quorum import Present, QuorumResult, quorum
from koprogo.governance.domain.law.tally import TallyResult, tally

DAY = date(2026, 6, 10)
R10 = dict(A=150, B=140, C=130, D=120, E=110, F=100, G=90, H=70, I=50, J=40)
FOR, AGAINST, ABSTAIN, BLANK, NULL = Choice
BY_MAJORITY = {
    "absolute": Nature.ORDINARY,
    "two_thirds": Nature.WORKS_ON_COMMON_PARTS,
    "four_fifths": Nature.OTHER_STATUTES,
    "unanimity": Nature.CHANGE_OF_SHARES,
}

# The machine may be busy with other suites: a property is not judged by the clock.
quick = settings(deadline=None, max_examples=120)


def ballots(
    for_: str = "", against: str = "", abstain: str = "", blank: str = "", null: str = "", holders: str = ""
) -> list[Ballot]:
    """Of R10 by letters; `holders="AB"` says that B carries A's proxy, pairs separated by spaces."""
    carried = {pair[0]: pair[1] for pair in holders.split()}
    choices = {FOR: for_, AGAINST: against, ABSTAIN: abstain, BLANK: blank, NULL: null}
    return [
        Ballot(owner, R10[owner], carried.get(owner), choice) for choice, owners in choices.items() for owner in owners
    ]


def outcome(
    cast: Iterable[Ballot],
    nature: Nature = Nature.ORDINARY,
    *,
    session: int = 1,
    share_denominator: int = 1000,
    on: date = DAY,
    excluded: Iterable[str] = (),
    policies: Policies = DEFAULTS,
    retry_of_unanimity: bool | None = None,
) -> TallyResult:
    return tally(
        list(cast),
        nature=nature,
        session=session,
        share_denominator=share_denominator,
        on=on,
        excluded=frozenset(excluded),
        policies=policies,
        retry_of_unanimity=retry_of_unanimity,
    )


def attendance(owners: Iterable[str], *, session: int = 1, **policies: str) -> QuorumResult:
    return quorum(
        [Present(owner, R10[owner]) for owner in owners],
        session=session,
        heads_total=10,
        share_denominator=1000,
        policies=Policies(policies),
    )


def figures(result: TallyResult) -> tuple[object, ...]:
    """Everything but the sentences."""
    return result.majority, result.adopted, result.cast, result.reductions


def chosen(all_ballots: Iterable[Ballot], who: str, choice: Choice) -> list[Ballot]:
    return [replace(one, choice=choice) if one.co_ownership == who else one for one in all_ballots]


votes = st.integers(1, 30) | st.integers(1, 1000)
choices = st.sampled_from(list(Choice))
sessions = st.sampled_from([1, 2])
natures = st.sampled_from(list(Nature))
qualified = st.sampled_from([nature for name, nature in BY_MAJORITY.items() if name != "unanimity"])


@st.composite
def rooms(draw: st.DrawFn, *, proxies: str = "any", least: int = 1, most: int = 7) -> list[Ballot]:
    """The ballots of all present. Proxies `none`; `possible`: to outsiders and to owners who attend themselves;
    `any`: also to owners who are represented in their turn, which only the calculator can be asked."""
    owners = [f"P{number}" for number in range(draw(st.integers(least, most)))]
    absent: set[str] = set()
    carrying: set[str] = set()
    room = []
    for owner in owners:
        holders: list[str | None] = [None]
        if proxies != "none":
            holders += ["X", "Y", *(other for other in owners if other != owner)]
        holder = draw(st.sampled_from(holders))
        if proxies == "possible" and (owner in carrying or holder in absent):
            holder = None
        if holder is not None:
            absent.add(owner)
            carrying.add(holder)
        room.append(Ballot(owner, draw(votes), holder, draw(choices)))
    return room


def total(room: Iterable[Ballot]) -> int:
    return sum(one.votes for one in room)


def persons(room: Iterable[Ballot]) -> list[str]:
    return sorted({person for one in room for person in one.persons})
