from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from koprogo.finance.application import views, views_statements
from koprogo.finance.application.issue_charge_statement import IssueChargeStatement, issue_charge_statement
from koprogo.finance.application.occupant_statements import occupant_statements
from koprogo.finance.application.withdraw import Withdraw, withdraw_charge_statement
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, READERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kernel.words import Language, Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.http.messages import language_of
from koprogo.kit.ids import new_id

STATEMENTS = HERE + "/charge-statements"
STATEMENT = STATEMENTS + "/{statement_id:uuid}"
OWNER = STATEMENT + "/owners/{party_id:uuid}"


@post(STATEMENTS, opt=admits(*MANAGERS))
async def create_charge_statement(
    association_id: UUID,
    data: IssueChargeStatement,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
) -> Created:
    """Splits the charges of a period over its owners, settles what was called for it, and sends everyone his own."""
    now = clock()
    statement_id = await issue_charge_statement(
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
    return Created(statement_id)


@get(STATEMENTS, opt=admits(*READERS, Role.OWNER))
async def list_charge_statements(
    request: Request[Any, Any, Any], association_id: UUID, uow: Uow, limit: Limit = 50, after: After = None
) -> Response[Sequence[views_statements.ChargeStatementView]]:
    async with uow:
        rows = await uow.statement_screens.statements(association_id, limit + 1, after, _language(request))
    return page(request, rows, limit, lambda row: str(row.id))


@get(STATEMENT + "/owners", opt=admits(*MANAGERS, Role.OWNER))
async def list_owners_of_statement(
    request: Request[Any, Any, Any],
    association_id: UUID,
    statement_id: UUID,
    actor: Actor,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[views_statements.OwnerStatementLine]]:
    """An owner sees his own."""
    async with uow:
        await uow.statement_screens.check(association_id, statement_id)
        rows = await uow.statement_screens.owners(association_id, statement_id, limit + 1, after, holders=_own(actor))
    return page(request, rows, limit, lambda row: str(row.party_id))


@get(OWNER, opt=admits(*MANAGERS, Role.OWNER))
async def read_owner_statement(
    request: Request[Any, Any, Any], association_id: UUID, statement_id: UUID, party_id: UUID, actor: Actor, uow: Uow
) -> views_statements.OwnerStatementView:
    """As it was sent; an owner sees his own."""
    async with uow:
        return await uow.statement_screens.owner(
            association_id, statement_id, party_id, _language(request), holders=_own(actor)
        )


@get(OWNER + "/occupants", opt=admits(*MANAGERS, Role.OWNER))
async def list_occupant_statements(
    request: Request[Any, Any, Any], association_id: UUID, statement_id: UUID, party_id: UUID, actor: Actor, uow: Uow
) -> Sequence[views_statements.OccupantStatement]:
    """By lot, the part that a lease usually puts on the occupant (R126); information, nothing is claimed of him."""
    async with uow:
        own = await uow.statement_screens.owner(
            association_id, statement_id, party_id, _language(request), holders=_own(actor)
        )
    return occupant_statements(own)


@get(STATEMENT + "/letters", opt=admits(*MANAGERS))
async def list_letters_of_statement(
    request: Request[Any, Any, Any],
    association_id: UUID,
    statement_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[views.LetterView]]:
    """What became of each letter, with its proof."""
    async with uow:
        await uow.statement_screens.check(association_id, statement_id)
        rows = await uow.demand_screens.letters(association_id, f"statement/{statement_id}", limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.document_id))


@post(STATEMENT + "/withdrawal", opt=admits(*MANAGERS), status_code=204)
async def withdraw_statement(
    association_id: UUID, statement_id: UUID, data: Withdraw, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """It is shown as withdrawn, what was paid of it becomes a credit, and its period can be stated again."""
    await withdraw_charge_statement(
        association_id, statement_id, data, uow=uow, ids=new_id, by=actor.subject, today=day_of(clock())
    )


def _own(actor: Actor) -> list[UUID] | None:
    """None for who sees everybody's."""
    return None if actor.is_one_of(*MANAGERS) else list(actor.co_owners)


def _language(request: Request[Any, Any, Any]) -> Language:
    return language_of(request.headers.get("accept-language"))


routes = [
    create_charge_statement,
    list_charge_statements,
    list_owners_of_statement,
    read_owner_statement,
    list_occupant_statements,
    list_letters_of_statement,
    withdraw_statement,
]
