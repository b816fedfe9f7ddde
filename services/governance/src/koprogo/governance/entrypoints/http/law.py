"""The rules in one register, the association's choices, and the calculators without state."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put

from koprogo.governance.domain.law.cap import Ballot, Choice
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.law.policies import POLICIES, Policies
from koprogo.governance.domain.law.quorum import Present, quorum
from koprogo.governance.domain.law.register import RULES, rules_in_force
from koprogo.governance.domain.law.tally import tally
from koprogo.governance.entrypoints.http.explained import answer, said, wanted
from koprogo.governance.entrypoints.http.shared import MANAGERS, READERS, Clock, Uow
from koprogo.kit.http import admits

Session = Annotated[int, msgspec.Meta(ge=1, le=2)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Votes = Annotated[int, msgspec.Meta(ge=1, le=10**12)]
Denominator = Annotated[int, msgspec.Meta(ge=1, le=10**12)]


class PolicyView(msgspec.Struct, frozen=True):
    name: str
    options: Sequence[str]
    default: str
    choice: str
    sentence: str


class RuleView(msgspec.Struct, frozen=True):
    number: str
    article: str
    summary: str
    in_force_from: date
    in_force_until: date | None
    confidence: Literal["V", "K", "U"]
    policy: PolicyView | None


class PresentCoOwnership(msgspec.Struct, forbid_unknown_fields=True):
    co_ownership: Name
    votes: Votes


class QuorumQuestion(msgspec.Struct, forbid_unknown_fields=True):
    session: Session
    heads_total: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    share_denominator: Denominator
    present: Annotated[list[PresentCoOwnership], msgspec.Meta(max_length=5000)]


class GivenBallot(msgspec.Struct, forbid_unknown_fields=True):
    co_ownership: Name
    votes: Votes
    choice: Choice
    holder: Name | None = None


class TallyQuestion(msgspec.Struct, forbid_unknown_fields=True):
    session: Session
    nature: Nature
    share_denominator: Denominator
    on: date
    ballots: Annotated[list[GivenBallot], msgspec.Meta(max_length=5000)]
    excluded: Annotated[list[Name], msgspec.Meta(max_length=5000)] = []


@get("/rules", opt=admits())
async def list_rules(on: date | None = None) -> Sequence[RuleView]:
    """All rules with their dates, or those in force on a day."""
    return _rules(on, Policies())


@get("/associations/{association_id:uuid}/rules", opt=admits(*READERS))
async def list_association_rules(
    association_id: UUID, uow: Uow, clock: Clock, on: date | None = None
) -> Sequence[RuleView]:
    """The rules in force on a day, with what the association has chosen where they are disputed."""
    async with uow:
        chosen = await uow.policies.of(association_id)
    return _rules(on or clock().date(), chosen)


@put("/associations/{association_id:uuid}/policies", opt=admits(*MANAGERS))
async def choose_policies(
    association_id: UUID, data: Annotated[dict[str, str], msgspec.Meta(max_length=50)], uow: Uow
) -> Sequence[PolicyView]:
    """For meetings convened from now on; those convened keep what held then."""
    Policies(data)
    async with uow:
        await uow.policies.choose(association_id, data)
        chosen = await uow.policies.of(association_id)
    return [_policy(name, chosen) for name in POLICIES]


@post("/simulations/quorum", opt=admits(), status_code=200)
async def simulate_quorum(data: QuorumQuestion) -> Mapping[str, Any]:
    """The same function as the meeting itself (R041, R042); nothing is kept."""
    return quorum(
        [Present(one.co_ownership, one.votes) for one in data.present],
        session=data.session,
        heads_total=data.heads_total,
        share_denominator=data.share_denominator,
    ).as_document()


@post("/simulations/tally", opt=admits(), status_code=200)
async def simulate_tally(request: Request[Any, Any, Any], data: TallyQuestion) -> Response[Mapping[str, Any]]:
    """The same functions as the meeting itself (R050 to R072); nothing is kept."""
    result = tally(
        [Ballot(one.co_ownership, one.votes, one.holder, one.choice) for one in data.ballots],
        nature=data.nature,
        session=data.session,
        share_denominator=data.share_denominator,
        on=data.on,
        excluded=data.excluded,
    )
    language = wanted(request)
    return answer(result.as_document(), [said(one, language) for one in result.explanations], language)


def _rules(on: date | None, chosen: Policies) -> Sequence[RuleView]:
    return [
        RuleView(
            rule.number,
            rule.article,
            rule.summary,
            rule.in_force_from,
            rule.in_force_until,
            rule.confidence,
            _policy(rule.policy.name, chosen) if rule.policy else None,
        )
        for rule in (rules_in_force(on) if on is not None else RULES)
    ]


def _policy(name: str, chosen: Policies) -> PolicyView:
    policy = POLICIES[name]
    return PolicyView(policy.name, policy.options, policy.default, chosen[name], policy.sentence)


routes = [list_rules, list_association_rules, choose_policies, simulate_quorum, simulate_tally]
