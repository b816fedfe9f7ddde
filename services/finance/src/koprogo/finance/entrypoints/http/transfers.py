from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import Dependency

from koprogo.finance.application.answer_transfer_request import (
    RegisterTransferRequest,
    answer_transfer_request,
    register_transfer_request,
)
from koprogo.finance.application.ports_transfers import Governance, TransferRequestView
from koprogo.finance.application.transfer_answer import AnswerTransferRequest
from koprogo.finance.entrypoints.http.shared import HERE, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kernel.words import Role
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id

KnowsGovernance = Annotated[Governance, Dependency(skip_validation=True)]
ANSWERS = (Role.SYNDIC, Role.SUPER_ADMIN)


@post(HERE + "/transfer-requests", opt=admits(*ANSWERS))
async def create_transfer_request(
    association_id: UUID, data: RegisterTransferRequest, actor: Actor, uow: Uow, property_: KnowsProperty, clock: Clock
) -> Created:
    """A notary, an agent or a seller asks about a lot: 15 or 30 days to answer (R130, R131)."""
    request = await register_transfer_request(
        association_id,
        data,
        tenant=actor.tenant,
        property_=property_,
        uow=uow,
        new_id=new_id(),
        today=day_of(clock()),
    )
    return Created(request.id)


@get(HERE + "/transfer-requests", opt=admits(*ANSWERS, Role.ACCOUNTANT))
async def list_transfer_requests(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    clock: Clock,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[TransferRequestView]]:
    """With the days that are left to answer."""
    async with uow:
        rows = await uow.transfer_requests.page(association_id, day_of(clock()), limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.id))


@post(HERE + "/transfer-requests/{transfer_request_id:uuid}/statement", opt=admits(*ANSWERS))
async def create_transfer_statement(
    association_id: UUID,
    transfer_request_id: UUID,
    data: AnswerTransferRequest,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    governance: KnowsGovernance,
    clock: Clock,
) -> Created:
    """Answers it: the document is made, kept and sent with the minutes and statements that belong to it."""
    now = clock()
    document_id = await answer_transfer_request(
        association_id,
        transfer_request_id,
        data,
        tenant=actor.tenant,
        property_=property_,
        governance=governance,
        uow=uow,
        ids=new_id,
        now=now,
        today=day_of(now),
    )
    return Created(document_id)


routes = [create_transfer_request, list_transfer_requests, create_transfer_statement]
