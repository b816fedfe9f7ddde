from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from koprogo.finance.application import list_transfers as listing
from koprogo.finance.application.settle_transfer import settle_transfer
from koprogo.finance.application.views_settlements import TransferView
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, page
from koprogo.kit.ids import new_id


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
    return page(request, rows, limit, lambda row: f"{row.transferred_on}/{row.lot_id}")


@post(HERE + "/transfers/{lot_id:uuid}/{transferred_on:date}/settlement", opt=admits(*MANAGERS))
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


routes = [list_transfers, create_transfer_settlement]
