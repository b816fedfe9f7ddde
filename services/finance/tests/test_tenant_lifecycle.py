"""The books of an organisation leave whole, come back under another one to the cent, and are gone when erased."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.finance.adapters.jobs import prove_books
from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.kernel.words import Role
from koprogo.kit.database import UnitOfWork
from koprogo.kit.tenants import state
from koprogo.kit.testing import InProcess, in_the_way, through_an_archive
from koprogo.stack.instance import Instance
from koprogo.stack.testing import superuser_url

from .builders import TODAY, Office, call, credit, debit, entry, open_office, part
from .fakes import FakeProperty
from .filled import filled
from .late import Late
from .test_electronic_invoices import document

READ = (
    "books/proof", "trial-balance?from_day=2000-01-01&until_day=2099-12-31", "demands?limit=200", "owners", "entries",
    "invoices", "payments", "bank-files", "reminders", "charge-statements", "payment-plans", "budgets",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


@pytest.fixture
async def superuser(migrated: Instance) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(superuser_url(migrated, "finance"))
    yield connection
    await connection.close()


@pytest.fixture
async def other(service: InProcess, neighbour: FakeProperty) -> AsyncIterator[Office]:
    """Another organisation whose books hold the same."""
    async with open_office(service, neighbour) as other:
        await other.post("calls-for-funds", call(part(), part("reserve_fund", "50")))
        yield other


async def everything(office: Office) -> Office:
    await filled(office)
    taken = await office.accountant.post(f"{office.path}/electronic-invoices", content=document())
    assert taken.status_code == 201, taken.text
    made = await office.post("entries", entry(debit("65", "3"), credit("551", "3")))
    turned = {"dated": str(TODAY), "text": "Wrong bank"}
    await office.post(f"entries/{made['id']}/reversal", turned)
    return office


async def shown(office: Office) -> dict[str, Any]:
    found = {}
    for path in READ:
        answer = await office.syndic.get(f"{office.path}/{path}")
        found[path] = answer.json() if answer.status_code == 200 else answer.status_code
    return found


async def moved(service: InProcess, office: Office, tenant: UUID) -> Office:
    """The same books as the people of the new organisation find them."""
    people = []
    for role in (Role.SYNDIC, Role.ACCOUNTANT):
        await service.give(subject := uuid4(), role, tenant, office.association)
        people.append(service.signed_in(subject))
    return Office(service, office.neighbour, tenant, office.association, *people, office.past, office.year)


async def ids_of(office: Office) -> list[UUID]:
    async with (uow := UnitOfWork(office.service.pool, office.tenant)):
        rows = await uow.connection.fetch(
            "select association_id as id from books union all select id from entries union all select id from demands"
            " union all select document_id from letters union all select id from invoices"
        )
    return [row["id"] for row in rows]


class TestATenant:
    async def test_survives_an_archive_and_leaves_nothing_behind(
        self, service: InProcess, office: Office, other: Office, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        await everything(office)
        before = await shown(office)
        new, archive = await through_an_archive(
            service.operator, superuser, office.tenant, other=other.tenant, ids=await ids_of(office)
        )
        assert {table for table, (count, _) in archive.manifest.items() if not count} == {
            "reminders", "reminder_demands",
        }  # fmt: skip
        again = await moved(service, office, new)
        assert await shown(again) == before
        assert before["books/proof"] == {"differences": []} and len(before["entries"]) > 5

    async def test_survives_it_with_his_reminders(
        self, service: InProcess, late: Late, other: Office, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        await late.has_clause()
        await late.climbs("Peeters")
        before = await shown(late.office)
        new, archive = await through_an_archive(
            service.operator, superuser, late.office.tenant, other=other.tenant, ids=await ids_of(late.office)
        )
        assert archive.manifest["reminders"][0] == 3 and archive.manifest["reminder_demands"][0] >= 3
        assert await shown(await moved(service, late.office, new)) == before

    async def test_has_books_that_are_proved_and_go_on_where_they_were(
        self, service: InProcess, office: Office, other: Office, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        def uow_of(tenant: UUID) -> PostgresUnitOfWork:
            return PostgresUnitOfWork(service.pool, tenant)

        await everything(office)
        # What another test has spoiled stays so.
        wrong = await prove_books(service.pool, uow_of)
        new, _ = await through_an_archive(service.operator, superuser, office.tenant, other=other.tenant, ids=[])
        again = await moved(service, office, new)
        number = max(one["number"] for one in await again.get("entries") if one["journal"] == "miscellaneous")
        await again.post("entries", entry(debit("65", "3"), credit("551", "3")))
        assert max(e["number"] for e in await again.get("entries") if e["journal"] == "miscellaneous") == number + 1
        async with (uow := uow_of(new)):
            assert await uow.proof.differences(office.association) == []
            reversals = await uow.connection.fetchval("select count(*) from entries where reverses is not null")
            assert reversals == 2, "of the wrong entry, and of the statement that was withdrawn"
        async with (uow := uow_of(other.tenant)):
            assert await uow.proof.differences(other.association) == []
        assert await prove_books(service.pool, uow_of) == wrong

    async def test_keeps_entries_that_nobody_changes_or_deletes(
        self, service: InProcess, office: Office, other: Office, superuser: asyncpg.Connection[asyncpg.Record]
    ) -> None:
        await everything(office)
        new, _ = await through_an_archive(service.operator, superuser, office.tenant, other=other.tenant, ids=[])
        for change in ("delete from entry_lines", "update entries set text = 'x'", "delete from entries"):
            uow = UnitOfWork(service.pool, new)
            with pytest.raises(asyncpg.IntegrityConstraintViolationError):
                async with uow:
                    await uow.connection.execute(change)

    async def test_finds_nothing_in_the_way(self, service: InProcess) -> None:
        async with (uow := UnitOfWork(service.pool, uuid4())):
            assert "\n".join(await in_the_way(uow.connection)) == ""


class TestASuspendedTenant:
    async def test_reads_its_books_and_posts_nothing_until_it_is_resumed(
        self, service: InProcess, office: Office
    ) -> None:
        posting = entry(debit("65", "3"), credit("551", "3"))
        before = await office.balances()
        await service.operator.suspend(office.tenant)
        assert (await office.refused("entries", posting))[:2] == (403, "TENANT_SUSPENDED")
        assert await office.balances() == before
        await service.operator.resume(office.tenant)
        await office.post("entries", posting)
