from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, patch, post, put

from koprogo.kernel.words import Role
from koprogo.kit.http import After, Limit, admits, etag, expected_version, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.ids import new_id
from koprogo.property.application.ask_voter_roll import ask_voter_roll
from koprogo.property.application.change_lot import ChangeLot, change_lot
from koprogo.property.application.designate_mandatary import DesignateMandatary, designate_mandatary
from koprogo.property.application.transfer_lot import TransferLot, transfer_lot
from koprogo.property.application.views import LotView, OwnershipsView, VoterView
from koprogo.property.entrypoints.http.shared import READERS, Uow


@get("/associations/{association_id:uuid}/lots", opt=admits(*READERS, Role.OWNER))
async def list_lots(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    on: date | None = None,
) -> Response[Sequence[LotView]]:
    async with uow:
        rows = await uow.screens.lots(association_id, limit + 1, after, on or date.today())  # noqa: DTZ011
    return page(request, rows, limit, lambda row: row.number)


@patch("/associations/{association_id:uuid}/lots/{lot_id:uuid}", opt=admits(Role.SYNDIC, Role.SUPER_ADMIN))
async def edit_lot(
    association_id: UUID, lot_id: UUID, data: ChangeLot, uow: Uow, if_match: IfMatch = None
) -> Response[None]:
    version = await change_lot(association_id, lot_id, data, uow=uow, version=expected_version(if_match))
    return Response(None, status_code=204, headers=etag(version))


@put(
    "/associations/{association_id:uuid}/lots/{lot_id:uuid}/mandatary",
    opt=admits(Role.SYNDIC, Role.SUPER_ADMIN),
    status_code=204,
)
async def set_mandatary(association_id: UUID, lot_id: UUID, data: DesignateMandatary, uow: Uow) -> None:
    await designate_mandatary(association_id, lot_id, data, uow=uow)


@get("/associations/{association_id:uuid}/voter-roll", opt=admits(*READERS, Role.OWNER))
async def read_voter_roll(association_id: UUID, uow: Uow, on: date | None = None) -> Sequence[VoterView]:
    _, roll, _ = await ask_voter_roll(association_id, on=on or date.today(), uow=uow)  # noqa: DTZ011
    return [
        VoterView(
            co_ownership_id=head.id,
            name=head.name,
            votes=head.votes,
            lots=[lot.number for lot in head.lots],
            is_suspended=head.is_suspended,
            contacts=[contact.name for contact in head.contacts],
        )
        for head in roll
    ]


@post("/associations/{association_id:uuid}/lots/{lot_id:uuid}/transfers", opt=admits(Role.SYNDIC, Role.SUPER_ADMIN))
async def create_transfer(association_id: UUID, lot_id: UUID, data: TransferLot, uow: Uow) -> OwnershipsView:
    """Answers with the ownerships of the lot, as GET does."""
    await transfer_lot(association_id, lot_id, data, uow=uow, ids=new_id, today=date.today())  # noqa: DTZ011
    return await _ownerships(association_id, lot_id, uow)


@get("/associations/{association_id:uuid}/lots/{lot_id:uuid}/ownerships", opt=admits(*READERS, Role.OWNER))
async def read_ownerships(association_id: UUID, lot_id: UUID, uow: Uow) -> OwnershipsView:
    return await _ownerships(association_id, lot_id, uow)


async def _ownerships(association_id: UUID, lot_id: UUID, uow: Uow) -> OwnershipsView:
    async with uow:
        await uow.lots.get(association_id, lot_id)
        return await uow.screens.ownerships(lot_id)


routes = [list_lots, edit_lot, set_mandatary, read_voter_roll, create_transfer, read_ownerships]
