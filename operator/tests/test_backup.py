"""A backup is sealed before it leaves, opens with its own key alone, and goes when its time is over."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pyrage
import pytest

from koprogo.kernel.errors import DomainError
from koprogo.operator import archive, backup
from koprogo.operator.adapters.objects import LockRefused, ObjectLocked
from koprogo.operator.backing_up import BackingUp, BackupHeld
from koprogo.operator.backup import Backup, due
from koprogo.operator.sealed import BackupKeyMissing, BackupKeyWrong, Sealed
from koprogo.operator.tenant import Backups, Tenant, TenantSpec
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb

KEY, OTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
SECRET = b"Claire Dubois owes 12.50"
NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
SPEC = TenantSpec(
    slug="one", display_name="One", tenant_id=uuid.uuid4(), plan="pro", languages=["fr"], backups=Backups(7)
)
TENANT = Tenant("one", uuid.uuid4(), 1, "2026-01-01T08:00:00Z", SPEC, {"phase": "Ready"})


class Store:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {f"{SPEC.tenant_id}/letter.txt": SECRET}
        self.locks: list[tuple[str, datetime]] = []

    def of(self, tenant: Tenant) -> Store:
        return self

    async def put(self, key: str, content: bytes) -> None:
        self.files[key] = content

    async def get(self, key: str) -> bytes:
        return self.files[key]

    async def find(self, key: str) -> bytes | None:
        return self.files.get(key)

    async def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.files if key.startswith(prefix))

    async def size(self, prefix: str) -> int:
        return sum(len(content) for key, content in self.files.items() if key.startswith(prefix))

    async def lock(self, prefix: str, until: datetime) -> bool:
        self.locks.append((prefix, until))
        return bool(await self.keys(prefix))

    async def empty(self, prefix: str) -> None:
        if any(locked == prefix and until > backup.now() for locked, until in self.locks):
            raise ObjectLocked("The object store keeps it.")
        self.files = {key: content for key, content in self.files.items() if not key.startswith(prefix)}


class Service:
    names: Sequence[str] = ("property",)

    async def pages(self, tenant: Tenant, service: str) -> AsyncIterator[pb.SnapshotResponse]:
        rows = SECRET + b"\n"
        yield pb.SnapshotResponse(table="letters", rows=rows)
        digest = hashlib.sha256(rows).hexdigest()
        yield pb.SnapshotResponse(manifest=[pb.TableManifest(table="letters", count=1, sha256=digest)])


class Cluster:
    """Keeps what was written, as the API server would."""

    def __init__(self) -> None:
        self.status: dict[str, Any] = {}
        self.applied: list[str] = []
        self.deleted: list[str] = []

    async def write_status(self, plural: str, name: str, status: Mapping[str, Any]) -> None:
        self.status |= status

    async def apply(self, path: str, wanted: Mapping[str, Any]) -> bool:
        self.applied.append(path)
        return True

    async def delete(self, path: str) -> bool:
        self.deleted.append(path)
        return True


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


class Secret:
    """What is mounted where the operator looks for private keys."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def brings(self, content: str) -> None:
        self.path.write_text(content)


@pytest.fixture
def identity(tmp_path: Path) -> Secret:
    return Secret(tmp_path / "identity")


@pytest.fixture
def sealed(store: Store, identity: Secret) -> Sealed:
    return Sealed(store, str(KEY.to_public()), identity.path)


@pytest.fixture
def backing_up(store: Store, sealed: Sealed, cluster: Cluster) -> BackingUp:
    return BackingUp(Service(), store, store, sealed, cluster)


def resource(status: Mapping[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "first", "uid": str(uuid.UUID(int=7))},
        "spec": {"tenant": "one", "retentionDays": 7, **spec},
        "status": dict(status or {}),
    }


