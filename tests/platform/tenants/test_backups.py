"""A tenant who goes on working is backed up, sealed, and comes back as he was on that day."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from koprogo.stack.client import accept_invitation
from koprogo.stack.demo.building import as_csv
from koprogo.stack.instance import SERVICES
from koprogo.stack.office import PASSWORD
from koprogo.stack.parts.others import ARCHIVES
from tests.platform.tenants.place import PATHS, Place, associations, made, new_association, tenant

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def over(place: Place, name: str) -> None:
    """As if its retention had ended; of that the object store knows nothing until its own lock has ended, too."""
    told = {"status": {"finishedAt": "2020-01-01T00:00:00Z"}}
    place.cluster.merge(f"{PATHS['tenantbackup']}/{name}/status", told)
    unlocked(place, name)


def unlocked(place: Place, name: str) -> None:
    """It waits for its lock, whole, and goes when that has ended."""
    waits(place, name, "ObjectLocked")
    key = place.status("tenantbackup", name)["key"]
    assert f"{key}/manifest.json.age" in place.files(key)
    place.unlock(f"{key}/")
    place.until_gone(name, kind="tenantbackup")


def waits(place: Place, name: str, reason: str) -> None:
    """Deleted, and not removed; its conditions say why."""

    def said() -> bool:
        conditions = place.status("tenantbackup", name).get("conditions", ())
        return ("Removed", "False", reason) in [(one["type"], one["status"], one["reason"]) for one in conditions]

    place.cluster.until(said, 60, f"{name} waits: {reason}")
    assert place.read("tenantbackup", name)["metadata"]["deletionTimestamp"]


def made_and_over(place: Place, name: str) -> Mapping[str, Any]:
    """The backup of today, from its being due to its end."""
    today = f"{name}-{datetime.now(UTC):%Y%m%d}"
    place.change(name, backups={"retentionDays": 1})
    status = place.until("tenantbackup", today, "Complete")
    place.change(name, backups=None)
    over(place, today)
    return status


def lock(place: Place) -> datetime:
    return datetime.fromisoformat(place.status("tenantbackup", "merel")["lockedUntil"])


@pytest.fixture(scope="module")
def kept(place: Place) -> Mapping[str, Any]:
    """One with lots and a file, backed up, who then went on."""
    one = made(place, "merel")
    syndic = accept_invitation(place.instance, "merel@office.example", PASSWORD)
    association = syndic.post(associations(one), new_association())["id"]
    syndic.post(f"property/v1/associations/{association}/imports", content=as_csv(association))
    files = f"documents/v1/associations/{association}/documents"
    document = syndic.post(files, content=PDF, params={"file_name": "deed.pdf"})["id"]
    roll = syndic.get(f"property/v1/associations/{association}/voter-roll")
    place.back_up("merel", "merel", retentionDays=7)
    status = place.until("tenantbackup", "merel", "Complete")
    syndic.post(associations(one), new_association())
    return {"one": one, "syndic": syndic, "association": association, "roll": roll, "status": status,
            "file": f"{files}/{document}"}  # fmt: skip


class TestABackup:
    def test_says_where_it_is_and_can_be_read_by_nobody_there(self, place: Place, kept: Mapping[str, Any]) -> None:
        status, store = kept["status"], place.store()
        found = {one.object_name: one for one in store.list_objects(ARCHIVES, f"{status['key']}/", recursive=True)}
        assert status["bytes"] == sum(one.size for one in found.values())
        assert all(name.endswith(".age") for name in found)
        contents = {name: store.get_object(ARCHIVES, name).read() for name in found}
        assert not any(word in content for content in contents.values() for word in (PDF, b"merel", b"Dubois"))
        manifest = contents[f"{status['key']}/manifest.json.age"]
        assert hashlib.sha256(manifest).hexdigest() == status["sha256"]

    def test_is_locked_for_as_long_as_it_is_kept(self, place: Place, kept: Mapping[str, Any]) -> None:
        first = lock(place)
        assert first == datetime.fromisoformat(kept["status"]["finishedAt"]) + timedelta(days=7)
        place.cluster.merge(f"{PATHS['tenantbackup']}/merel", {"spec": {"retentionDays": 9}})
        place.cluster.until(lambda: lock(place) == first + timedelta(days=2), 30, "it is locked for longer")
        store = place.store()
        for one in store.list_objects(ARCHIVES, f"{kept['status']['key']}/", recursive=True):
            retention = store.get_object_retention(ARCHIVES, one.object_name)
            assert retention is not None
            assert retention.retain_until_date == lock(place)

    def test_is_compared_with_what_is_there_and_nothing_is_restored(
        self, place: Place, kept: Mapping[str, Any]
    ) -> None:
        place.brings_key(place.keys[0])
        place.restore("merel-dry", kept["status"]["key"], "merel", dryRun=True)
        status = place.until("tenantrestore", "merel-dry", "Complete")
        assert status["reason"] == "DryRun"
        property_ = status["compared"]["property"]["tables"]
        assert property_["associations"] == {"archived": 1, "inPlace": 2, "differs": True}
        assert property_["lots"]["differs"] is False
        assert property_["lots"]["archived"] == property_["lots"]["inPlace"] > 30
        assert status["compared"]["files"]["equal"]
        assert place.status("tenant", "merel")["phase"] == "Ready"
        assert "restoredFrom" not in place.status("tenant", "merel")

    @pytest.mark.parametrize(
        ("key", "phase", "reason"), [(1, "Failed", "BackupKeyWrong"), (None, "Waiting", "BackupKeyMissing")]
    )
    def test_is_not_opened_without_its_key(
        self, place: Place, kept: Mapping[str, Any], key: int | None, phase: str, reason: str
    ) -> None:
        place.brings_key(*([] if key is None else [place.keys[key]]))
        name = f"merel-{phase.lower()}"
        place.restore(name, kept["status"]["key"], "merel", dryRun=True)
        assert place.until("tenantrestore", name, phase)["reason"] == reason
        place.delete(name, "tenantrestore")

    def test_brings_back_who_was_erased_as_he_was_on_that_day(self, place: Place, kept: Mapping[str, Any]) -> None:
        place.brings_key(place.keys[1], place.keys[0])
        place.change("merel", deletionPolicy="Erase")
        place.delete("merel")
        place.until_gone("merel")
        assert place.files(kept["status"]["key"]), "kept until its retention is over"
        place.apply(tenant("merel-again", firstSyndic=None))
        place.restore("merel-again", kept["status"]["key"], "merel-again")
        compared = place.until("tenantrestore", "merel-again", "Complete")["compared"]
        assert set(compared) == {*SERVICES, "files"}
        assert all(one["equal"] and one["archived"] == one["restored"] > 0 for one in compared.values())
        place.until("tenant", "merel-again", "Ready")
        syndic, association = kept["syndic"], kept["association"]
        assert syndic.get(f"property/v1/associations/{association}/voter-roll") == kept["roll"]
        assert syndic.get(f"{kept['file']}/content") == PDF
        place.brings_key()

    def test_goes_when_its_time_is_over_though_its_tenant_is_gone(self, place: Place, kept: Mapping[str, Any]) -> None:
        place.cluster.merge(f"{PATHS['tenantbackup']}/merel", {"spec": {"legalHold": True}})
        place.delete("merel", "tenantbackup")
        waits(place, "merel", "LegalHold")
        assert place.files(kept["status"]["key"])
        place.cluster.merge(f"{PATHS['tenantbackup']}/merel", {"spec": {"legalHold": False}})
        unlocked(place, "merel")
        assert [key for key in place.files() if kept["one"]["spec"]["tenantId"] in key] == []


class TestADailyBackup:
    def test_is_made_unasked_and_removed_when_its_retention_is_over(self, place: Place) -> None:
        made(place, "daily")
        status = made_and_over(place, "daily")
        assert place.files(status["key"]) == []
