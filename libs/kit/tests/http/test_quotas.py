"""A tenant who asks more often than he may is held back, and told for how long; the others notice nothing."""

from __future__ import annotations

import contextlib
from uuid import UUID, uuid4

import httpx
import pytest

from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Role
from koprogo.kit.tenants import quotas, state
from koprogo.kit.tenants.quotas import Rates, TooManyRequests
from koprogo.kit.testing import InProcess


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


class TestATenantWithAQuota:
    async def test_is_answered_so_often_and_then_told_to_wait(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str
    ) -> None:
        assert await service.operator.limit(tenant, 5) == 5
        assert [(await syndic.get(notes)).status_code for _ in range(5)] == [200] * 5
        refused = await syndic.post(notes, json={"text": "x"})
        assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
        assert 1 <= int(refused.headers["retry-after"]) <= 12
        assert (refused.json()["reason"], refused.json()["title"]) == ("TOO_MANY_REQUESTS", "Too many requests")

    @pytest.mark.parametrize(("language", "said"), [("fr", "plus de 1"), ("nl", "meer dan 1"), ("de", "mehr als 1")])
    async def test_is_told_so_in_the_readers_language(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str, language: str, said: str
    ) -> None:
        await service.operator.limit(tenant, 1)
        await syndic.get(notes)
        answer = await syndic.get(notes, headers={"accept-language": language})
        assert answer.status_code == 429
        assert said in answer.json()["detail"]

    async def test_takes_nothing_from_another(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str
    ) -> None:
        await service.give(subject := uuid4(), Role.SYNDIC, other := uuid4())
        await service.operator.limit(tenant, 1)
        await service.operator.limit(other, 1)
        assert [(await syndic.get(notes)).status_code for _ in range(2)] == [200, 429]
        async with service.signed_in(subject) as somebody:
            assert (await somebody.get(f"organisations/{other}/notes")).status_code == 200
            # Who is not admitted spends nothing of his.
            assert (await somebody.get(notes)).status_code == 403

    async def test_has_none_any_longer_when_it_was_lifted(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str
    ) -> None:
        await service.operator.limit(tenant, 1)
        assert [(await syndic.get(notes)).status_code for _ in range(2)] == [200, 429]
        assert await service.operator.limit(tenant, 0) == 0
        assert [(await syndic.get(notes)).status_code for _ in range(9)] == [200] * 9

    async def test_stays_suspended_and_keeps_his_quota_when_he_is_resumed(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str
    ) -> None:
        await service.operator.suspend(tenant)
        await service.operator.limit(tenant, 2)
        assert (await syndic.post(notes, json={"text": "x"})).json()["reason"] == "TENANT_SUSPENDED"
        await service.operator.resume(tenant)
        assert [(await syndic.get(notes)).status_code for _ in range(3)] == [200, 200, 429]


class TestAQuota:
    async def test_is_not_set_again_by_an_operation_that_was_done(self, service: InProcess, tenant: UUID) -> None:
        assert await service.operator.limit(tenant, 5, "first") == 5
        assert await service.operator.limit(tenant, 7, "second") == 7
        assert await service.operator.limit(tenant, 5, "first") == 7

    async def test_is_no_erased_tenants(self, service: InProcess, tenant: UUID) -> None:
        await service.operator.erase(tenant)
        with pytest.raises(DomainError) as refused:
            await service.operator.limit(tenant, 5)
        assert refused.value.reason == "TENANT_ERASED"


class TestTheCount:
    def test_lets_as_many_through_in_each_minute_as_were_agreed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = 1000.0
        monkeypatch.setattr(quotas.time, "monotonic", lambda: now)
        rates, tenant, let_through, waits = Rates(), uuid4(), list[float](), set[str]()
        for _ in range(1800):
            try:
                rates.spend(tenant, 60)
                let_through.append(now)
            except TooManyRequests as refused:
                waits.add(refused.metadata["retry_after"])
            now += 0.1
        assert len([at for at in let_through if at < 1060]) == 119
        assert len([at for at in let_through if 1060 <= at < 1120]) == 60
        # The next of sixty a minute is there within the second.
        assert waits == {"1"}

    def test_is_logged_once_a_minute_and_not_with_every_request(self, caplog: pytest.LogCaptureFixture) -> None:
        rates, tenant = Rates(), uuid4()
        for _ in range(50):
            with contextlib.suppress(TooManyRequests):
                rates.spend(tenant, 2)
        assert [record.__dict__["fields"] for record in caplog.records] == [{"held_back": str(tenant)}]

    def test_forgets_who_asks_no_more(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = 1000.0
        monkeypatch.setattr(quotas.time, "monotonic", lambda: now)
        monkeypatch.setattr(quotas, "CACHE_SIZE", 10)
        rates = Rates()
        for _ in range(40):
            rates.spend(uuid4(), 60)
            now += 0.5
        assert len(rates._full_at) <= 10