class TestABackup:
    async def test_leaves_nothing_readable_and_says_where_it_is(
        self, store: Store, backing_up: BackingUp, cluster: Cluster
    ) -> None:
        assert await backing_up.take(resource(), TENANT) == "Complete"
        key = f"backups/{SPEC.tenant_id}/{uuid.UUID(int=7)}"
        kept = {name: content for name, content in store.files.items() if name.startswith(key)}
        assert {name.removeprefix(f"{key}/") for name in kept} == {
            "manifest.json.age", "property/000000.letters.jsonl.age", "objects/letter.txt.age",
        }  # fmt: skip
        assert not any(SECRET in content or b"letters" in content for content in kept.values())
        told = cluster.status
        assert (told["key"], told["bytes"]) == (key, sum(map(len, kept.values())))
        assert told["recipient"] == str(KEY.to_public())
        assert [(one["type"], one["status"]) for one in told["conditions"]] == [("Complete", "True")]

    async def test_opens_with_its_own_key_whatever_other_is_beside_it(
        self, sealed: Sealed, backing_up: BackingUp, cluster: Cluster, identity: Secret
    ) -> None:
        await backing_up.take(resource(), TENANT)
        identity.brings(f"# of 2026\n{OTHER}\n{KEY}\n")
        manifest = await archive.read(cluster.status["key"], sealed)
        (page,) = manifest.services["property"].pages
        assert await archive.part(cluster.status["key"], page.key, page.sha256, sealed) == SECRET + b"\n"

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            (f"{OTHER}\n", BackupKeyWrong),
            ("no key", BackupKeyWrong),
            ("", BackupKeyMissing),
            (None, BackupKeyMissing),
        ],
    )
    async def test_does_not_open_otherwise_and_says_why(
        self, sealed: Sealed, backing_up: BackingUp, cluster: Cluster, identity: Secret,
        given: str | None, refusal: type[DomainError],
    ) -> None:  # fmt: skip
        await backing_up.take(resource(), TENANT)
        if given is not None:
            identity.brings(given)
        with pytest.raises(refusal):
            await archive.read(cluster.status["key"], sealed)

    async def test_that_was_damaged_is_not_taken_for_a_wrong_key(
        self, store: Store, sealed: Sealed, backing_up: BackingUp, cluster: Cluster, identity: Secret
    ) -> None:
        await backing_up.take(resource(), TENANT)
        identity.brings(str(KEY))
        name = f"{cluster.status['key']}/manifest.json.age"
        for damaged in (store.files[name][:-1] + b"x", store.files[name][:-40], b"", b"no age"):
            store.files[name] = damaged
            with pytest.raises(archive.ArchiveDamaged):
                await archive.read(cluster.status["key"], sealed)

    async def test_that_is_whole_is_not_made_again(self, store: Store, backing_up: BackingUp, cluster: Cluster) -> None:
        await backing_up.take(resource(), TENANT)
        before, told = dict(store.files), cluster.status["sha256"]
        assert await backing_up.take(resource(cluster.status | {"phase": "Running"}), TENANT) == "Complete"
        assert (store.files, cluster.status["sha256"]) == (before, told)

    @pytest.mark.parametrize(
        ("recipient", "phase", "reason"),
        [("", "Waiting", "RecipientMissing"), ("age1x", "Failed", "RecipientUnreadable")],
    )
    async def test_is_not_made_unsealed(
        self, store: Store, cluster: Cluster, identity: Secret, recipient: str, phase: str, reason: str
    ) -> None:
        backing_up = BackingUp(Service(), store, store, Sealed(store, recipient, identity.path), cluster)
        assert await backing_up.take(resource(), TENANT) == phase
        assert cluster.status["reason"] == reason
        assert [name for name in store.files if name.startswith("backups/")] == []

    async def test_is_none_of_a_tenant_who_is_not_there(self, backing_up: BackingUp, cluster: Cluster) -> None:
        assert await backing_up.take(resource(), None) == "Failed"
        assert cluster.status["reason"] == "TenantUnknown"


