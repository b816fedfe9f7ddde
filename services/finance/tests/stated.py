"""A year that is over and what was spent in it, to be stated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.finance.domain.owners import Debtor
from koprogo.finance.entrypoints.events import on_lot
from koprogo.kit.events import Received
from koprogo_api.property.events.v1.lot_pb2 import LotTransferred

from .builders import PAST, TODAY, Office, call, credit, debit, entry, part
from .fakes import Time, debtor

LIFT = uuid4()
CALLED_ON = date(PAST[0].year, 3, 1)


async def spends(office: Office, time: Time) -> Office:
    """A year that is over: provisions of 1000 were called and 1087.76 was spent, of it 300.10 on the lift of two."""
    office.neighbour.key_names = {LIFT: "Lift"}
    office.neighbour.debtors = [
        debtor("Dubois", {"A1": 333, "G1": 34}, keys={LIFT: 1}),
        office.neighbour.debtors[1],
        msgspec.structs.replace(
            office.neighbour.debtors[2],
            lots=tuple(msgspec.structs.replace(lot, key_shares={LIFT: 1}) for lot in office.neighbour.debtors[2].lots),
        ),
    ]
    time.day = CALLED_ON
    due = str(CALLED_ON + timedelta(days=30))
    parts = part(amount="1000"), part("reserve_fund", "100"), part("working_capital", "50")
    await office.post("calls-for-funds", call(*parts, due_on=due))
    time.day = TODAY
    for lines in (
        (debit("614", "800.00", occupant_percent=0, text="Insurance"), credit("551", "800")),
        (debit("6101", "300.10", allocation_key_id=str(LIFT), occupant_percent=100), credit("551", "300.10")),
        (debit("551", "12.34"), credit("742", "12.34")),
        (debit("611", "70", fund="reserve_fund"), credit("550", "70")),
    ):
        await office.post("entries", entry(*lines, dated=date(PAST[0].year, 9, 30)))
    return office


def period(**others: Any) -> dict[str, Any]:
    return {
        "period_from": str(PAST[0]),
        "period_until": str(PAST[1]),
        "due_on": str(TODAY + timedelta(days=30)),
        **others,
    }


async def issue(office: Office, **others: Any) -> str:
    return str((await office.post("charge-statements", period(**others), office.syndic))["id"])


async def owners_of(office: Office, statement_id: str) -> dict[str, dict[str, Any]]:
    return {one["party_name"]: one for one in await office.get(f"charge-statements/{statement_id}/owners")}


async def own(office: Office, statement_id: str, name: str) -> dict[str, Any]:
    party = (await owners_of(office, statement_id))[name]["party_id"]
    found: dict[str, Any] = await office.get(f"charge-statements/{statement_id}/owners/{party}")
    return found


async def result(office: Office, year: str | None = None) -> str:
    found = await office.get("reports/income-and-expense", fiscal_year_id=year or office.past)
    return str(found["result"]["working_capital"])


async def sells(office: Office, on: date, *, told: bool = True, lot: int = 0) -> Debtor:
    """Dubois sells a lot to Zoe; who buys nothing else."""
    dubois, *others = office.neighbour.debtors
    sold = dubois.lots[lot]
    kept = msgspec.structs.replace(dubois, lots=tuple(one for one in dubois.lots if one != sold))
    buyer = msgspec.structs.replace(debtor("Zoe", {}), lots=(sold,))
    office.neighbour.since[on] = [kept, buyer, *others]
    if told:
        await tells(office, sold.id, on, dubois, buyer)
    return buyer


async def tells(
    office: Office, lot_id: UUID, on: date, seller: Debtor | None = None, buyer: Debtor | None = None
) -> None:
    message = LotTransferred(
        association_id=str(office.association),
        lot_id=str(lot_id),
        lot_number="A1",
        transferred_on=on.isoformat(),
        from_holders_id=str(seller.id) if seller else "",
        to_holders_id=str(buyer.id) if buyer else "",
    )
    event = Received(uuid4(), message.DESCRIPTOR.full_name, office.tenant, str(lot_id), message.SerializeToString())
    await on_lot(lambda tenant: PostgresUnitOfWork(office.service.pool, tenant))(event)
