"""Nobody sees or changes what is another organisation's, nor more than his role allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from koprogo.kernel.words import Role
from koprogo.kit.database import UnitOfWork
from koprogo.kit.testing import InProcess, seen_rows

from .builders import Office, csv_of, open_office, row

LIST = [
    row(lot_number="A1", lot_shares="600", owner_reference="O1"),
    row(lot_number="A2", lot_shares="400", owner_reference="O2", owner_name="Dubois", fraction="1/2", mandatary="x"),
    row(lot_number="A2", lot_shares="400", owner_reference="O3", owner_name="Maes", fraction="1/2"),
]


@pytest.fixture
async def building(office: Office) -> Office:
    assert (await office.imports(csv_of(LIST))).status_code == 200
    lots = (await office.syndic.get(f"{office.path}/lots")).json()
    made = await office.syndic.post(
        f"{office.path}/allocation-keys", json={"name": "Lift", "shares": {lots[0]["id"]: 1}}
    )
    assert made.status_code == 201
    return office


@pytest.fixture
async def other(service: InProcess) -> AsyncIterator[Office]:
    async with open_office(service) as other:
        yield other


async def lot_and_owner(office: Office) -> tuple[str, str]:
    lots = (await office.syndic.get(f"{office.path}/lots")).json()
    owners = (await office.syndic.get(f"{office.path}/co-owners")).json()
    return lots[0]["id"], owners[0]["id"]


async def every_route(office: Office) -> list[tuple[str, str, dict[str, Any]]]:
    lot, owner = await lot_and_owner(office)
    version = {"headers": {"if-match": '"1"'}}
    return [
        ("GET", office.path, {}),
        ("PATCH", office.path, {"json": {"name": "Stolen"}, **version}),
        ("GET", f"{office.path}/lots", {}),
        ("PATCH", f"{office.path}/lots/{lot}", {"json": {"shares": 1}, **version}),
        ("PUT", f"{office.path}/lots/{lot}/mandatary", {"json": {"co_owner_id": None, "since": "2026-01-01"}}),
        ("GET", f"{office.path}/lots/{lot}/ownerships", {}),
        ("POST", f"{office.path}/lots/{lot}/transfers", {"json": {
            "transferred_on": "2026-01-01", "holdings": [{"co_owner_id": owner}],
        }}),
        ("GET", f"{office.path}/voter-roll", {}),
        ("GET", f"{office.path}/co-owners", {}),
        ("PATCH", f"{office.path}/co-owners/{owner}", {"json": {"email": "x@example.org"}, **version}),
        ("POST", f"{office.path}/imports", {"content": csv_of([row(lot_number="Z9")])}),
        ("GET", f"{office.path}/allocation-keys", {}),
        ("POST", f"{office.path}/allocation-keys", {"json": {"name": "X", "shares": {lot: 1}}}),
        ("GET", f"organisations/{office.tenant}/associations", {}),
        ("POST", f"organisations/{office.tenant}/associations", {"json": {
            "name": "X", "enterprise_number": "0403019261", "address": ["x"], "region": "brussels",
            "languages": ["fr"], "share_denominator": 1,
        }}),
    ]  # fmt: skip


def templates(service: InProcess) -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for route in service.app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler) and route.path.startswith("/api/property/v1")
        for method in handler.http_methods - {"OPTIONS"}
    }


class TestAnotherOrganisation:
    async def test_is_refused_on_every_route_by_id(self, building: Office, other: Office) -> None:
        before = await building.sees(), (await building.syndic.get(f"{building.path}/lots")).json()
        routes = await every_route(building)
        for method, path, what in routes:
            answer = await other.syndic.request(method, path, **what)
            assert (answer.status_code, answer.json()["reason"]) == (403, "NOT_ADMITTED"), f"{method} {path}"
        assert (await building.sees(), (await building.syndic.get(f"{building.path}/lots")).json()) == before

    async def test_is_tried_on_every_route_there_is(self, service: InProcess, building: Office) -> None:
        tried = {
            (method, "/".join("{}" if len(p) == 36 else p for p in path.split("/")))
            for method, path, _ in await every_route(building)
        }
        there = {
            (method, "/".join("{}" if p.startswith("{") else p for p in path.split("/")[4:]))
            for method, path in templates(service)
        }
        assert there - tried == {("GET", "import-template")}

    async def test_finds_nothing_of_it_in_its_own(self, building: Office, other: Office) -> None:
        lot, owner = await lot_and_owner(building)
        listed = (await other.syndic.get(f"organisations/{other.tenant}/associations")).json()
        assert [one["id"] for one in listed] == [str(other.association)]
        version = {"if-match": '"1"'}
        tries = [
            await other.syndic.patch(f"{other.path}/lots/{lot}", json={"shares": 1}, headers=version),
            await other.syndic.patch(f"{other.path}/co-owners/{owner}", json={"name": "X"}, headers=version),
            await other.syndic.put(
                f"{other.path}/lots/{lot}/mandatary", json={"co_owner_id": owner, "since": "2026-01-01"}
            ),
            await other.syndic.get(f"{other.path}/lots/{lot}/ownerships"),
            await other.syndic.post(
                f"{other.path}/lots/{lot}/transfers",
                json={"transferred_on": "2026-01-01", "holdings": [{"co_owner_id": owner}]},
            ),
        ]
        assert [(t.status_code, t.json()["reason"]) for t in tries] == [(404, "NOT_FOUND")] * 5
        key = await other.syndic.post(f"{other.path}/allocation-keys", json={"name": "X", "shares": {lot: 1}})
        assert (key.status_code, key.json()["reason"]) == (400, "LOT_UNKNOWN")
        assert (await other.syndic.get(f"{other.path}/lots")).json() == []

    async def test_cannot_take_over_the_id_of_its_association(self, building: Office, other: Office) -> None:
        answer = await other.syndic.post(
            f"organisations/{other.tenant}/associations",
            json={
                "id": str(building.association), "name": "X", "enterprise_number": "0417497106", "address": ["x"],
                "region": "brussels", "languages": ["fr"], "share_denominator": 1,
            },
        )  # fmt: skip
        assert (answer.status_code, answer.json()["reason"]) == (409, "ASSOCIATION_EXISTS")

    async def test_sees_no_row_of_any_table(self, service: InProcess, building: Office) -> None:
        async with (own := UnitOfWork(service.pool, building.tenant)):
            rows = await seen_rows(own.connection)
        assert {name for name, count in rows.items() if count} >= {
            "associations", "lots", "co_owners", "ownerships", "mandataries", "allocation_keys",
            "allocation_key_shares", "grants",
        }  # fmt: skip
        async with (stranger := UnitOfWork(service.pool, uuid4())):
            assert set((await seen_rows(stranger.connection)).values()) == {0}


class TestARole:
    @pytest.mark.parametrize(
        ("role", "admitted"),
        [
            (Role.OWNER, {"GET"}),
            (Role.ACCOUNTANT, {"GET"}),
            (Role.BOARD_MEMBER, {"GET"}),
            (Role.CONTRACTOR, set[str]()),
        ],
    )
    async def test_other_than_the_syndics_changes_nothing(
        self, building: Office, role: Role, admitted: set[str]
    ) -> None:
        before = (await building.syndic.get(f"{building.path}/lots")).json()
        async with building.person(role, uuid4() if role is Role.OWNER else None) as person:
            for method, path, what in await every_route(building):
                answer = await person.request(method, path, **what)
                expected = 200 if method in admitted and path.startswith("associations") else 403
                assert answer.status_code == expected, f"{method} {path}: {answer.text}"
        assert (await building.syndic.get(f"{building.path}/lots")).json() == before

    async def test_of_nobody_is_asked_to_sign_in(self, service: InProcess, building: Office) -> None:
        async with service.client() as client:
            for method, path, what in await every_route(building):
                assert (await client.request(method, path, **what)).status_code == 401, f"{method} {path}"


class TestAnOwner:
    @pytest.fixture
    async def owners(self, building: Office) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await building.syndic.get(f"{building.path}/co-owners")).json()
        return found

    async def test_sees_the_contact_data_of_nobody_but_himself(
        self, building: Office, owners: list[dict[str, Any]]
    ) -> None:
        own = owners[0]["id"]
        async with building.person(Role.OWNER, UUID(own)) as owner:
            seen = (await owner.get(f"{building.path}/co-owners")).json()
        assert len(seen) == 3
        assert {one["id"]: (one["contact"] is not None, bool(one["reference"])) for one in seen} == {
            one["id"]: (one["id"] == own, one["id"] == own) for one in owners
        }

    async def test_changes_his_own_contact_data_but_not_his_name_nor_anothers(
        self, building: Office, owners: list[dict[str, Any]]
    ) -> None:
        own, others = owners[0]["id"], owners[1]["id"]

        async def change(client: httpx.AsyncClient, who: str, **what: object) -> tuple[int, str]:
            answer = await client.patch(f"{building.path}/co-owners/{who}", json=what, headers={"if-match": '"1"'})
            return answer.status_code, answer.json()["reason"] if answer.content else ""

        async with building.person(Role.OWNER, UUID(own)) as owner:
            assert await change(owner, others, email="me@example.org") == (403, "NOT_YOUR_CONTACT_DATA")
            assert await change(owner, own, name="Somebody Else") == (403, "NOT_YOUR_CONTACT_DATA")
            assert await change(owner, own, accepts_email=True) == (400, "EMAIL_MISSING")
            assert await change(owner, own, email="me@example.org", accepts_email=True) == (204, "")
        seen = (await building.syndic.get(f"{building.path}/co-owners")).json()
        assert [one["contact"]["email"] for one in seen if one["contact"]["accepts_email"]] == ["me@example.org"]