class TestItsEnd:
    @pytest.mark.parametrize(
        ("days", "hold", "his_hold", "is_ended"),
        [(6, False, False, False), (7, False, False, True), (7, True, False, False), (7, False, True, False)],
    )
    async def test_comes_after_its_retention_unless_somebody_holds_it(
        self, backing_up: BackingUp, cluster: Cluster, monkeypatch: pytest.MonkeyPatch,
        days: int, hold: bool, his_hold: bool, is_ended: bool,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(backup, "now", lambda: NOW + timedelta(days=days))
        body = resource({"key": "x", "finishedAt": "2026-03-01T02:00:00Z"}, legalHold=hold)
        his = msgspec.structs.replace(TENANT, spec=msgspec.structs.replace(SPEC, legal_hold=his_hold))
        await backing_up.keep(body, his)
        assert cluster.deleted == (["/apis/platform.koprogo.io/v1alpha1/tenantbackups/first"] if is_ended else [])

    async def test_comes_of_a_tenant_who_is_gone_as_well(
        self, backing_up: BackingUp, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(backup, "now", lambda: NOW + timedelta(days=7))
        await backing_up.keep(resource({"key": "x", "finishedAt": "2026-03-01T02:00:00Z"}), None)
        assert len(cluster.deleted) == 1

    async def test_removes_all_of_it_and_nothing_else(
        self, store: Store, backing_up: BackingUp, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await backing_up.take(resource(), TENANT)
        store.files["backups/another"] = b""
        monkeypatch.setattr(backup, "now", lambda: datetime.now(UTC) + timedelta(days=7))
        await backing_up.remove(resource(cluster.status), TENANT)
        assert set(store.files) == {f"{SPEC.tenant_id}/letter.txt", "backups/another"}

    async def test_waits_for_a_hold_whoever_deletes_it(
        self, store: Store, backing_up: BackingUp, cluster: Cluster
    ) -> None:
        await backing_up.take(resource(), TENANT)
        before = dict(store.files)
        with pytest.raises(BackupHeld):
            await backing_up.remove(resource(cluster.status, legalHold=True), None)
        assert store.files == before
        assert said(cluster) == {"Complete": "Done", "Removed": "LegalHold"}

    async def test_waits_for_the_store_that_keeps_it_and_says_so(
        self, store: Store, backing_up: BackingUp, cluster: Cluster
    ) -> None:
        await backing_up.take(resource(), TENANT)
        for _ in range(2):
            with pytest.raises(ObjectLocked):
                await backing_up.remove(resource(cluster.status), None)
        assert said(cluster) == {"Complete": "Done", "Removed": "ObjectLocked"}
        assert (cluster.status["phase"], cluster.status["reason"]) == ("Complete", "ObjectLocked")


def said(cluster: Cluster) -> dict[str, str]:
    return {one["type"]: one["reason"] for one in cluster.status["conditions"]}


class TestItsLock:
    async def test_ends_with_its_retention(self, store: Store, backing_up: BackingUp, cluster: Cluster) -> None:
        await backing_up.take(resource(), TENANT)
        until = datetime.fromisoformat(cluster.status["finishedAt"]) + timedelta(days=7)
        assert store.locks == [(f"{cluster.status['key']}/", until)]
        assert datetime.fromisoformat(cluster.status["lockedUntil"]) == until

    async def test_is_made_longer_with_it_once(self, store: Store, backing_up: BackingUp, cluster: Cluster) -> None:
        await backing_up.take(resource(), TENANT)
        for _ in range(2):
            await backing_up.keep(resource(cluster.status, retentionDays=9), TENANT)
        first, second = (until for _, until in store.locks)
        assert second - first == timedelta(days=2)
        assert datetime.fromisoformat(cluster.status["lockedUntil"]) == second

    async def test_is_not_said_of_what_lies_elsewhere(
        self, store: Store, backing_up: BackingUp, cluster: Cluster
    ) -> None:
        await backing_up.take(resource(), TENANT)
        written = cluster.status
        store.files.clear()
        cluster.status = {}
        await backing_up.keep(resource({**written, "lockedUntil": None}), TENANT)
        assert cluster.status == {}

    async def test_is_none_where_no_bucket_locks(self, store: Store, sealed: Sealed, cluster: Cluster) -> None:
        backing_up = BackingUp(Service(), store, store, sealed, cluster, locks=False)
        assert await backing_up.take(resource(), TENANT) == "Complete"
        await backing_up.keep(resource(cluster.status), TENANT)
        assert store.locks == []
        assert "lockedUntil" not in cluster.status

    async def test_that_is_refused_is_waited_for(
        self, store: Store, backing_up: BackingUp, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refuse(prefix: str, until: datetime) -> bool:
            raise LockRefused("The object store locks nothing.")

        with monkeypatch.context() as unlocked:
            unlocked.setattr(store, "lock", refuse)
            assert await backing_up.take(resource(), TENANT) == "Waiting"
        assert cluster.status["reason"] == "LockRefused"
        assert await backing_up.take(resource(cluster.status), TENANT) == "Complete"
        assert len(store.locks) == 1


class TestWhatIsDue:
    def test_is_one_a_day_by_one_name(self) -> None:
        wanted = due(TENANT, date(2026, 3, 1))
        assert wanted is not None
        assert (wanted["metadata"]["name"], wanted["spec"]) == ("one-20260301", {"tenant": "one", "retentionDays": 7})

    @pytest.mark.parametrize("phase", ["Pending", "Provisioning", "Degraded", "Deleting"])
    def test_is_none_of_who_is_not_as_he_should_be(self, phase: str) -> None:
        assert due(msgspec.structs.replace(TENANT, status={"phase": phase}), date(2026, 3, 1)) is None

    def test_is_none_unless_it_is_wished(self) -> None:
        spec = msgspec.structs.replace(SPEC, backups=None)
        assert due(msgspec.structs.replace(TENANT, spec=spec), date(2026, 3, 1)) is None

    async def test_is_made_once(self, backing_up: BackingUp, cluster: Cluster) -> None:
        today = f"one-{datetime.now(UTC):%Y%m%d}"
        await backing_up.make_due(TENANT, {today})
        assert cluster.applied == []
        await backing_up.make_due(TENANT, set())
        assert cluster.applied == [f"/apis/platform.koprogo.io/v1alpha1/tenantbackups/{today}"]


def test_reads_its_resource_as_it_stands_in_the_cluster() -> None:
    one = Backup.read(resource({"key": "x"}, legalHold=True))
    assert (one.spec.retention_days, one.spec.legal_hold, one.status) == (7, True, {"key": "x"})
