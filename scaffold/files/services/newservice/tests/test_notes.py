"""Notes, through the routes, on a real PostgreSQL: the first tests of the service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from koprogo.kernel.words import Role
from koprogo.kit.database import UnitOfWork
from koprogo.kit.tenants import state
from koprogo.kit.testing import InProcess, in_the_way, seen_rows, through_an_archive


@asynccontextmanager
async def somebody(
    service: InProcess, association: UUID, tenant: UUID, role: Role = Role.SYNDIC
) -> AsyncIterator[httpx.AsyncClient]:
    subject = uuid4()
    await service.give(subject, role, tenant, association)
    async with service.signed_in(subject) as client:
        yield client


class TestANote:
    async def test_is_kept_and_told(self, service: InProcess, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
        association, tenant = uuid4(), uuid4()
        path = f"associations/{association}/notes"
        async with somebody(service, association, tenant) as syndic:
            written = await syndic.post(path, json={"text": "The lift is old."})
            assert written.status_code == 201, written.text
            listed = (await syndic.get(path)).json()
        assert [(one["id"], one["text"]) for one in listed] == [(written.json()["id"], "The lift is old.")]
        told = await superuser.fetch("select topic, key from outbox where tenant_id = $1", tenant)
        assert [(one["topic"], one["key"]) for one in told] == [("newservice.note", written.json()["id"])]

    async def test_is_written_once(self, service: InProcess) -> None:
        association, tenant, note = uuid4(), uuid4(), str(uuid4())
        async with somebody(service, association, tenant) as syndic:
            path = f"associations/{association}/notes"
            assert (await syndic.post(path, json={"id": note, "text": "x"})).status_code == 201
            again = await syndic.post(path, json={"id": note, "text": "y"}, headers={"accept-language": "nl"})
        assert (again.status_code, again.json()["reason"]) == (409, "NOTE_EXISTS")
        assert "nota" in again.json()["detail"]

    async def test_is_shown_in_pages(self, service: InProcess) -> None:
        association, tenant = uuid4(), uuid4()
        path = f"associations/{association}/notes"
        async with somebody(service, association, tenant) as syndic:
            for number in range(3):
                await syndic.post(path, json={"text": str(number)})
            first = await syndic.get(path, params={"limit": 2})
            second = await syndic.get(path, params={"limit": 2, "after": first.json()[-1]["id"]})
        assert 'rel="next"' in first.headers["link"]
        assert {one["text"] for one in [*first.json(), *second.json()]} == {"0", "1", "2"}


class TestAStranger:
    async def test_is_refused_on_every_route(self, service: InProcess) -> None:
        association = uuid4()
        async with (
            somebody(service, association, tenant := uuid4()) as syndic,
            somebody(service, uuid4(), uuid4()) as stranger,
            somebody(service, association, tenant, Role.OWNER) as owner,
            service.client() as nobody,
        ):
            path = f"associations/{association}/notes"
            assert (await syndic.post(path, json={"text": "x"})).status_code == 201
            for client, status in ((stranger, 403), (owner, 403), (nobody, 401)):
                assert (await client.get(path)).status_code == status
                assert (await client.post(path, json={"text": "y"})).status_code == status
        async with (other := UnitOfWork(service.pool, uuid4())):
            assert set((await seen_rows(other.connection)).values()) == {0}


class TestATenant:
    async def test_survives_an_archive_and_leaves_nothing_behind(
        self,
        service: InProcess,
        superuser: asyncpg.Connection[asyncpg.Record],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # One process: nobody else has to hear of it.
        monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)
        association, tenant, other, note = uuid4(), uuid4(), uuid4(), uuid4()
        for of, id_ in ((tenant, note), (other, uuid4())):
            async with somebody(service, association, of) as syndic:
                made = await syndic.post(f"associations/{association}/notes", json={"id": str(id_), "text": "x"})
                assert made.status_code == 201, made.text
        _, archive = await through_an_archive(service.operator, superuser, tenant, other=other, ids=[note])
        assert archive.manifest["notes"][0] == 1

    async def test_finds_nothing_in_the_way(self, service: InProcess) -> None:
        async with (uow := UnitOfWork(service.pool, uuid4())):
            assert await in_the_way(uow.connection) == []
