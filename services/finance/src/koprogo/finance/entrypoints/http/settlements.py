from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from koprogo.finance.application import list_transfers as listing
from koprogo.finance.application.settle_transfer import settle_transfer
from koprogo.finance.application.views_settlements import TransferView
from koprogo.finance.application.withdraw import Withdraw, withdraw_settlement
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, messages, page
from koprogo.kit.ids import new_id

SETTLEMENT = HERE + "/transfers/{lot_id:uuid}/{transferred_on:date}/settlement"


@get(HERE + "/transfers", opt=admits(*MANAGERS))
async def list_transfers(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[TransferView]]:
    """Lots that change hands, and what settling the working capital has moved or would move (R134)."""
    rows = await listing.list_transfers(
        association_id,
        limit + 1,
        after,
        tenant=actor.tenant,
        property_=property_,
        uow=uow,
        today=day_of(clock()),
    )
    language = messages.language_of(request.headers.get("accept-language"))
    for row in rows:
        row.sentence = messages.say(row.reason, row.sentence, language, row.figures)[0]
    return page(request, rows, limit, lambda row: f"{row.transferred_on}/{row.lot_id}")


@post(SETTLEMENT, opt=admits(*MANAGERS))
async def create_transfer_settlement(
    association_id: UUID,
    lot_id: UUID,
    transferred_on: date,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
) -> Created:
    """Calls the seller's part of the working capital from the buyer and credits the seller; done once, however often
    it is asked. Answers the id of the call.
    """
    now = clock()
    call_id = await settle_transfer(
        association_id,
        lot_id,
        transferred_on,
        tenant=actor.tenant,
        property_=property_,
        uow=uow,
        ids=new_id,
        by=actor.subject,
        now=now,
        today=day_of(now),
    )
    return Created(call_id)


@post(SETTLEMENT + "/withdrawal", opt=admits(*MANAGERS), status_code=204)
async def withdraw_transfer_settlement(
    association_id: UUID, lot_id: UUID, transferred_on: date, data: Withdraw, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """What the buyer paid becomes his credit, what the seller's credit has settled is owed again; the transfer can be
    settled anew.
    """
    await withdraw_settlement(
        association_id, lot_id, transferred_on, data, uow=uow, ids=new_id, by=actor.subject, today=day_of(clock())
    )


routes = [list_transfers, create_transfer_settlement, withdraw_transfer_settlement]
