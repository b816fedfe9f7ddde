from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put

from koprogo.finance.application import views_budgets as views
from koprogo.finance.application.draft_budget import (
    ChangeBudget,
    DraftBudget,
    change_budget,
    delete_budget,
    draft_budget,
)
from koprogo.finance.application.issue_instalment import IssueInstalment, issue_instalment
from koprogo.finance.application.propose_next_budget import ProposeNextBudget, propose_next_budget
from koprogo.finance.application.record_acceptance import RecordAcceptance, record_acceptance
from koprogo.finance.domain.reserve_floor import FloorStatus
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, READERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, etag, expected_version, messages, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.ids import new_id

BUDGET = HERE + "/budgets/{budget_id:uuid}"


@post(HERE + "/budgets", opt=admits(*MANAGERS))
async def create_budget(
    association_id: UUID, data: DraftBudget, actor: Actor, uow: Uow, property_: KnowsProperty, clock: Clock
) -> Created:
    """A draft, until a general meeting has voted it."""
    budget_id = await draft_budget(
        association_id, data, tenant=actor.tenant, property_=property_, uow=uow, ids=new_id, today=day_of(clock())
    )
    return Created(budget_id)


@get(HERE + "/budgets", opt=admits(*READERS))
async def list_budgets(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.BudgetSummary]]:
    async with uow:
        rows = await uow.budget_screens.budgets(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@get(BUDGET, opt=admits(*READERS))
async def read_budget(
    request: Request[Any, Any, Any], association_id: UUID, budget_id: UUID, uow: Uow
) -> Response[views.BudgetView]:
    """With what the law asks for the reserve fund, and a warning when it plans less (R121)."""
    async with uow:
        view = await uow.budget_screens.budget(association_id, budget_id)
    floor = view.reserve_floor
    if floor is not None and floor.status is FloorStatus.BELOW:
        floor.warning, _ = messages.say(
            reason="RESERVE_BELOW_FLOOR",
            english=f"The contribution to the reserve fund is below {floor.floor}, 5 % of last year's ordinary common "
            "charges; raise it, or let the meeting waive it by four fifths.",
            language=messages.language_of(request.headers.get("accept-language")),
            metadata={"floor": floor.floor or ""},
        )
    return Response(view, headers=etag(view.budget.version))


@put(BUDGET, opt=admits(*MANAGERS), status_code=204)
async def replace_budget(
    association_id: UUID,
    budget_id: UUID,
    data: ChangeBudget,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
    if_match: IfMatch = None,
) -> Response[None]:
    version = await change_budget(
        association_id,
        budget_id,
        data,
        tenant=actor.tenant,
        property_=property_,
        uow=uow,
        version=expected_version(if_match),
        today=day_of(clock()),
    )
    return Response(None, status_code=204, headers=etag(version))


@delete(BUDGET, opt=admits(*MANAGERS), status_code=204)
async def remove_budget(association_id: UUID, budget_id: UUID, uow: Uow) -> None:
    """Only a draft."""
    await delete_budget(association_id, budget_id, uow=uow)


@post(BUDGET + "/calls", opt=admits(*MANAGERS))
async def create_instalment(
    association_id: UUID,
    budget_id: UUID,
    data: IssueInstalment,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
) -> Created:
    """Calls one instalment of an adopted budget; without a number, the next one."""
    now = clock()
    call_id = await issue_instalment(
        association_id,
        budget_id,
        data,
        tenant=actor.tenant,
        property_=property_,
        uow=uow,
        ids=new_id,
        by=actor.subject,
        now=now,
        today=day_of(now),
    )
    return Created(call_id)


@get(BUDGET + "/variance", opt=admits(*READERS))
async def read_variance(association_id: UUID, budget_id: UUID, uow: Uow) -> views.VarianceView:
    """Planned against spent, by account, key and month."""
    async with uow:
        return await uow.budget_screens.variance(association_id, budget_id)


@post(BUDGET + "/next", opt=admits(*MANAGERS))
async def create_next_budget(association_id: UUID, budget_id: UUID, data: ProposeNextBudget, uow: Uow) -> Created:
    """A draft for the year after."""
    return Created(await propose_next_budget(association_id, budget_id, data, uow=uow, new_id=new_id()))


@get(HERE + "/decisions", opt=admits(*READERS))
async def list_decisions(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.TakenView]]:
    """What meetings have decided: a call may rest on one that was adopted."""
    async with uow:
        rows = await uow.budget_screens.decisions(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.decision.id))


@put(HERE + "/books/provisional-acceptance", opt=admits(*MANAGERS), status_code=204)
async def set_provisional_acceptance(
    association_id: UUID, data: RecordAcceptance, uow: Uow, if_match: IfMatch = None
) -> Response[None]:
    version = await record_acceptance(association_id, data, uow=uow, version=expected_version(if_match))
    return Response(None, status_code=204, headers=etag(version))


routes = [
    create_budget,
    list_budgets,
    read_budget,
    replace_budget,
    remove_budget,
    create_instalment,
    read_variance,
    create_next_budget,
    list_decisions,
    set_provisional_acceptance,
]
