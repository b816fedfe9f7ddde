"""Who opens organisations, invites and sees whom, over HTTP; and who does not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from koprogo.identity.adapters.own_grants import OwnGrants
from koprogo.identity.application.ports import KnownAssociation, KnownCoOwner
from koprogo.identity.main import wire
from koprogo.identity.settings import Settings
from koprogo.kernel.words import Language, Role
from koprogo.kit.database import pool
from koprogo.kit.process import Wiring
from koprogo.kit.tenants.dedicate import open_all
from koprogo.kit.testing import InProcess, Provider, in_process
from koprogo.stack.instance import Instance
from koprogo.stack.testing import superuser_url


class Property:
    """The neighbour, with one co-owner in every association it was told of."""

    def __init__(self) -> None:
        self.associations: dict[UUID, UUID] = {}
        self.co_owner = KnownCoOwner(uuid4(), "Peeters An", Language.NL, "an@zavel.example")

    async def association(self, association_id: UUID) -> KnownAssociation | None:
        organisation = self.associations.get(association_id)
        return KnownAssociation(organisation, "ACP Zavel") if organisation else None

    async def co_owners(
        self, organisation_id: UUID, association_id: UUID, ids: Sequence[UUID]
    ) -> Sequence[KnownCoOwner]:
        return [self.co_owner] if self.co_owner.id in ids else []


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider().serving() as provider:
        yield provider


@pytest.fixture
def neighbour() -> Property:
    return Property()


@pytest.fixture
async def service(database: Instance, provider: Provider, neighbour: Property) -> AsyncIterator[InProcess]:
    def change(wiring: Wiring) -> None:
        assert isinstance(wiring.grants_source, OwnGrants)
        wiring.grants_source = OwnGrants(wiring.grants_source._pool, neighbour)
        wiring.dependencies = {**wiring.dependencies, "property_": Provide(lambda: neighbour, sync_to_thread=False)}

    environment = database.environment("identity")
    async with in_process(Settings, wire, environment, provider, change=change) as service:
        yield service


@pytest.fixture
async def admin(service: InProcess) -> AsyncIterator[httpx.AsyncClient]:
    async with service.signed_in(uuid4(), realm_roles=["super_admin"]) as client:
        yield client


class Firm:
    """An organisation with its syndic and one association."""

    def __init__(self, service: InProcess) -> None:
        self.tenant, self.association, self.subject = uuid4(), uuid4(), uuid4()
        self.syndic = service.signed_in(self.subject)
        self.email = f"{self.tenant.hex}@office.example"


async def open_firm(service: InProcess, admin: httpx.AsyncClient, neighbour: Property) -> Firm:
    firm = Firm(service)
    body = {
        "id": str(firm.tenant),
        "name": "Office",
        "first_syndic": {"email": firm.email, "name": "Claire Dubois", "language": "fr"},
    }
    assert (await admin.post("organisations", json=body)).status_code == 201
    await service.give(firm.subject, Role.SYNDIC, firm.tenant)
    await service.give(firm.subject, Role.SYNDIC, firm.tenant, firm.association)
    neighbour.associations[firm.association] = firm.tenant
    return firm


@pytest.fixture
async def firm(service: InProcess, admin: httpx.AsyncClient, neighbour: Property) -> Firm:
    return await open_firm(service, admin, neighbour)


@pytest.fixture
async def other(service: InProcess, admin: httpx.AsyncClient, neighbour: Property) -> Firm:
    return await open_firm(service, admin, neighbour)


def person(role: str = "accountant") -> dict[str, str]:
    return {"email": f"{uuid4().hex}@office.example", "name": "Bo", "language": "nl", "role": role}


async def first_invitation(firm: Firm) -> str:
    found: list[dict[str, str]] = (await firm.syndic.get(f"organisations/{firm.tenant}/invitations")).json()
    return found[0]["id"]


async def every_route(firm: Firm, neighbour: Property) -> list[tuple[str, str, Any]]:
    invitation = await first_invitation(firm)
    organisation, association = f"organisations/{firm.tenant}", f"associations/{firm.association}"
    return [
        ("GET", organisation, None),
        ("GET", f"{organisation}/invitations", None),
        ("POST", f"{organisation}/invitations", person()),
        ("POST", f"{organisation}/invitations/{invitation}/mails", None),
        ("DELETE", f"{organisation}/invitations/{invitation}", None),
        ("GET", f"{association}/invitations", None),
        ("POST", f"{association}/invitations", person()),
        ("POST", f"{association}/owner-invitations", {"co_owner_ids": [str(neighbour.co_owner.id)]}),
        ("GET", "organisations", None),
        ("POST", "organisations", {"name": "X", "first_syndic": {"email": "x@x.be", "name": "X", "language": "fr"}}),
    ]


class TestAnotherOrganisation:
    async def test_is_refused_on_every_route(self, firm: Firm, other: Firm, neighbour: Property) -> None:
        before = (await firm.syndic.get(f"organisations/{firm.tenant}/invitations")).json()
        for method, path, body in await every_route(firm, neighbour):
            answer = await other.syndic.request(method, path, json=body)
            assert (answer.status_code, answer.json()["reason"]) == (403, "NOT_ADMITTED"), f"{method} {path}"
        assert (await firm.syndic.get(f"organisations/{firm.tenant}/invitations")).json() == before

    async def test_is_tried_on_every_route_there_is(self, service: InProcess, firm: Firm, neighbour: Property) -> None:
        tried = {
            (method, "/".join("{}" if len(part) == 36 else part for part in path.split("/")))
            for method, path, _ in await every_route(firm, neighbour)
        }
        there = {
            (method, "/".join("{}" if part.startswith("{") else part for part in route.path.split("/")[4:]))
            for route in service.app.routes
            for handler in getattr(route, "route_handlers", ())
            if isinstance(handler, HTTPRouteHandler) and route.path.startswith("/api/identity/v1")
            for method in handler.http_methods - {"OPTIONS"}
        }
        assert there - tried == {("GET", "me")}

    async def test_does_not_reach_an_invitation_by_its_id_from_its_own(self, firm: Firm, other: Firm) -> None:
        invitation = await first_invitation(firm)
        path = f"organisations/{other.tenant}/invitations/{invitation}"
        assert (await other.syndic.post(f"{path}/mails")).status_code == 404
        assert (await other.syndic.delete(path)).status_code == 404
        listed = (await other.syndic.get(f"organisations/{other.tenant}/invitations")).json()
        assert [one["email"] for one in listed] == [other.email]


class TestARole:
    @pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.BOARD_MEMBER, Role.OWNER, Role.CONTRACTOR])
    async def test_other_than_the_syndics_invites_and_revokes_nobody(
        self, service: InProcess, firm: Firm, neighbour: Property, role: Role
    ) -> None:
        subject = uuid4()
        await service.give(subject, role, firm.tenant)
        await service.give(subject, role, firm.tenant, firm.association, uuid4())
        routes = await every_route(firm, neighbour)
        async with service.signed_in(subject) as client:
            for method, path, body in routes:
                answer = await client.request(method, path, json=body)
                reads = role is Role.ACCOUNTANT and (method, path) == ("GET", f"organisations/{firm.tenant}")
                assert answer.status_code == (200 if reads else 403), f"{method} {path}"

    async def test_of_nobody_is_asked_to_sign_in(self, service: InProcess, firm: Firm, neighbour: Property) -> None:
        async with service.client() as client:
            for method, path, body in await every_route(firm, neighbour):
                assert (await client.request(method, path, json=body)).status_code == 401, f"{method} {path}"

    @pytest.mark.parametrize("role", ["super_admin", "syndic", "owner", "contractor"])
    async def test_that_is_not_given_by_invitation_is_refused_by_its_field(self, firm: Firm, role: str) -> None:
        answer = await firm.syndic.post(f"associations/{firm.association}/invitations", json=person(role))
        assert (answer.status_code, answer.json()["reason"]) == (400, "ROLE_NOT_GIVEN_HERE")
        assert [error["field"] for error in answer.json()["errors"]] == ["role"]


class TestTheSuperAdmin:
    async def test_lists_organisations_and_sees_the_invitations_of_one(
        self, admin: httpx.AsyncClient, firm: Firm
    ) -> None:
        ids, path = [], "organisations?limit=200"
        while path:
            answer = await admin.get(path)
            ids += [one["id"] for one in answer.json()]
            link = answer.headers.get("link", "")
            path = f"http://koprogo.test{link[1 : link.index('>')]}" if link else ""
        assert str(firm.tenant) in ids
        assert (await admin.get(f"organisations/{firm.tenant}/invitations")).json()[0]["email"] == firm.email

    async def test_lists_those_who_have_a_database_of_their_own_among_the_others(
        self, service: InProcess, database: Instance, admin: httpx.AsyncClient, firm: Firm,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(pool, "PLACES_SECONDS", 0.0)
        own, tenant = f"t_{uuid4().hex[:8]}_identity", uuid4()
        superuser = await asyncpg.connect(superuser_url(database, "postgres"))
        await superuser.execute(f"create database {own} owner identity_owner")
        await superuser.close()
        await service.operator.dedicate(tenant, own)
        await open_all(
            service.pool, database.database_url("identity", "owner"), "koprogo.identity", only_new=True
        )  # fmt: skip
        syndic = {"email": "s@office.example", "name": "S", "language": "fr"}
        body = {"id": str(tenant), "name": "Apart", "first_syndic": syndic}
        assert (await admin.post("organisations", json=body)).status_code == 201
        listed = [one["id"] for one in (await admin.get("organisations?limit=200")).json()]
        assert {str(tenant), str(firm.tenant)} <= set(listed)
        assert listed == sorted(listed)
        async with service.pool.lend(tenant) as connection, connection.transaction():
            await connection.execute(f"set local koprogo.tenant = '{tenant}'")
            assert await connection.fetchval("select count(*) from organisations") == 1

    async def test_works_on_an_association_whose_event_is_still_under_way(
        self, admin: httpx.AsyncClient, firm: Firm
    ) -> None:
        assert (await admin.get(f"associations/{firm.association}/invitations")).json() == []
        assert (await admin.get(f"associations/{uuid4()}/invitations")).status_code == 403

    async def test_does_not_open_an_organisation_twice(self, admin: httpx.AsyncClient, firm: Firm) -> None:
        body = {
            "id": str(firm.tenant), "name": "Office",
            "first_syndic": {"email": "x@office.example", "name": "X", "language": "fr"},
        }  # fmt: skip
        answer = await admin.post("organisations", json=body)
        assert (answer.status_code, answer.json()["reason"]) == (409, "ORGANISATION_EXISTS")


class TestWhoIsSignedIn:
    async def test_sees_what_he_may_do(self, service: InProcess, firm: Firm) -> None:
        seen = (await firm.syndic.get("me")).json()
        assert (seen["subject"], seen["is_super_admin"]) == (str(firm.subject), False)
        assert {(g["organisation_id"], g["association_id"], g["role"]) for g in seen["grants"]} == {
            (str(firm.tenant), None, "syndic"), (str(firm.tenant), str(firm.association), "syndic"),
        }  # fmt: skip

    async def test_in_nobodys_service_sees_that_he_may_do_nothing(self, service: InProcess) -> None:
        async with service.signed_in(uuid4()) as client:
            assert (await client.get("me")).json()["grants"] == []
