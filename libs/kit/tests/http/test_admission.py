"""Grants decide: those here, those identity knows, and no longer than they hold."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID, uuid4

import pytest
from litestar import get
from litestar.handlers import HTTPRouteHandler

from koprogo.kernel.errors import Unavailable
from koprogo.kernel.words import Role
from koprogo.kit.access import Grant
from koprogo.kit.access import admission as admission_module
from koprogo.kit.access.identity import keep_grant
from koprogo.kit.database import PLATFORM, UnitOfWork
from koprogo.kit.http import admits
from koprogo.kit.http.access import check_declared
from koprogo.kit.testing import InProcess
from koprogo.kit.testing.in_process import write_local_grant
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged


class TestAGrant:
    async def test_that_is_here_admits_without_asking(self, service: InProcess, tenant: UUID, notes: str) -> None:
        subject = uuid4()
        await service.give(subject, Role.SYNDIC, tenant)
        async with service.signed_in(subject) as client:
            assert (await client.get(notes)).status_code == 200
        assert service.grants.asked == []

    async def test_that_is_not_here_yet_is_asked_for_once(self, service: InProcess, tenant: UUID, notes: str) -> None:
        subject = uuid4()
        service.grants.held.append((subject, Grant(tenant, None, Role.SYNDIC, None)))
        async with service.signed_in(subject) as client:
            assert [(await client.get(notes)).status_code for _ in range(3)] == [200] * 3
        assert service.grants.asked == [(subject, None)]

    async def test_that_nobody_knows_is_refused_after_asking(self, service: InProcess, notes: str) -> None:
        async with service.signed_in(uuid4()) as client:
            answer = await client.get(notes)
        assert (answer.status_code, answer.json()["reason"]) == (403, "NOT_ADMITTED")
        assert len(service.grants.asked) == 1

    async def test_on_another_organisation_does_not_admit(self, service: InProcess, notes: str) -> None:
        subject = uuid4()
        await service.give(subject, Role.SYNDIC, uuid4())
        async with service.signed_in(subject) as client:
            assert (await client.get(notes)).status_code == 403

    async def test_of_another_role_does_not_admit(self, service: InProcess, tenant: UUID, notes: str) -> None:
        subject = uuid4()
        await service.give(subject, Role.ACCOUNTANT, tenant)
        async with service.signed_in(subject) as client:
            assert (await client.get(notes)).status_code == 200
            assert (await client.post(notes, json={"text": "x"})).status_code == 403

    async def test_on_an_association_does_not_admit_to_its_organisation(
        self, service: InProcess, tenant: UUID, notes: str
    ) -> None:
        subject = uuid4()
        await service.give(subject, Role.SYNDIC, tenant, association=uuid4())
        async with service.signed_in(subject) as client:
            assert (await client.get(notes)).status_code == 403

    async def test_that_is_refused_says_the_same_for_what_does_not_exist(
        self, service: InProcess, tenant: UUID
    ) -> None:
        association = uuid4()
        await service.give(uuid4(), Role.OWNER, tenant, association)
        async with service.signed_in(uuid4()) as client:
            answers = [await client.get(f"associations/{one}/notes") for one in (association, uuid4())]
        first, second = ({**a.json(), "trace_id": ""} for a in answers)
        assert first == second and first["status"] == 403

    async def test_makes_the_actor_with_all_his_roles_and_the_co_owners_he_is(
        self, service: InProcess, tenant: UUID
    ) -> None:
        subject, association, owners = uuid4(), uuid4(), sorted([uuid4(), uuid4()])
        for owner in owners:
            await service.give(subject, Role.OWNER, tenant, association, owner)
        await service.give(subject, Role.BOARD_MEMBER, tenant, association)
        await service.give(subject, Role.OWNER, tenant, uuid4(), uuid4())
        async with service.signed_in(subject) as client:
            assert (await client.get(f"associations/{association}/notes")).json() == {
                "subject": str(subject), "roles": ["board_member", "owner"], "tenant": str(tenant),
                "co_owners": [str(owner) for owner in owners],
            }  # fmt: skip


class TestARevokedGrant:
    async def test_is_not_honoured_for_longer_than_three_seconds(
        self, service: InProcess, tenant: UUID, notes: str
    ) -> None:
        subject = uuid4()
        await service.give(subject, Role.SYNDIC, tenant)
        async with service.signed_in(subject) as client:
            assert (await client.get(notes)).status_code == 200
            await write_local_grant(service.pool, subject, Role.SYNDIC, tenant, is_ended=True)
            revoked_at = time.monotonic()
            while (await client.get(notes)).status_code != 403:
                assert time.monotonic() - revoked_at < 3
                await asyncio.sleep(0.1)

    async def test_that_was_asked_for_is_not_honoured_for_longer_either(
        self, service: InProcess, tenant: UUID, notes: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(admission_module, "CACHE_SECONDS", 0.2)
        subject = uuid4()
        service.grants.held.append((subject, Grant(tenant, None, Role.SYNDIC, None)))
        async with service.signed_in(subject) as client:
            assert (await client.get(notes)).status_code == 200
            service.grants.held.clear()
            await asyncio.sleep(0.25)
            assert (await client.get(notes)).status_code == 403

    async def test_ends_by_the_message_that_says_so(self, service: InProcess, tenant: UUID) -> None:
        subject, grant = uuid4(), GrantChanged(grant_id=str(uuid4()), role="syndic", valid_from="2020-01-01")
        grant.subject, grant.organisation_id = str(subject), str(tenant)
        await keep_grant(UnitOfWork(service.pool, tenant), grant)
        held = "select count(*) from grants_of($1)"
        assert await service.pool.fetchval(held, subject) == 1
        grant.valid_until = "2021-01-01"
        for _ in range(2):
            await keep_grant(UnitOfWork(service.pool, tenant), grant)
        assert await service.pool.fetchval(held, subject) == 0


class TestWhileIdentityIsAway:
    async def test_who_is_known_works_on_and_who_is_not_is_told_to_come_back(
        self, service: InProcess, tenant: UUID, notes: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(subject: UUID, association: UUID | None) -> None:
            raise Unavailable("No answer.")

        monkeypatch.setattr(service.grants, "ask", away)
        known = uuid4()
        await service.give(known, Role.SYNDIC, tenant)
        async with service.signed_in(known) as client:
            assert (await client.get(notes)).status_code == 200
        async with service.signed_in(uuid4()) as client:
            assert (await client.get(notes)).status_code == 503


class TestTheSuperAdmin:
    async def test_is_admitted_to_the_platform(self, service: InProcess) -> None:
        async with service.signed_in(uuid4(), realm_roles=["super_admin"]) as client:
            assert (await client.get("platform")).json() == {"tenant": str(PLATFORM)}

    async def test_is_not_made_by_a_grant(self, service: InProcess, tenant: UUID) -> None:
        subject = uuid4()
        await service.give(subject, Role.SUPER_ADMIN, tenant)
        async with service.signed_in(subject, realm_roles=["admin", "offline_access"]) as client:
            assert (await client.get("platform")).status_code == 403

    async def test_is_refused_where_the_route_does_not_name_him(self, service: InProcess, notes: str) -> None:
        async with service.signed_in(uuid4(), realm_roles=["super_admin"]) as client:
            assert (await client.get(notes)).status_code == 403


class TestARouteThatDoesNotSayWhomItAdmits:
    def test_does_not_start(self) -> None:
        @get("/silent")
        async def silent() -> None: ...

        @get("/outspoken", opt=admits())
        async def outspoken() -> None: ...

        check_declared([outspoken])
        with pytest.raises(RuntimeError, match="silent"):
            check_declared([outspoken, silent])

    async def test_keeps_the_whole_application_from_starting(
        self, service: InProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from koprogo.kit.http import create_app

        def forgotten() -> HTTPRouteHandler:
            @get("/forgotten")
            async def handler() -> None: ...

            return handler

        with pytest.raises(RuntimeError, match="do not declare whom they admit"):
            create_app(
                "notes",
                [forgotten()],
                title="t",
                pool=service.pool,
                verifier=None,  # type: ignore[arg-type]
                admission=None,  # type: ignore[arg-type]
                dependencies={},
                checks={},
            )
