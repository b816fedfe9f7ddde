"""Budgets, and what meetings decide about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from koprogo.kit.events import Received
from koprogo_api.governance.events.v1.decision_pb2 import DecisionTaken

from .builders import TODAY, YEAR, Office

DUE = str(TODAY + timedelta(days=30))


def line(account: str = "6101", amount: str = "1200.00", **others: Any) -> dict[str, Any]:
    return {"account": account, "amount": amount, "labels": {"fr": "Ascenseur", "nl": "Lift"}, **others}


def budget(*lines: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {
        "titles": {"fr": "Budget", "nl": "Begroting"},
        "first_day": str(YEAR[0]),
        "last_day": str(YEAR[1]),
        "lines": list(lines) or [line()],
        **others,
    }


def decision(office: Office, about: str = "", *, adopted: bool = True, **others: Any) -> Received:
    """As governance tells it."""
    told = DecisionTaken(
        **{
            "decision_id": str(uuid4()),
            "association_id": str(office.association),
            "meeting_id": str(uuid4()),
            "decided_on": str(TODAY - timedelta(days=1)),
            "item_number": 4,
            "titles": {"fr": "Le budget", "nl": "De begroting"},
            "nature": "ordinary",
            "adopted": adopted,
            "about": about,
            **others,
        }
    )
    return Received(
        event_id=uuid4(),
        type=DecisionTaken.DESCRIPTOR.full_name,
        tenant=office.tenant,
        key=told.decision_id,
        payload=told.SerializeToString(),
    )


async def hears(office: Office, *events: Received) -> None:
    for event in events:
        await office.service.wiring.handlers["governance.decision"](event)


async def drafted(office: Office, *lines: dict[str, Any], **others: Any) -> str:
    return str((await office.post("budgets", budget(*lines, **others)))["id"])


async def adopted(office: Office, *lines: dict[str, Any], **others: Any) -> str:
    made = await drafted(office, *lines, **others)
    await hears(office, decision(office, f"finance/budget/{made}"))
    return made


async def state(office: Office, budget_id: str) -> str:
    return str((await office.get(f"budgets/{budget_id}"))["budget"]["state"])


def decision_id(event: Received) -> UUID:
    return UUID(event.key)
