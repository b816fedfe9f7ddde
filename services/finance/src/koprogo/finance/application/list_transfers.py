from collections.abc import Sequence
from datetime import date
from uuid import UUID

from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.settle_transfer import owners_around, proposed
from koprogo.finance.application.views_settlements import TransferState, TransferView
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.owners import Owners
from koprogo.finance.domain.settlement import NotedTransfer, NothingToSettle, TransferToCome, check_due
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import euros


async def list_transfers(
    association_id: UUID,
    limit: int,
    after: str | None,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    today: date,
) -> Sequence[TransferView]:
    """Lots that change hands, the latest first, each with what settling it has moved or would move (R134)."""
    async with uow:
        rows = await uow.settlements.page(association_id, limit, after)
        due = [row for row in rows if row.state is TransferState.TO_SETTLE]
        funds = {day: await uow.transfer_requests.funds(association_id, day) for day in {r.transferred_on for r in due}}
    known: dict[date, tuple[Owners, Owners] | DomainError] = {}
    for row in due:
        day = row.transferred_on
        try:
            check_due(_noted(row), funds[day][Fund.WORKING], today)
        except (TransferToCome, NothingToSettle) as refused:
            _refuse(row, refused)
            continue
        if day not in known:
            try:
                known[day] = await owners_around(tenant, association_id, day, property_)
            except DomainError as refused:
                known[day] = refused
    async with uow:
        for row in due:
            if row.state is not TransferState.TO_SETTLE:
                continue
            found = known[row.transferred_on]
            if isinstance(found, DomainError):
                _refuse(row, found)
            else:
                await _propose(association_id, row, *found, uow=uow, today=today)
    return rows


async def _propose(
    association_id: UUID, row: TransferView, before: Owners, after: Owners, *, uow: UnitOfWork, today: date
) -> None:
    try:
        found = await proposed(association_id, _noted(row), before, after, uow=uow, today=today)
    except DomainError as refused:
        _refuse(row, refused)
        return
    row.lot_number, row.amount = found.lot.number, euros(found.amount)
    row.seller_id, row.seller_name = found.seller.id, found.seller.name
    row.buyer_id, row.buyer_name = found.buyer.id, found.buyer.name


def _refuse(row: TransferView, refused: DomainError) -> None:
    if isinstance(refused, TransferToCome):
        row.state = TransferState.TO_COME
        return
    if isinstance(refused, NothingToSettle):
        row.state = TransferState.NOTHING_TO_SETTLE
    row.reason, row.sentence, row.figures = refused.reason, refused.message, refused.metadata


def _noted(row: TransferView) -> NotedTransfer:
    return NotedTransfer(row.lot_id, row.transferred_on, row.lot_number, row.seller_id, row.buyer_id)
