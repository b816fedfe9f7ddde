"""Fr: restaurer. Nl: terugzetten. An archive read into a new tenant, and counted and hashed anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID, uuid5

import msgspec

from koprogo.operator import archive
from koprogo.operator.archive import Objects, Table


class RestoreSpec(msgspec.Struct, frozen=True, rename="camel"):
    archive: str
    tenant: str
    dry_run: bool = False
    """Compares the archive with what is there, and restores nothing."""

    @property
    def is_sealed(self) -> bool:
        return self.archive.startswith("backups/")


class Restore(msgspec.Struct, frozen=True):
    name: str
    uid: UUID
    spec: RestoreSpec

    def operation(self, service: str) -> str:
        return str(uuid5(self.uid, f"import/{service}"))


class Importing(Protocol):
    async def add_page(self, service: str, operation: str, tenant_id: UUID, table: str, rows: bytes) -> None: ...
    async def manifest(self, service: str, tenant_id: UUID) -> dict[str, tuple[int, str]]: ...
    async def finish(self, service: str, operation: str, tenant_id: UUID) -> dict[str, tuple[int, str]]: ...


class Counts(msgspec.Struct, frozen=True, rename="camel"):
    archived: int
    in_place: int
    differs: bool


class Compared(msgspec.Struct, frozen=True, rename="camel"):
    """Of a service, or of the files."""

    archived: int
    restored: int
    different: list[str]
    """Tables or files that are not as they were."""
    sha256: str
    """Of the hashes of all of them, in the order of their names."""
    tables: Mapping[str, Counts] = {}
    """Of a service."""

    @property
    def is_equal(self) -> bool:
        return not self.different and self.archived == self.restored


async def restore(
    wanted: Restore, tenant_id: UUID, services: Importing, source: Objects, objects: Objects
) -> dict[str, Compared]:
    """By service, and `files`. Whatever was done before it was interrupted is found done.

    A dry run reads the archive to its last byte all the same: what it cannot read could not be restored.
    """
    name, is_dry = wanted.spec.archive, wanted.spec.dry_run
    manifest = await archive.read(name, source)
    found = {}
    for service, kept in manifest.services.items():
        operation = wanted.operation(service)
        for page in kept.pages:
            rows = await archive.part(name, page.key, page.sha256, source)
            if not is_dry:
                await services.add_page(service, operation, tenant_id, page.table, rows)
        there = services.manifest(service, tenant_id) if is_dry else services.finish(service, operation, tenant_id)
        now = {table: Table(*said) for table, said in (await there).items()}
        found[service] = msgspec.structs.replace(_compared(kept.tables, now), tables=_counts(kept.tables, now))
    for file in manifest.files:
        content = await archive.part(name, f"objects/{file.key}", file.sha256, source)
        if not is_dry:
            await objects.put(f"{tenant_id}/{file.key}", content)
    now = {}
    for key in await objects.keys(f"{tenant_id}/"):
        content = await objects.get(key)
        now[key.removeprefix(f"{tenant_id}/")] = Table(1, hashlib.sha256(content).hexdigest())
    found["files"] = _compared({file.key: Table(1, file.sha256) for file in manifest.files}, now)
    return found


NOTHING = Table(0, hashlib.sha256().hexdigest())
"""A table that came after the archive, and has nothing, is no difference."""


def _counts(archived: Mapping[str, Table], in_place: Mapping[str, Table]) -> dict[str, Counts]:
    pairs = {name: (archived.get(name, NOTHING), in_place.get(name, NOTHING)) for name in {*archived, *in_place}}
    return {name: Counts(then.count, now.count, then != now) for name, (then, now) in sorted(pairs.items())}


def _compared(archived: Mapping[str, Table], restored: Mapping[str, Table]) -> Compared:
    names = sorted({*archived, *restored})
    different = [name for name in names if archived.get(name, NOTHING) != restored.get(name, NOTHING)]
    told = "".join(f"{name} {restored[name].sha256}\n" for name in sorted(restored))
    return Compared(
        sum(table.count for table in archived.values()),
        sum(table.count for table in restored.values()),
        different,
        hashlib.sha256(told.encode()).hexdigest(),
    )
