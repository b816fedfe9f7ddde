"""A syndic takes over a building: all of it, or nothing and every reason."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from koprogo.kit.database import UnitOfWork
from koprogo.kit.testing import InProcess, seen_rows
from koprogo.property.adapters.postgres.lots import PostgresLots

from .builders import Office, csv_of, lots, open_office, row, xlsx_of


async def stored(office: Office) -> dict[str, int]:
    async with (uow := UnitOfWork(office.service.pool, office.tenant)):
        seen = await seen_rows(uow.connection)
    return {name: seen[name] for name in ("lots", "co_owners", "ownerships", "mandataries")}


NOTHING = {"lots": 0, "co_owners": 0, "ownerships": 0, "mandataries": 0}
BUILDING = [
    row(lot_number="A1", lot_shares="600", owner_reference="O1"),
    row(lot_number="A2", lot_shares="395", owner_reference="O2", owner_name="Dubois", fraction="1/2", mandatary="x"),
    row(lot_number="A2", lot_shares="395", owner_reference="O3", owner_name="Maes", fraction="1/2"),
    row(lot_number="P1", lot_kind="parking", lot_shares="5", owner_reference="O1"),
]


class TestABuilding:
    @pytest.mark.parametrize("write", [csv_of, xlsx_of])
    async def test_is_taken_over_as_the_list_has_it(self, office: Office, write: Any) -> None:
        report = await office.imports(write(BUILDING))
        assert report.status_code == 200
        assert report.json() == {
            "dry_run": False, "rows": 4, "lots": 3, "co_owners": 3, "shares_sum": 1000, "share_denominator": 1000,
            "shares_difference": 0,
        }  # fmt: skip
        assert await stored(office) == {"lots": 3, "co_owners": 3, "ownerships": 4, "mandataries": 1}
        seen = await office.sees()
        assert (seen["shares_sum"], seen["shares_difference"], seen["lot_count"], seen["counted_lot_count"]) == (
            1000, 0, 3, 2,
        )  # fmt: skip
        listed = (await office.syndic.get(f"{office.path}/lots")).json()
        assert [lot["number"] for lot in listed] == ["A1", "P1", "A2"]
        assert [(h["name"], h["fraction"], h["is_mandatary"]) for h in listed[2]["holders"]] == [
            ("Dubois", "1/2", True), ("Maes", "1/2", False),
        ]  # fmt: skip

    async def test_may_come_in_two_lists_with_owners_of_both(self, office: Office) -> None:
        await office.imports(csv_of(BUILDING[:1]))
        second = await office.imports(csv_of(BUILDING[1:]))
        assert second.json()["shares_sum"] == 1000
        assert (await stored(office))["co_owners"] == 3

    async def test_of_five_thousand_rows_is_taken_over_in_seconds(self, service: InProcess) -> None:
        async with open_office(service, 50_000) as office:
            started = time.monotonic()
            report = await office.imports(csv_of(lots(5000)))
            assert report.json()["shares_difference"] == 0
            assert time.monotonic() - started < 15


class TestADryRun:
    async def test_shows_the_outcome_and_changes_nothing(self, office: Office) -> None:
        report = await office.imports(csv_of(BUILDING[:3]), dry_run="true")
        assert (report.json()["dry_run"], report.json()["shares_difference"]) == (True, -5)
        assert await stored(office) == NOTHING
        assert (await office.imports(csv_of(BUILDING))).status_code == 200

    async def test_shows_the_refusals_too(self, office: Office) -> None:
        report = await office.imports(csv_of([row(language="it")]), dry_run="true")
        assert (report.status_code, len(report.json()["rows"])) == (400, 1)


class TestAListWithAMistake:
    async def test_is_refused_with_every_row_and_nothing_is_kept(self, office: Office) -> None:
        answer = await office.imports(csv_of([*BUILDING, row(lot_number="B1", lot_shares="0"), row(lot_number="")]))
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["reason"] == "IMPORT_REFUSED"
        assert [(r["row"], r["column"], r["reason"]) for r in told["rows"]] == [
            (6, "lot_shares", "NOT_A_POSITIVE_INTEGER"), (7, "lot_number", "EMPTY"),
        ]  # fmt: skip
        assert await stored(office) == NOTHING

    async def test_leaves_nothing_when_the_database_goes_away_in_the_middle(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def away(*_: object) -> None:
            raise ConnectionResetError

        monkeypatch.setattr(PostgresLots, "designate", away)
        assert (await office.imports(csv_of(BUILDING))).status_code == 503
        assert await stored(office) == NOTHING

    async def test_is_refused_when_a_lot_is_already_there(self, office: Office) -> None:
        await office.imports(csv_of(BUILDING))
        again = await office.imports(csv_of(BUILDING))
        assert {r["reason"] for r in again.json()["rows"]} == {"LOT_EXISTS"}
        assert (await stored(office))["lots"] == 3


class TestTwoListsAtOnce:
    async def test_of_the_same_lots_are_taken_over_once(self, office: Office) -> None:
        answers = await asyncio.gather(*(office.imports(csv_of(BUILDING)) for _ in range(3)))
        assert sorted(a.status_code for a in answers) == [200, 400, 400]
        assert (await stored(office))["lots"] == 3

    async def test_of_other_lots_of_the_same_owner_are_both_taken_over(self, office: Office) -> None:
        answers = await asyncio.gather(
            office.imports(csv_of([row(lot_number="A1")])), office.imports(csv_of([row(lot_number="A2")]))
        )
        assert [a.status_code for a in answers] == [200, 200]
        assert await stored(office) == {"lots": 2, "co_owners": 1, "ownerships": 2, "mandataries": 0}


class TestTheTemplate:
    async def test_is_a_list_that_can_be_imported(self, office: Office) -> None:
        template = await office.syndic.get("import-template")
        assert (await office.imports(template.content)).status_code == 200
