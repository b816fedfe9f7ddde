"""Books with something of everything."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from .budget_builders import decision, drafted, hears
from .builders import PAST, TODAY, Office, call, credit, debit, entry, part
from .stated import issue, sells, tells
from .test_bank import free, sends, statement, structured
from .test_purchases import approved, batch, invoice, supplier
from .test_transfers import request as notary

POLICY = {"threshold": "5.00", "statement_days": 7, "safe_mode": True}


def plan(demand: dict[str, Any]) -> dict[str, Any]:
    return {"party_id": demand["party_id"], "instalments": [{"due_on": str(TODAY), "amount": demand["open"]}]}


def settlement(office: Office) -> str:
    return f"transfers/{office.neighbour.debtors[0].lots[0].id}/{TODAY}/settlement"


async def filled(office: Office) -> Office:
    """Something on every route, and in every table but those of reminders and electronic invoices."""
    await office.post("calls-for-funds", call(part(), part("reserve_fund", "50")))
    demands = await office.get("demands")
    await sends(office, statement(structured(demands[0]), free("12.34")))
    await batch(office, await approved(office, invoice(await supplier(office))))
    await office.post("transfer-requests", notary(office), office.syndic)
    disputed, planned = demands[1]["id"], demands[2]
    said = await office.accountant.put(f"{office.path}/demands/{disputed}/dispute", json={"reason": "Not my lift"})
    assert said.status_code == 204, said.text
    await office.post("payment-plans", plan(planned))
    policy = await office.accountant.put(f"{office.path}/arrears/policy", json=POLICY, headers={"if-match": '"0"'})
    assert policy.status_code == 204, policy.text
    spent = entry(debit("614", "80"), credit("551", "80"), dated=PAST[1])
    await office.post("entries", spent)
    works = debit("4101", "9", party_id=demands[0]["party_id"]), credit("7013", "9")
    await office.post("entries", entry(*works, dated=PAST[1]))
    await office.post(f"charge-statements/{await issue(office)}/withdrawal", {"reason": "Too early"})
    await issue(office)
    await tells(office, uuid4(), TODAY)
    await office.post("entries", entry(debit("551", "1000"), credit("100", "1000"), dated=PAST[1]))
    await sells(office, TODAY)
    await office.post(settlement(office), None, office.syndic)
    await drafted(office)
    await hears(office, decision(office, f"finance/works/{uuid4()}"))
    return office
