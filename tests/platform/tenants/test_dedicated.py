"""A tenant of the dedicated tier, with every real part: all of him is in databases and a bucket of his own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg
import pytest

from koprogo.operator.plan import farewell, plan
from koprogo.operator.tenant import FirstSyndic, TenantSpec, Tier
from koprogo.stack.client import accept_invitation, eventually, mails
from koprogo.stack.demo.building import as_csv
from koprogo.stack.instance import SERVICES
from koprogo.stack.testing import superuser_url
from tests.platform.cluster.databases import databases_are_made, psql
from tests.platform.tenants.place import PATHS, Object, Place, associations, made, new_association, tenant
from tests.platform.tenants.test_life import KEPT, PASSWORD, PDF

WISH = TenantSpec(
    slug="any", display_name="Any", tenant_id=uuid.uuid4(), plan="pro", languages=["fr"], tier=Tier.DEDICATED,
    first_syndic=FirstSyndic("any@office.example", "Any", "fr"),
)  # fmt: skip
OWN = ("database", "bucket", "dedicate", "drop-bucket", "drop-database")


@pytest.fixture(scope="module", autouse=True)
def made_in_postgresql(place: Place) -> Iterator[None]:
    with databases_are_made(place.cluster, place.instance):
        yield


def databases(place: Place, slug: str) -> set[str]:
    """Of PostgreSQL and of the cluster, when they say the same."""
    there = {f"t_{slug}_{service}" for service in SERVICES if not _lacks(place, f"t_{slug}_{service}")}
    asked = {one["spec"]["name"] for one in place.cluster.items(PATHS["database"])}
    assert {name for name in asked if name.startswith(f"t_{slug}_")} == there
    return there


def _lacks(place: Place, database: str) -> str:
    return psql(place.instance, f"select 1 / count(*) from pg_database where datname = '{database}'")


def buckets(place: Place) -> set[str]:
    return {one.name for one in place.store().list_buckets()}


def own_files(place: Place, slug: str) -> list[str]:
    return [one.object_name for one in place.store().list_objects(f"t-{slug}", recursive=True)]


async def own_rows(place: Place, slug: str, *words: str) -> dict[str, int]:
    found = {service: await place._rows(f"t_{slug}_{service}", *words) for service in SERVICES}
    return {f"{service}.{table}": count for service, tables in found.items() for table, count in tables.items()}


@pytest.fixture(scope="module")
def alone(place: Place) -> Mapping[str, Any]:
    """One who has begun: an association, its lots, and a file."""
    one = made(place, "eigen", tier="dedicated")
    syndic = accept_invitation(place.instance, "eigen@office.example", PASSWORD)
    association = syndic.post(associations(one), new_association())["id"]
    syndic.post(f"property/v1/associations/{association}/imports", content=as_csv(association))
    files = f"documents/v1/associations/{association}/documents"
    document = syndic.post(files, content=PDF, params={"file_name": "deed.pdf"})["id"]
    return {"one": one, "id": one["spec"]["tenantId"], "syndic": syndic, "association": association,
            "file": f"{files}/{document}"}  # fmt: skip


class TestADedicatedTenant:
    def test_has_a_database_in_each_service_and_a_bucket(self, place: Place, alone: Mapping[str, Any]) -> None:
        assert databases(place, "eigen") == {f"t_eigen_{service}" for service in SERVICES}
        assert "t-eigen" in buckets(place)
        status = place.status("tenant", "eigen")
        told = {one["type"]: one["status"] for one in status["conditions"]}
        assert set(told.values()) == {"True"}
        assert {"DatabaseReady", "StorageReady", "ServicesReady", "Ready"} <= set(told)

    async def test_has_all_his_rows_there_and_nowhere_else(self, place: Place, alone: Mapping[str, Any]) -> None:
        words = (alone["id"], alone["association"], "eigen@office.example")
        # Facts have travelled once the others have heard of them.
        eventually(lambda: alone["syndic"].get(f"property/v1/associations/{alone['association']}/voter-roll"))
        assert set(await place.rows(*words)) <= KEPT
        rows = await own_rows(place, "eigen", *words)
        assert rows["property.lots"] > 30
        assert {"identity.organisations", "identity.invitations", "identity.grants", "property.associations",
                "property.grants", "documents.documents"} <= set(rows)  # fmt: skip

    def test_has_all_his_files_there_and_nowhere_else(self, place: Place, alone: Mapping[str, Any]) -> None:
        (file,) = own_files(place, "eigen")
        assert file.startswith(f"{alone['id']}/{alone['association']}/")
        assert [key for key in place.files() if alone["id"] in key] == []
        assert alone["syndic"].get(f"{alone['file']}/content") == PDF

    async def test_shares_his_databases_with_nobody(self, place: Place, alone: Mapping[str, Any]) -> None:
        other = made(place, "beside")
        syndic = accept_invitation(place.instance, "beside@office.example", PASSWORD)
        association = syndic.post(associations(other), new_association())["id"]
        words = (other["spec"]["tenantId"], association, "beside@office.example")
        assert "property.associations" in await place.rows(*words)
        assert await own_rows(place, "eigen", *words) == {}
        for stranger, wanted in ((syndic, alone["one"]), (alone["syndic"], other)):
            assert stranger.ask("GET", associations(wanted)).status_code == 403

    def test_is_suspended_and_resumed_like_the_others(self, place: Place, alone: Mapping[str, Any]) -> None:
        def write() -> int:
            return alone["syndic"].ask("POST", associations(alone["one"]), json=new_association()).status_code  # type: ignore[no-any-return]

        place.change("eigen", suspended=True)
        eventually(lambda: write() == 403, seconds=60)
        assert alone["syndic"].get(associations(alone["one"])) is not None
        place.change("eigen", suspended=False)
        place.until("tenant", "eigen", "Ready")
        eventually(lambda: write() < 300, seconds=30)

    def test_keeps_a_database_whose_object_somebody_deletes(self, place: Place, alone: Mapping[str, Any]) -> None:
        before = place.corrected("database")
        place.delete("t-eigen-finance", "database")
        eventually(lambda: place.corrected("database") > before, seconds=30)
        place.until("tenant", "eigen", "Ready")
        assert "t_eigen_finance" in databases(place, "eigen")
        assert alone["syndic"].get(associations(alone["one"])) is not None

    async def test_leaves_nothing_but_an_archive_and_comes_back_from_it(
        self, place: Place, alone: Mapping[str, Any]
    ) -> None:
        roll = alone["syndic"].get(f"property/v1/associations/{alone['association']}/voter-roll")
        place.delete("eigen")
        archive = eventually(lambda: place.status("tenant", "eigen").get("archive"), seconds=30)
        place.until_gone("eigen")
        assert databases(place, "eigen") == set()
        assert "t-eigen" not in buckets(place)
        assert set(await place.rows(alone["id"], alone["association"], "eigen@office.example")) == KEPT
        assert place.organisations(alone["id"]) == []
        # From one tier to the other: that is how a tenant moves.
        place.apply(tenant("wieder", firstSyndic=None, tier="dedicated"))
        place.restore("wieder", archive, "wieder")
        compared = place.until("tenantrestore", "wieder", "Complete")["compared"]
        assert all(one["equal"] for one in compared.values())
        assert compared["files"]["restored"] == 1
        place.until("tenant", "wieder", "Ready")
        assert len(own_files(place, "wieder")) == 1
        assert alone["syndic"].get(f"property/v1/associations/{alone['association']}/voter-roll") == roll
        assert alone["syndic"].get(f"{alone['file']}/content") == PDF
        place.delete("wieder")
        place.until_gone("wieder")


@pytest.mark.usefixtures("quieter")
class TestAnOperatorThatIsKilled:
    async def test_after_each_step_makes_each_thing_once_and_takes_all_down(self, place: Place) -> None:
        one = tenant("broken", tier="dedicated")
        for position, step in enumerate(names(plan(WISH, SERVICES))):
            place.dies_after(f"broken/{step}", lambda: place.apply(one) if position == 0 else None)  # noqa: B023
        place.start()
        place.until("tenant", "broken", "Ready", 60)
        assert len(databases(place, "broken")) == len(SERVICES)
        eventually(lambda: mails(place.instance, "broken@office.example"), seconds=30)
        assert len(mails(place.instance, "broken@office.example")) == len(place.organisations("broken")) == 1
        assert await _count(place, "organisations", one) == await _count(place, "invitations", one) == 1
        for position, step in enumerate(names(farewell(WISH, SERVICES))):
            place.dies_after(f"broken/{step}", lambda: place.delete("broken") if position == 0 else None)  # noqa: B023
        place.start()
        place.until_gone("broken")
        assert databases(place, "broken") == set()
        assert "t-broken" not in buckets(place)
        assert set(await place.rows(one["spec"]["tenantId"])) == KEPT


def names(steps: Any) -> list[str]:
    """Of those that the others do not have: theirs are killed elsewhere."""
    return [step.name for step in steps if step.deed in OWN]


async def _count(place: Place, table: str, one: Object) -> int:
    superuser = await asyncpg.connect(superuser_url(place.instance, f"t_{one['spec']['slug']}_identity"))
    try:
        found: int = await superuser.fetchval(f"select count(*) from {table}")
        return found
    finally:
        await superuser.close()
