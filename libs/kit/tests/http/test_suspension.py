"""A suspended tenant is read and not written; what is gone admits nobody, and no late event begins it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from koprogo.kernel.errors import DomainError
from koprogo.kit.database import UnitOfWork
from koprogo.kit.events import Received
from koprogo.kit.tenants import State, TenantStates, state, unless_erased
from koprogo.kit.tenants.state import Standing
from koprogo.kit.testing import InProcess
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


@pytest.fixture
async def super_admin(service: InProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with service.signed_in(uuid4(), realm_roles=["super_admin"]) as client:
        yield client


async def can(client: httpx.AsyncClient, notes: str) -> tuple[str, str]:
    """What reading and writing are answered."""
    read, written = await client.get(notes), await client.post(notes, json={"text": "x"})
    return tuple("yes" if a.is_success else a.json()["reason"] for a in (read, written))  # type: ignore[return-value]


class TestASuspendedTenant:
    async def test_is_read_and_not_written_until_it_is_resumed(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str
    ) -> None:
        assert await can(syndic, notes) == ("yes", "yes")
        assert await service.operator.suspend(tenant) == "suspended"
        assert await can(syndic, notes) == ("yes", "TENANT_SUSPENDED")
        assert await service.operator.resume(tenant) == "active"
        assert await can(syndic, notes) == ("yes", "yes")

    async def test_is_told_so_in_the_readers_language(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str
    ) -> None:
        await service.operator.suspend(tenant)
        answer = await syndic.post(notes, json={"text": "x"}, headers={"accept-language": "nl"})
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("Deze organisatie is opgeschort")

    async def test_leaves_the_others_alone(self, service: InProcess, syndic: httpx.AsyncClient, notes: str) -> None:
        await service.operator.suspend(uuid4())
        assert await can(syndic, notes) == ("yes", "yes")

    async def test_answers_no_post_of_before_once_more(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str
    ) -> None:
        key = {"idempotency-key": "k"}
        assert (await syndic.post(notes, json={"text": "x"}, headers=key)).status_code == 201
        await service.operator.suspend(tenant)
        assert (await syndic.post(notes, json={"text": "x"}, headers=key)).json()["reason"] == "TENANT_SUSPENDED"

    async def test_is_not_suspended_again_by_an_operation_that_was_done(self, service: InProcess, tenant: UUID) -> None:
        assert await service.operator.suspend(tenant, "first") == "suspended"
        assert await service.operator.suspend(tenant, "first") == "suspended"
        assert await service.operator.resume(tenant, "second") == "active"
        assert await service.operator.suspend(tenant, "first") == "active"

    async def test_is_refused_an_operation_that_was_another(self, service: InProcess, tenant: UUID) -> None:
        await service.operator.suspend(tenant, "first")
        with pytest.raises(DomainError) as refused:
            await service.operator.resume(tenant, "first")
        assert refused.value.reason == "OPERATION_REUSED"
        assert (await service.operator.describe(tenant))[0] == "suspended"

    async def test_is_refused_an_operation_without_a_name(self, service: InProcess, tenant: UUID) -> None:
        with pytest.raises(DomainError) as refused:
            await service.operator.answers.Suspend(pb.SuspendRequest(tenant_id=str(tenant)), None)
        assert refused.value.reason == "OPERATION_MISSING"


class TestAnErasedTenant:
    async def test_admits_nobody(self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str) -> None:
        await service.operator.erase(tenant)
        assert await can(syndic, notes) == ("NOT_ADMITTED", "NOT_ADMITTED")

    async def test_is_not_begun_again_by_a_late_event(self, service: InProcess) -> None:
        handled = list[UUID]()

        async def handle(event: Received) -> None:
            handled.append(event.tenant)

        erased, there = uuid4(), uuid4()
        await service.operator.erase(erased)
        handler = unless_erased(handle, TenantStates(service.pool))
        for one in (erased, there):
            await handler(Received(uuid4(), "Fact", one, "key", b""))
        assert handled == [there]


class TestTheSuperAdmin:
    async def test_writes_nothing_of_a_suspended_tenant_and_finds_nothing_of_an_erased_one(
        self, service: InProcess, super_admin: httpx.AsyncClient, tenant: UUID
    ) -> None:
        path = f"organisations/{tenant}/flags"
        assert [(await super_admin.request(m, path)).status_code for m in ("GET", "POST")] == [200, 201]
        await service.operator.suspend(tenant)
        assert [(await super_admin.request(m, path)).status_code for m in ("GET", "POST")] == [200, 403]
        await service.operator.erase(tenant)
        assert [(await super_admin.request(m, path)).status_code for m in ("GET", "POST")] == [403, 403]


class TestAState:
    async def test_is_known_to_every_process_within_seconds(
        self, service: InProcess, tenant: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(state, "CACHE_SECONDS", 60)
        states = TenantStates(service.pool)
        assert await states.of(tenant) is State.ACTIVE
        await service.operator.suspend(tenant)
        assert await states.of(tenant) is State.ACTIVE
        states._known[tenant] = (0, Standing())
        assert await states.of(tenant) is State.SUSPENDED

    async def test_leaves_no_tenant_on_the_connection(self, service: InProcess, tenant: UUID) -> None:
        async with service.pool.acquire() as connection:
            await connection.fetchval("select state from tenant_standing($1)", tenant)
            assert not await connection.fetchval("select nullif(current_setting('koprogo.tenant', true), '')")
        async with (uow := UnitOfWork(service.pool, uuid4())):
            assert await uow.connection.fetchval("select count(*) from tenants") == 0
