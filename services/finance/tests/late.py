"""An office in 2026 whose owners are late: a call of 1 March, due on 31 March, and days that go by."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec

from koprogo.kernel.money import cents
from koprogo.kit.testing import InProcess

from .bank_files.coda_files import Move
from .builders import Office, call, open_office, part
from .fakes import FakeProperty, Time
from .test_bank import sends, statement

ISSUED, DUE = date(2026, 3, 1), date(2026, 3, 31)
CLAUSE = "Art. 22 of the statutes: 25 euro for a reminder by registered post"


def days_after_due(days: int) -> date:
    return DUE + timedelta(days=days)


class Late(msgspec.Struct):
    office: Office
    time: Time
    number: int = 0
    balance: int = 0

    async def on(self, day: date, *moves: Move) -> None:
        """It is that day, and the bank's statement of it is imported."""
        self.time.day = day
        self.number += 1
        await sends(self.office, statement(*moves, number=self.number, opening=self.balance, day=day))
        self.balance += sum(move.amount for move in moves)

    async def calls(self, amount: str, issued: date, due: date) -> None:
        self.time.day = issued
        await self.office.post("calls-for-funds", call(part(amount=amount), due_on=str(due)))

    async def demands(self, name: str) -> list[dict[str, Any]]:
        return [d for d in await self.office.get("demands", limit=200) if d["party_name"] == name]

    async def party(self, name: str) -> str:
        return str((await self.demands(name))[0]["party_id"])

    async def proposals(self) -> dict[str, tuple[str | None, str]]:
        found = await self.office.get("reminders/proposals")
        return {one["party_name"]: (one["level"], one["reason"]) for one in found}

    async def reminder(self, name: str, level: str, **others: Any) -> dict[str, Any]:
        return {"party_id": await self.party(name), "level": level, **others}

    async def reminds(self, name: str, level: str) -> str:
        sent = await self.office.post("reminders", {"reminders": [await self.reminder(name, level)]})
        return str(sent[0]["id"])

    async def refuses(self, name: str, level: str) -> str:
        refused = await self.office.refused("reminders", {"reminders": [await self.reminder(name, level)]})
        assert refused[2].startswith("reminders.0")
        return refused[1]

    async def changes(self, path: str, json: object) -> httpx.Response:
        """An edit of what was just read."""
        read = "books" if path.startswith("books") else path
        shown = await self.office.accountant.get(f"{self.office.path}/{read}")
        changed = await self.office.accountant.put(
            f"{self.office.path}/{path}", json=json, headers={"if-match": shown.headers["etag"]}
        )
        assert changed.is_success, changed.text
        return changed

    async def has_clause(self) -> None:
        await self.changes("books/statutes-clause", {"statutes_clause": CLAUSE, "reminder_cost": "25.00"})

    async def disputes(self, demand_id: str, reason: str) -> httpx.Response:
        return await self.office.accountant.put(
            f"{self.office.path}/demands/{demand_id}/dispute", json={"reason": reason}
        )

    async def climbs(self, name: str) -> None:
        """All three levels, on the first day each may be sent."""
        for days, level in ((15, "friendly"), (30, "firm"), (60, "formal")):
            await self.on(days_after_due(days))
            await self.reminds(name, level)

    async def invariant(self) -> None:
        """An owner's balance is the sum of his open demands less his credit, which nobody here has."""
        for owner in await self.office.get("owners"):
            assert cents(owner["balance"]) == sum(cents(d["open"]) for d in await self.demands(owner["name"]))


@asynccontextmanager
async def late_owners(service: InProcess, neighbour: FakeProperty, time: Time) -> AsyncIterator[Late]:
    time.day = ISSUED
    async with open_office(
        service,
        neighbour,
        past=(date(2025, 1, 1), date(2025, 12, 31)),
        year=(date(2026, 1, 1), date(2026, 12, 31)),
    ) as office:
        late = Late(office, time)
        await late.calls("1000", ISSUED, DUE)
        yield late
