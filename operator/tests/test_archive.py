"""An archive is whole or it is none, and what is read out of it is what was written."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest

from koprogo.operator import archive
from koprogo.operator.restore import Counts, Restore, RestoreSpec, restore
from koprogo.operator.tenant import Tenant, TenantSpec
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb

OLD, NEW = uuid.uuid4(), uuid.uuid4()
TENANT = Tenant(
    "one", uuid.uuid4(), 1, "2026-01-01T08:00:00Z",
    TenantSpec(slug="one", display_name="One", tenant_id=OLD, plan="pro", languages=["fr"]),
)  # fmt: skip
ROWS = [("lots", b'{"id": 1}\n{"id": 2}\n'), ("lots", b'{"id": 3}\n'), ("owners", b'{"id": 4}\n')]


class Store:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def put(self, key: str, content: bytes) -> None:
        self.files[key] = content

    async def get(self, key: str) -> bytes:
        return self.files[key]

    async def find(self, key: str) -> bytes | None:
        return self.files.get(key)

    async def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.files if key.startswith(prefix))

    async def empty(self, prefix: str) -> None:
        self.files = {key: content for key, content in self.files.items() if not key.startswith(prefix)}


class Service:
    """One that keeps its rows by tenant, as the five do."""

    names: Sequence[str] = ("property",)

    def __init__(self, rows: list[tuple[str, bytes]]) -> None:
        self.rows = rows
        self.changes = False
        self.restored: list[tuple[str, bytes]] = []

    async def pages(self, tenant: Tenant, service: str) -> AsyncIterator[pb.SnapshotResponse]:
        for table, rows in self.rows:
            yield pb.SnapshotResponse(table=table, rows=rows)
        seen = [*self.rows, ("lots", b'{"id": 9}\n')] if self.changes else self.rows
        yield pb.SnapshotResponse(manifest=manifest(seen))

    async def add_page(self, service: str, operation: str, tenant_id: uuid.UUID, table: str, rows: bytes) -> None:
        assert tenant_id == NEW
        if (table, rows) not in self.restored:
            self.restored.append((table, rows))

    async def manifest(self, service: str, tenant_id: uuid.UUID) -> dict[str, tuple[int, str]]:
        return {one.table: (one.count, one.sha256) for one in manifest(self.restored)}

    async def finish(self, service: str, operation: str, tenant_id: uuid.UUID) -> dict[str, tuple[int, str]]:
        return {one.table: (one.count, one.sha256) for one in manifest(self.restored)}


def manifest(rows: list[tuple[str, bytes]]) -> list[pb.TableManifest]:
    tables = {table: b"".join(content for name, content in rows if name == table) for table in ("lots", "owners")}
    return [
        pb.TableManifest(table=table, count=content.count(b"\n"), sha256=hashlib.sha256(content).hexdigest())
        for table, content in tables.items()
    ]


async def write(store: Store, service: Service | None = None) -> None:
    await archive.write(TENANT, TENANT.archive, service or Service(ROWS), store, store)


@pytest.fixture
def store() -> Store:
    store = Store()
    store.files = {f"{OLD}/minutes.pdf": b"minutes", f"{uuid.uuid4()}/other.pdf": b"another's"}
    return store


@pytest.fixture
def wanted() -> Restore:
    return Restore("again", uuid.uuid4(), RestoreSpec(TENANT.archive, "new"))


class TestAnArchive:
    async def test_holds_every_row_and_every_file_of_the_tenant_alone(self, store: Store) -> None:
        await write(store)
        whole = await archive.read(TENANT.archive, store)
        assert [page.table for page in whole.services["property"].pages] == ["lots", "lots", "owners"]
        assert whole.services["property"].tables["lots"].count == 3
        assert [file.key for file in whole.files] == ["minutes.pdf"]
        assert store.files[f"{TENANT.archive}/objects/minutes.pdf"] == b"minutes"

    async def test_is_not_written_over_once_it_is_whole(self, store: Store) -> None:
        await write(store)
        before = dict(store.files)
        # What a second attempt would find, when half of it is erased.
        await write(store, Service([("lots", b"")]))
        assert store.files == before

    async def test_keeps_nothing_of_an_attempt_before(self, store: Store) -> None:
        store.files |= {f"{TENANT.archive}/property/000007.lots.jsonl": b"", f"{TENANT.archive}-else/1": b""}
        await write(store)
        assert f"{TENANT.archive}/property/000007.lots.jsonl" not in store.files
        assert f"{TENANT.archive}-else/1" in store.files

    async def test_is_none_when_something_changed_under_way(self, store: Store) -> None:
        service = Service(ROWS)
        service.changes = True
        with pytest.raises(archive.ExportChanged):
            await write(store, service)
        with pytest.raises(archive.ArchiveUnknown):
            await archive.read(TENANT.archive, store)


class TestARestoration:
    async def test_finds_every_count_and_hash_again(self, store: Store, wanted: Restore) -> None:
        service = Service(ROWS)
        await write(store, service)
        for _ in range(2):
            compared = await restore(wanted, NEW, service, store, store)
            assert {name: (one.archived, one.restored, one.is_equal) for name, one in compared.items()} == {
                "property": (4, 4, True), "files": (1, 1, True),
            }  # fmt: skip
        assert store.files[f"{NEW}/minutes.pdf"] == b"minutes"

    async def test_says_which_table_is_not_as_it_was(self, store: Store, wanted: Restore) -> None:
        service = Service(ROWS)
        await write(store, service)
        service.restored = [("lots", b'{"id": 0}\n')]
        compared = await restore(wanted, NEW, service, store, store)
        assert compared["property"].different == ["lots"]
        assert not compared["property"].is_equal
        assert compared["files"].is_equal

    async def test_that_is_dry_restores_nothing_and_says_what_differs(self, store: Store, wanted: Restore) -> None:
        service = Service(ROWS)
        await write(store, service)
        service.restored = [("lots", b'{"id": 1}\n{"id": 2}\n{"id": 8}\n'), ("owners", b'{"id": 4}\n')]
        before, there = dict(store.files), list(service.restored)
        dry = msgspec.structs.replace(wanted, spec=RestoreSpec(TENANT.archive, "new", dry_run=True))
        compared = await restore(dry, NEW, service, store, store)
        assert (store.files, service.restored) == (before, there)
        # As many rows, and others.
        assert compared["property"].tables == {"lots": Counts(3, 3, True), "owners": Counts(1, 1, False)}
        assert (compared["property"].different, compared["files"].different) == (["lots"], ["minutes.pdf"])

    async def test_that_is_dry_does_not_pass_over_a_damaged_part(self, store: Store, wanted: Restore) -> None:
        await write(store)
        store.files[f"{TENANT.archive}/property/000001.lots.jsonl"] += b" "
        dry = msgspec.structs.replace(wanted, spec=RestoreSpec(TENANT.archive, "new", dry_run=True))
        with pytest.raises(archive.ArchiveDamaged):
            await restore(dry, NEW, Service(ROWS), store, store)

    @pytest.mark.parametrize("part", ["property/000001.lots.jsonl", "objects/minutes.pdf"])
    async def test_takes_nothing_that_was_damaged(self, store: Store, wanted: Restore, part: str) -> None:
        service = Service(ROWS)
        await write(store, service)
        store.files[f"{TENANT.archive}/{part}"] += b" "
        with pytest.raises(archive.ArchiveDamaged):
            await restore(wanted, NEW, service, store, store)

    async def test_takes_no_manifest_that_it_does_not_understand(self, store: Store, wanted: Restore) -> None:
        store.files[f"{TENANT.archive}/manifest.json"] = b"{}"
        with pytest.raises(archive.ArchiveDamaged):
            await restore(wanted, NEW, Service(ROWS), store, store)
