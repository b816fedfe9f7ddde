"""A tenant's life, led by the operator as a process of its own, with the token and the roles of its chart."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec
import pytest

from koprogo.operator.plan import farewell, plan
from koprogo.operator.tenant import Domain, FirstSyndic, TenantSpec
from koprogo.stack.client import Person, accept_invitation, eventually, mails
from koprogo.stack.demo.building import as_csv
from koprogo.stack.instance import SERVICES
from koprogo.stack.testing import superuser_url
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb
from tests.platform.tenants.place import INTERVAL, Object, Place, associations, made, new_association, tenant

PASSWORD = "a pass phrase for tests"
DOMAINS = ("httproute", "gateway", "certificate")
"""Kinds of what there is for each domain."""
KEPT = {f"{service}.{table}" for service in SERVICES for table in ("tenants", "tenant_operations")}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class TestATenantWhoIsMade:
    def test_is_ready_in_half_a_minute_and_his_syndic_begins(self, place: Place) -> None:
        began = time.monotonic()
        one = made(place, "dubois")
        assert time.monotonic() - began < 30
        (organisation,) = place.organisations(one["spec"]["tenantId"])
        assert organisation["attributes"]["slug"] == ["dubois"]
        syndic = accept_invitation(place.instance, "dubois@office.example", PASSWORD)
        assert len(mails(place.instance, "dubois@office.example")) == 1
        assert syndic.post(associations(one), new_association())["id"]

    def test_is_refused_when_his_id_is_another_tenants(self, place: Place) -> None:
        first = made(place, "first")
        place.apply(tenant("second", tenantId=first["spec"]["tenantId"]))
        status = place.until("tenant", "second", "Pending")
        assert {one["reason"] for one in status["conditions"]} == {"TenantIdTaken"}
        # He takes nothing of the first with him.
        place.delete("second")
        place.until_gone("second")
        assert place.organisations(first["spec"]["tenantId"])
        assert place.status("tenant", "first")["phase"] == "Ready"

    def test_takes_little_memory_of_the_operator(self, place: Place) -> None:
        assert 0 < place.figure("process_resident_memory_bytes") < 128 * 1024 * 1024


class TestASuspendedTenant:
    def test_reads_and_does_not_write_until_he_is_resumed(self, place: Place) -> None:
        one = made(place, "paused")
        syndic = accept_invitation(place.instance, "paused@office.example", PASSWORD)
        place.change("paused", suspended=True)
        began = time.monotonic()
        eventually(lambda: _write(syndic, one) == (403, "TENANT_SUSPENDED"), seconds=60)
        assert time.monotonic() - began < 60
        assert syndic.get(associations(one)) is not None
        status = place.until("tenant", "paused", "Suspended")
        assert {one["status"] for one in status["conditions"]} == {"True"}
        place.change("paused", suspended=False)
        place.until("tenant", "paused", "Ready")
        eventually(lambda: _write(syndic, one)[0] < 300, seconds=30)

    async def test_is_suspended_again_when_somebody_else_resumed_him(self, place: Place) -> None:
        one = made(place, "undone")
        place.change("undone", suspended=True)
        place.until("tenant", "undone", "Suspended")
        before = place.corrected("suspend")
        resume = pb.ResumeRequest(operation_id=str(uuid.uuid4()), tenant_id=one["spec"]["tenantId"])
        await place.ask_by_hand("finance", "Resume", resume)
        began = time.monotonic()
        while place.corrected("suspend") == before:
            assert time.monotonic() - began < 3 * INTERVAL
            await asyncio.sleep(0.2)


class TestATenantsQuota:
    async def test_is_that_of_his_plan_until_another_is_agreed(self, place: Place) -> None:
        one = made(place, "hasty", plan="starter")
        assert await place.told("hasty") == dict.fromkeys(SERVICES, 600)
        place.change("hasty", quotas={"requestsPerMinute": 60})
        status = place.until("tenant", "hasty", "Ready")
        assert {"True"} == {c["status"] for c in status["conditions"] if c["type"] == "QuotaApplied"}
        assert await place.told("hasty") == dict.fromkeys(SERVICES, 60)
        syndic = accept_invitation(place.instance, "hasty@office.example", PASSWORD)

        def held_back() -> set[int]:
            answers = [syndic.ask("GET", associations(one)) for _ in range(70)]
            return {answer.status_code for answer in answers} & {429}

        eventually(held_back)

    async def test_is_put_right_when_somebody_changed_it_by_hand(self, place: Place) -> None:
        one = made(place, "generous")
        before = place.corrected("quotas")
        await place.ask_by_hand(
            "finance",
            "SetQuotas",
            pb.SetQuotasRequest(operation_id=str(uuid.uuid4()), tenant_id=one["spec"]["tenantId"]),
        )
        eventually(lambda: place.corrected("quotas") == before + 1, seconds=3 * INTERVAL)
        assert await place.told("generous") == dict.fromkeys(SERVICES, 3_000)


def _write(syndic: Person, one: Object) -> tuple[int, str]:
    answer = syndic.ask("POST", associations(one), json=new_association())
    return answer.status_code, answer.json().get("reason", "")


@pytest.fixture(scope="module")
def drifting(place: Place) -> Object:
    return made(place, "drifting", domains=[{"host": "kantoor.example"}, {"host": "bureau.example"}])


class TestWhatSomebodyChangesByHand:
    @pytest.mark.parametrize("deed", ["deleted", "renamed"])
    def test_is_put_right_at_keycloak_within_the_interval_and_counted(
        self, place: Place, drifting: Object, deed: str
    ) -> None:
        word, before = drifting["spec"]["tenantId"], place.corrected("organisation")
        place.drop_organisation(word) if deed == "deleted" else place.rename_organisation(word, "Somebody's")
        eventually(lambda: place.corrected("organisation") == before + 1, seconds=3 * INTERVAL)
        (found,) = place.organisations(word)
        assert found["name"].startswith("Bureau drifting")

    @pytest.mark.parametrize(
        ("kind", "deed"), [("httproute", "route"), ("gateway", "door"), ("certificate", "certificate")]
    )
    def test_is_put_right_in_the_cluster_and_counted(
        self, place: Place, drifting: Object, kind: str, deed: str
    ) -> None:
        before = place.corrected(deed)
        place.delete("drifting.kantoor.example", kind)
        eventually(lambda: "drifting.kantoor.example" in place.routed(kind), seconds=3 * INTERVAL)
        eventually(lambda: place.corrected(deed) == before + 1, seconds=3 * INTERVAL)

    def test_leaves_no_route_of_a_domain_that_is_no_longer_his(self, place: Place, drifting: Object) -> None:
        place.change("drifting", domains=[{"host": "kantoor.example"}])
        status = place.until("tenant", "drifting", "Ready")
        for kind in DOMAINS:
            assert [name for name in place.routed(kind) if name.startswith("drifting.")] == ["drifting.kantoor.example"]
        assert "route-bureau.example" not in status["components"]


@pytest.fixture(scope="module")
def left(place: Place) -> Mapping[str, Any]:
    """One with lots and a file, who was archived and is gone."""
    syndic_at = {"email": "claire@office.example", "name": "Claire Dubois", "language": "fr"}
    one = made(place, "zwaluw", firstSyndic=syndic_at, domains=[{"host": "zwaluw.example"}])
    syndic = accept_invitation(place.instance, "claire@office.example", PASSWORD)
    association = syndic.post(associations(one), new_association())["id"]
    syndic.post(f"property/v1/associations/{association}/imports", content=as_csv(association))
    files = f"documents/v1/associations/{association}/documents"
    document = syndic.post(files, content=PDF, params={"file_name": "deed.pdf"})["id"]
    roll = syndic.get(f"property/v1/associations/{association}/voter-roll")
    asyncio.run(place.bury(one["spec"]["tenantId"]))
    said = asyncio.run(place.said(one["spec"]["tenantId"]))
    assert {topic for topic, _ in said} == {"identity.grant", "property.association", "property.lot.dlq"}
    place.delete("zwaluw")
    archive = eventually(lambda: place.status("tenant", "zwaluw").get("archive"), seconds=30)
    place.until_gone("zwaluw")
    return {"one": one, "syndic": syndic, "association": association, "archive": archive, "roll": roll,
            "file": f"{files}/{document}"}  # fmt: skip


class TestATenantWhoLeaves:
    async def test_leaves_nothing_but_that_his_id_is_used_up(self, place: Place, left: Mapping[str, Any]) -> None:
        id_ = left["one"]["spec"]["tenantId"]
        assert set(await place.rows(id_, "zwaluw")) == KEPT
        assert [key for key in place.files() if id_ in key and not key.startswith(f"archives/{id_}/")] == []
        assert place.organisations(id_) == place.organisations("zwaluw") == []
        assert await place.rows_of_keycloak(id_, "zwaluw") == {}
        assert [name for kind in DOMAINS for name in place.routed(kind) if "zwaluw" in name] == []
        async with asyncio.timeout(30):
            # The relays carry the tombstones a moment later.
            while said := await place.said(id_):
                assert "property.lot.dlq" not in {topic for topic, _ in said}

    def test_comes_back_from_his_archive_with_equal_counts_and_hashes(
        self, place: Place, left: Mapping[str, Any]
    ) -> None:
        place.apply(tenant("zwaluw-again", firstSyndic=None))
        waiting = place.until("tenant", "zwaluw-again", "Pending")
        assert "AwaitsRestore" in {one["reason"] for one in waiting["conditions"]}
        place.restore("again", left["archive"], "zwaluw-again")
        compared = place.until("tenantrestore", "again", "Complete")["compared"]
        assert set(compared) == {*SERVICES, "files"}
        for one in compared.values():
            assert one["equal"]
            assert one["archived"] == one["restored"] > 0
        place.until("tenant", "zwaluw-again", "Ready")
        syndic, association = left["syndic"], left["association"]
        assert syndic.get(f"property/v1/associations/{association}/voter-roll") == left["roll"]
        assert syndic.get(f"{left['file']}/content") == PDF

    def test_is_not_restored_into_one_who_has_begun(self, place: Place, left: Mapping[str, Any]) -> None:
        made(place, "busy")
        place.restore("into-busy", left["archive"], "busy")
        assert place.until("tenantrestore", "into-busy", "Failed")["reason"] == "TenantHasBegun"

    def test_is_not_restored_from_what_is_no_archive(self, place: Place) -> None:
        place.apply(tenant("nothing", firstSyndic=None))
        place.until("tenant", "nothing", "Pending")
        place.restore("of-nothing", f"archives/{uuid.uuid4()}/{uuid.uuid4()}", "nothing")
        assert place.until("tenantrestore", "of-nothing", "Failed")["reason"] == "ArchiveUnknown"

    def test_stays_while_he_is_under_a_legal_hold(self, place: Place) -> None:
        one = made(place, "held", legalHold=True)
        place.delete("held")
        status = place.until("tenant", "held", "Held")
        assert {"LegalHold"} == {c["reason"] for c in status["conditions"] if c["type"] == "Released"}
        finalizers = place.read("tenant", "held")["metadata"]["finalizers"]
        assert finalizers == ["platform.koprogo.io/tenant"]
        assert place.organisations(one["spec"]["tenantId"])
        place.change("held", legalHold=False)
        place.until_gone("held")
        assert place.organisations(one["spec"]["tenantId"]) == []

    async def test_keeps_all_when_it_is_to_be_retained(self, place: Place) -> None:
        one = made(place, "kept", deletionPolicy="Retain")
        syndic = accept_invitation(place.instance, "kept@office.example", PASSWORD)
        place.delete("kept")
        place.until_gone("kept")
        assert place.organisations(one["spec"]["tenantId"])
        assert set(await place.rows(one["spec"]["tenantId"], "kept@")) > {"identity.organisations"}
        eventually(lambda: _write(syndic, one) == (403, "TENANT_SUSPENDED"), seconds=10)

    async def test_is_erased_without_an_archive_when_none_is_wanted(self, place: Place) -> None:
        one = made(place, "erased", deletionPolicy="Erase")
        place.delete("erased")
        place.until_gone("erased")
        id_ = one["spec"]["tenantId"]
        assert set(await place.rows(id_, "erased@")) <= KEPT
        assert [key for key in place.files() if id_ in key] == []


DOMAIN = "killed.example"
WISH = TenantSpec(
    slug="any", display_name="Any", tenant_id=uuid.uuid4(), plan="pro", languages=["fr"],
    first_syndic=FirstSyndic("any@office.example", "Any", "fr"), domains=[Domain(DOMAIN)],
)  # fmt: skip


@pytest.mark.usefixtures("quieter")
class TestAnOperatorThatIsKilled:
    """After any step, at once and without a word; another begins where it ended."""

    async def test_after_each_step_to_a_tenant_leaves_one_of_everything(self, place: Place) -> None:
        one = tenant("killed", domains=[{"host": DOMAIN}])
        for position, step in enumerate(plan(WISH, SERVICES)):
            place.dies_after(f"killed/{step.name}", lambda: place.apply(one) if position == 0 else None)  # noqa: B023
        place.start()
        place.until("tenant", "killed", "Ready", 90)
        (organisation,) = place.organisations(one["spec"]["tenantId"])
        assert organisation["alias"] == one["spec"]["tenantId"]
        eventually(lambda: mails(place.instance, "killed@office.example"), seconds=30)
        assert await _count(place, "organisations", one) == await _count(place, "invitations", one) == 1
        assert len(mails(place.instance, "killed@office.example")) == 1
        assert f"killed.{DOMAIN}" in place.routed("httproute")

    async def test_after_each_step_of_a_change_makes_all_of_it(self, place: Place) -> None:
        made(place, "changed", plan="starter", domains=[{"host": "old.example"}])
        wish = {"plan": "pro", "domains": [{"host": "new.example"}], "suspended": True}
        changing = msgspec.structs.replace(WISH, suspended=True, domains=[Domain("new.example")])
        steps = [step.name for step in plan(changing, SERVICES) if step.deed not in ("organisation", "provision")]
        for position, step in enumerate(steps):
            place.dies_after(f"changed/{step}", lambda: place.change("changed", **wish) if position == 0 else None)  # noqa: B023
        place.start()
        place.until("tenant", "changed", "Suspended", 90)
        assert await place.told("changed") == dict.fromkeys(SERVICES, 3_000)
        for kind in DOMAINS:
            assert [name for name in place.routed(kind) if name.startswith("changed.")] == ["changed.new.example"]

    async def test_after_each_step_of_a_farewell_archives_all_and_erases_all(self, place: Place) -> None:
        one = made(place, "farewell", domains=[{"host": "farewell.example"}])
        syndic = accept_invitation(place.instance, "farewell@office.example", PASSWORD)
        association = syndic.post(associations(one), new_association())["id"]
        syndic.post(f"property/v1/associations/{association}/imports", content=as_csv(association))
        steps = [step.name for step in farewell(WISH, SERVICES)]
        for position, step in enumerate(steps):
            place.dies_after(f"farewell/{step}", lambda: place.delete("farewell") if position == 0 else None)  # noqa: B023
        place.start()
        place.until_gone("farewell")
        id_ = one["spec"]["tenantId"]
        assert set(await place.rows(id_, "farewell")) == KEPT
        assert place.organisations(id_) == []
        (archive,) = {"/".join(key.split("/")[:3]) for key in place.files(f"archives/{id_}/")}
        place.apply(tenant("farewell-again", firstSyndic=None))
        place.restore("farewell-again", archive, "farewell-again")
        compared = place.until("tenantrestore", "farewell-again", "Complete")["compared"]
        assert all(part["equal"] for part in compared.values())
        assert compared["property"]["restored"] > 30


async def _count(place: Place, table: str, one: Object) -> int:
    superuser = await asyncpg.connect(superuser_url(place.instance, "identity"))
    try:
        found: int = await superuser.fetchval(
            f"select count(*) from {table} where tenant_id = $1", uuid.UUID(one["spec"]["tenantId"])
        )
        return found
    finally:
        await superuser.close()
