from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from koprogo.finance.application import views
from koprogo.finance.application.issue_call_for_funds import IssueCallForFunds, issue_call_for_funds
from koprogo.finance.application.withdraw import Withdraw, withdraw_call
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, READERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id


@post(HERE + "/calls-for-funds", opt=admits(*MANAGERS))
async def create_call_for_funds(
    association_id: UUID,
    data: IssueCallForFunds,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
) -> Created:
    """Posts it, and sends every owner his demand."""
    now = clock()
    call_id = await issue_call_for_funds(
        association_id,
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


@get(HERE + "/calls-for-funds", opt=admits(*READERS))
async def list_calls_for_funds(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.CallView]]:
    async with uow:
        rows = await uow.demand_screens.calls(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@get(HERE + "/calls-for-funds/{call_id:uuid}/letters", opt=admits(Role.SYNDIC, Role.ACCOUNTANT, Role.SUPER_ADMIN))
async def list_letters_of_call(
    request: Request[Any, Any, Any],
    association_id: UUID,
    call_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[views.LetterView]]:
    """What became of each letter, with its proof."""
    async with uow:
        rows = await uow.demand_screens.letters(association_id, f"call/{call_id}", limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.document_id))


@get(HERE + "/demands", opt=admits(Role.SYNDIC, Role.ACCOUNTANT, Role.SUPER_ADMIN, Role.OWNER))
async def list_demands(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    call_id: UUID | None = None,
    open_only: bool = False,
) -> Response[Sequence[views.DemandView]]:
    """An owner sees his own."""
    async with uow:
        rows = await uow.demand_screens.demands(
            association_id, limit + 1, after, call_id=call_id, open_only=open_only, holders=_own(actor)
        )
    return page(request, rows, limit, lambda row: str(row.id))


@get(HERE + "/owners", opt=admits(Role.SYNDIC, Role.ACCOUNTANT, Role.SUPER_ADMIN))
async def list_owners(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views.OwnerBalance]]:
    async with uow:
        rows = await uow.demand_screens.owners(association_id, limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.party_id))


@get(
    HERE + "/owners/{party_id:uuid}/account",
    opt=admits(Role.SYNDIC, Role.ACCOUNTANT, Role.SUPER_ADMIN, Role.OWNER),
)
async def read_owner_account(
    association_id: UUID,
    party_id: UUID,
    actor: Actor,
    uow: Uow,
    clock: Clock,
    on: date | None = None,
    limit: Limit = 50,
) -> views.OwnerAccount:
    """Balance and movements on any day (R111)."""
    async with uow:
        return await uow.demand_screens.owner_account(
            association_id, party_id, on or day_of(clock()), limit, _own(actor)
        )


@post(HERE + "/calls-for-funds/{call_id:uuid}/withdrawal", opt=admits(*MANAGERS), status_code=204)
async def withdraw_call_for_funds(
    association_id: UUID, call_id: UUID, data: Withdraw, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """It is shown as withdrawn, and what was paid of it becomes a credit."""
    await withdraw_call(association_id, call_id, data, uow=uow, ids=new_id, by=actor.subject, today=day_of(clock()))


def _own(actor: Actor) -> list[UUID] | None:
    """None for who sees everybody's."""
    return None if actor.is_one_of(Role.SYNDIC, Role.ACCOUNTANT, Role.SUPER_ADMIN) else list(actor.co_owners)


routes = [
    create_call_for_funds,
    list_calls_for_funds,
    list_letters_of_call,
    list_demands,
    list_owners,
    read_owner_account,
    withdraw_call_for_funds,
]
