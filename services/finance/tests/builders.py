"""An office whose books are open, and what is posted in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
from google.protobuf.descriptor_pool import Default
from google.protobuf.message_factory import GetMessageClass

from koprogo.kernel.words import Role
from koprogo.kit.database import UnitOfWork
from koprogo.kit.testing import InProcess, seen_rows

from .fakes import FakeProperty

TODAY = date.today()  # noqa: DTZ011
PAST = (date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 12, 31))
YEAR = (date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))
WORKING_IBAN, RESERVE_IBAN = "BE71096123456769", "BE62510007547061"


class Office(msgspec.Struct):
    service: InProcess
    neighbour: FakeProperty
    tenant: UUID
    association: UUID
    syndic: httpx.AsyncClient
    accountant: httpx.AsyncClient
    past: str = ""
    """The year before this one, open too."""
    year: str = ""

    @property
    def path(self) -> str:
        return f"associations/{self.association}"

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.accountant.get(f"{self.path}/{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, json: object = None, who: httpx.AsyncClient | None = None) -> Any:
        answer = await (who or self.accountant).post(f"{self.path}/{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def refused(self, path: str, json: object, who: httpx.AsyncClient | None = None) -> tuple[int, str, str]:
        answer = await (who or self.accountant).post(f"{self.path}/{path}", json=json)
        assert answer.status_code >= 400, answer.text
        problem = answer.json()
        return answer.status_code, problem["reason"], (problem.get("errors") or [{"field": ""}])[0]["field"]

    async def balances(self) -> dict[tuple[str, str], str]:
        """Closing balance by account and fund, all that was ever posted."""
        rows = await self.get("trial-balance", from_day="2000-01-01", until_day="2099-12-31")
        return {(row["account"], row["fund"]): row["closing"] for row in rows}

    @asynccontextmanager
    async def person(self, role: Role, co_owner: UUID | None = None) -> AsyncIterator[httpx.AsyncClient]:
        subject = uuid4()
        await self.service.give(subject, role, self.tenant, self.association, co_owner)
        async with self.service.signed_in(subject) as client:
            yield client

    async def sees(self) -> dict[str, int]:
        async with (uow := UnitOfWork(self.service.pool, self.tenant)):
            return await seen_rows(uow.connection)


@asynccontextmanager
async def open_office(
    service: InProcess, neighbour: FakeProperty, *, past: tuple[date, date] = PAST, year: tuple[date, date] = YEAR
) -> AsyncIterator[Office]:
    tenant, association = uuid4(), uuid4()
    async with AsyncExitStack() as stack:
        people = []
        for role in (Role.SYNDIC, Role.ACCOUNTANT):
            subject = uuid4()
            await service.give(subject, role, tenant, association)
            people.append(await stack.enter_async_context(service.signed_in(subject)))
        office = Office(service, neighbour, tenant, association, *people)
        await office.post("books", {}, office.syndic)
        for iban, fund in ((WORKING_IBAN, "working_capital"), (RESERVE_IBAN, "reserve_fund")):
            await office.post("bank-accounts", {"iban": iban, "holder": "ACP Résidence du Sablon", "fund": fund})
        office.past = await open_year(office, *past)
        office.year = await open_year(office, *year)
        yield office


async def open_year(office: Office, first: date, last: date) -> str:
    """Proposed by the accountant, confirmed by the syndic."""
    made = await office.post("fiscal-years", {"first_day": str(first), "last_day": str(last)})
    await office.post(f"fiscal-years/{made['id']}/confirmation", None, office.syndic)
    return str(made["id"])


def entry(*lines: dict[str, Any], dated: date = TODAY, **others: Any) -> dict[str, Any]:
    return {
        "dated": str(dated),
        "text": "Lift maintenance",
        "voucher": {"reference": "2026/17", "dated": str(dated)},
        "lines": list(lines),
        **others,
    }


def debit(account: str, amount: str, **others: Any) -> dict[str, Any]:
    return {"account": account, "debit": amount, **others}


def credit(account: str, amount: str, **others: Any) -> dict[str, Any]:
    return {"account": account, "credit": amount, **others}


def call(*parts: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {
        "titles": {"fr": "Appel du trimestre", "nl": "Kwartaaloproep", "de": "Quartalsabruf"},
        "due_on": str(TODAY + timedelta(days=30)),
        "decision": {"decided_on": "2026-06-01", "item_number": 4, "titles": {"fr": "Budget", "nl": "Begroting"}},
        "parts": list(parts) or [part()],
        **others,
    }


def part(kind: str = "provisions", amount: str = "1000.00", **others: Any) -> dict[str, Any]:
    return {"kind": kind, "labels": {"fr": "Charges", "nl": "Kosten"}, "amount": amount, **others}


async def sent(office: Office) -> dict[str, list[Any]]:
    """What waits in the outbox, by topic."""
    async with (relay := UnitOfWork(office.service.pool, office.tenant)):
        await relay.connection.execute("set local koprogo.relay = 'on'")
        rows = await relay.connection.fetch(
            "select topic, type, payload from outbox where tenant_id = $1 order by position", office.tenant
        )
    found: dict[str, list[Any]] = {}
    for row in rows:
        kind = GetMessageClass(Default().FindMessageTypeByName(row["type"]))
        found.setdefault(row["topic"], []).append(kind.FromString(row["payload"]))
    return found
