"""Lists, corrections with If-Match, mandataries without overlap, and the voter roll of a day."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from koprogo.kit.database import UnitOfWork
from koprogo.kit.testing import InProcess
from koprogo.property.adapters.postgres.unit_of_work import PostgresUnitOfWork

from .builders import Office, csv_of, lots, open_office, row

DIVIDED = [
    row(lot_number="A1", lot_shares="600", owner_reference="O1"),
    row(lot_number="A2", lot_shares="400", owner_reference="O2", owner_name="Dubois", fraction="1/2"),
    row(lot_number="A2", lot_shares="400", owner_reference="O3", owner_name="Maes", fraction="1/2"),
]


@pytest.fixture
async def building(office: Office) -> Office:
    assert (await office.imports(csv_of(DIVIDED))).status_code == 200
    return office


async def lot(office: Office, number: str, **query: str) -> dict[str, Any]:
    found = (await office.syndic.get(f"{office.path}/lots", params=query)).json()
    return next(one for one in found if one["number"] == number)


class TestFourHundredLots:
    async def test_are_read_page_by_page_in_their_order(self, service: InProcess) -> None:
        async with open_office(service, 4000) as office:
            await office.imports(csv_of(lots(400)))
            for limit in (200, 150, 30):
                seen: list[str] = []
                path = f"{office.path}/lots?limit={limit}&on=2026-01-01"
                while path:
                    answer = await office.syndic.get(path)
                    seen += [one["number"] for one in answer.json()]
                    link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
                    path = f"http://koprogo.test{link[1]}" if link else ""
                    assert not path or "on=2026-01-01" in path, "the next page is of another day"
                assert seen == [str(n) for n in range(1, 401)]
            owners = (await office.syndic.get(f"{office.path}/co-owners", params={"limit": "200"})).json()
            more = await office.syndic.get(
                f"{office.path}/co-owners", params={"limit": "200", "after": owners[-1]["id"]}
            )
            assert len({one["id"] for one in [*owners, *more.json()]}) == 400
            assert "link" not in more.headers

    async def test_are_not_sent_again_while_they_have_not_changed(self, building: Office) -> None:
        first = await building.syndic.get(f"{building.path}/lots")
        again = await building.syndic.get(f"{building.path}/lots", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


class TestCorrecting:
    async def test_a_lot_names_the_version_that_was_read(self, building: Office) -> None:
        found = await lot(building, "A1")
        path = f"{building.path}/lots/{found['id']}"
        assert (await building.syndic.patch(path, json={"shares": 601})).json()["reason"] == "IF_MATCH_MISSING"
        done = await building.syndic.patch(path, json={"shares": 601}, headers={"if-match": '"1"'})
        assert (done.status_code, done.headers["etag"]) == (204, '"2"')
        stale = await building.syndic.patch(path, json={"shares": 602}, headers={"if-match": '"1"'})
        assert (stale.status_code, stale.json()["reason"]) == (412, "CHANGED_MEANWHILE")
        assert ((await lot(building, "A1"))["shares"], (await building.sees())["shares_difference"]) == (601, 1)

    async def test_a_lot_twice_at_once_is_done_once(self, building: Office) -> None:
        path = f"{building.path}/lots/{(await lot(building, 'A1'))['id']}"
        answers = await asyncio.gather(
            *(building.syndic.patch(path, json={"shares": n}, headers={"if-match": '"1"'}) for n in (1, 2, 3, 4))
        )
        assert sorted(a.status_code for a in answers) == [204, 412, 412, 412]

    async def test_an_association_tells_its_neighbours(self, service: InProcess, office: Office) -> None:
        done = await office.syndic.patch(office.path, json={"name": "Sablon II"}, headers={"if-match": '"1"'})
        assert (done.json()["name"], done.headers["etag"]) == ("Sablon II", '"2"')
        async with (uow := UnitOfWork(service.pool, office.tenant)):
            await uow.connection.execute("set local koprogo.relay = 'on'")
            rows = await uow.connection.fetch(
                "select topic, key, payload from outbox where tenant_id = $1 order by position", office.tenant
            )
        assert [(r["topic"], r["key"]) for r in rows] == [("property.association", str(office.association))] * 2
        assert b"Sablon II" in rows[1]["payload"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [({"shares": 0}, "shares"), ({"shares": "many"}, "shares"), ({"kind": "castle"}, "kind"), ({"x": 1}, "x")],
    )
    async def test_a_lot_with_a_wrong_value_names_the_field(
        self, building: Office, body: dict[str, object], field: str
    ) -> None:
        path = f"{building.path}/lots/{(await lot(building, 'A1'))['id']}"
        answer = await building.syndic.patch(path, json=body, headers={"if-match": '"1"'})
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (400, [field])


class TestAMandatary:
    async def designate(self, office: Office, who: str | None, since: str) -> tuple[int, str]:
        found = await lot(office, "A2")
        answer = await office.syndic.put(
            f"{office.path}/lots/{found['id']}/mandatary", json={"co_owner_id": who, "since": since}
        )
        return answer.status_code, answer.json()["reason"] if answer.content else ""

    async def periods(self, office: Office) -> list[tuple[str, date, date | None]]:
        async with (uow := UnitOfWork(office.service.pool, office.tenant)):
            rows = await uow.connection.fetch(
                "select c.name, lower(m.valid_during) as since, upper(m.valid_during) as until"
                " from mandataries m join co_owners c on c.id = m.co_owner_id order by since"
            )
        return [(r["name"], r["since"], r["until"]) for r in rows]

    async def holders(self, office: Office) -> dict[str, str]:
        return {h["name"]: h["co_owner_id"] for h in (await lot(office, "A2"))["holders"]}

    async def test_follows_the_one_before_without_overlap(self, building: Office) -> None:
        who = await self.holders(building)
        assert await self.designate(building, who["Dubois"], "2021-01-01") == (204, "")
        assert await self.designate(building, who["Maes"], "2022-01-01") == (204, "")
        assert await self.designate(building, None, "2023-01-01") == (204, "")
        assert await self.periods(building) == [
            ("Dubois", date(2021, 1, 1), date(2022, 1, 1)), ("Maes", date(2022, 1, 1), date(2023, 1, 1)),
        ]  # fmt: skip

    async def test_since_an_earlier_day_replaces_what_came_after(self, building: Office) -> None:
        who = await self.holders(building)
        for name, since in (("Dubois", "2021-01-01"), ("Maes", "2023-01-01"), ("Maes", "2022-01-01")):
            await self.designate(building, who[name], since)
        assert await self.periods(building) == [
            ("Dubois", date(2021, 1, 1), date(2022, 1, 1)), ("Maes", date(2022, 1, 1), None),
        ]  # fmt: skip

    async def test_is_one_when_two_are_named_at_the_same_moment(self, building: Office) -> None:
        who = await self.holders(building)
        lot_id = UUID((await lot(building, "A2"))["id"])

        async def second() -> None:
            async with (uow := PostgresUnitOfWork(building.service.pool, building.tenant)):
                await uow.lots.designate(lot_id, UUID(who["Maes"]), date(2021, 1, 1))

        async with (first := PostgresUnitOfWork(building.service.pool, building.tenant)):
            await first.lots.designate(lot_id, UUID(who["Dubois"]), date(2021, 1, 1))
            waiting = asyncio.create_task(second())
            await asyncio.sleep(0.1)
        await waiting
        assert await self.periods(building) == [("Maes", date(2021, 1, 1), None)]

    async def test_speaks_only_for_a_lot_of_several_and_only_as_one_of_them(self, building: Office) -> None:
        owner = (await lot(building, "A1"))["holders"][0]["co_owner_id"]
        assert await self.designate(building, owner, "2021-01-01") == (400, "NOT_A_HOLDER")
        single = (await lot(building, "A1"))["id"]
        answer = await building.syndic.put(
            f"{building.path}/lots/{single}/mandatary", json={"co_owner_id": owner, "since": "2021-01-01"}
        )
        assert answer.json()["reason"] == "LOT_NOT_DIVIDED"
        assert await self.periods(building) == []


class TestTheVoterRollOfADay:
    async def test_follows_the_mandatary_of_that_day(self, building: Office) -> None:
        found = await lot(building, "A2")
        maes = next(h["co_owner_id"] for h in found["holders"] if h["name"] == "Maes")
        await building.syndic.put(
            f"{building.path}/lots/{found['id']}/mandatary", json={"co_owner_id": maes, "since": "2022-01-01"}
        )

        async def roll(on: str) -> dict[str, tuple[int, bool, list[str]]]:
            answer = await building.syndic.get(f"{building.path}/voter-roll", params={"on": on})
            return {v["name"]: (v["votes"], v["is_suspended"], v["contacts"]) for v in answer.json()}

        together = next(name for name in await roll("2022-01-01") if "–" in name)
        assert (await roll("2022-01-01"))[together] == (400, False, ["Maes"])
        votes, suspended, contacts = (await roll("2021-12-31"))[together]
        assert (votes, suspended, sorted(contacts)) == (400, True, ["Dubois", "Maes"])
        assert sum(votes for votes, _, _ in (await roll("2021-12-31")).values()) == 1000

    async def test_is_refused_with_the_difference_while_the_shares_do_not_add_up(self, building: Office) -> None:
        path = f"{building.path}/lots/{(await lot(building, 'A1'))['id']}"
        await building.syndic.patch(path, json={"shares": 590}, headers={"if-match": '"1"'})
        answer = await building.syndic.get(f"{building.path}/voter-roll")
        assert (answer.status_code, answer.json()["reason"]) == (409, "SHARES_DO_NOT_ADD_UP")
        assert answer.json()["metadata"] == {"shares_sum": "990", "share_denominator": "1000", "difference": "-10"}

    async def test_is_refused_on_a_day_before_anybody_owned(self, building: Office) -> None:
        answer = await building.syndic.get(f"{building.path}/voter-roll", params={"on": "2019-12-31"})
        assert (answer.status_code, answer.json()["reason"]) == (409, "LOT_WITHOUT_OWNER")
        tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011
        assert (await building.syndic.get(f"{building.path}/voter-roll", params={"on": tomorrow})).status_code == 200

    async def test_is_refused_for_a_day_that_is_none(self, building: Office) -> None:
        answer = await building.syndic.get(f"{building.path}/voter-roll", params={"on": "soon"})
        assert (answer.status_code, [e["field"] for e in answer.json()["errors"]]) == (400, ["on"])
