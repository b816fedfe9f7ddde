"""Fr: restaurer. Nl: terugzetten. An archive read into a new tenant, and counted and hashed anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID, uuid5

import msgspec

from koprogo.operator import archive
from koprogo.operator.archive import Objects, Table


class RestoreSpec(msgspec.Struct, frozen=True):
    archive: str
    tenant: str


class Restore(msgspec.Struct, frozen=True):
    name: str
    uid: UUID
    spec: RestoreSpec

    def operation(self, service: str) -> str:
        return str(uuid5(self.uid, f"import/{service}"))


class Importing(Protocol):
    async def add_page(self, service: str, operation: str, tenant_id: UUID, table: str, rows: bytes) -> None: ...
    async def finish(self, service: str, operation: str, tenant_id: UUID) -> dict[str, tuple[int, str]]: ...


class Compared(msgspec.Struct, frozen=True, rename="camel"):
    """Of a service, or of the files."""

    archived: int
    restored: int
    different: list[str]
    """Tables or files that are not as they were."""
    sha256: str
    """Of the hashes of all of them, in the order of their names."""

    @property
    def is_equal(self) -> bool:
        return not self.different and self.archived == self.restored


async def restore(wanted: Restore, tenant_id: UUID, services: Importing, objects: Objects) -> dict[str, Compared]:
    """By service, and `files`. Whatever was done before it was interrupted is found done."""
    name = wanted.spec.archive
    manifest = await archive.read(name, objects)
    found = {}
    for service, kept in manifest.services.items():
        operation = wanted.operation(service)
        for page in kept.pages:
            rows = await archive.part(name, page.key, page.sha256, objects)
            await services.add_page(service, operation, tenant_id, page.table, rows)
        now = {table: Table(*said) for table, said in (await services.finish(service, operation, tenant_id)).items()}
        found[service] = _compared(kept.tables, now)
    for file in manifest.files:
        content = await archive.part(name, f"objects/{file.key}", file.sha256, objects)
        await objects.put(f"{tenant_id}/{file.key}", content)
    now = {}
    for key in await objects.keys(f"{tenant_id}/"):
        content = await objects.get(key)
        now[key.removeprefix(f"{tenant_id}/")] = Table(1, hashlib.sha256(content).hexdigest())
    found["files"] = _compared({file.key: Table(1, file.sha256) for file in manifest.files}, now)
    return found


def _compared(archived: Mapping[str, Table], restored: Mapping[str, Table]) -> Compared:
    nothing = Table(0, hashlib.sha256().hexdigest())
    names = sorted({*archived, *restored})
    # A table that came after the archive, and has nothing, is no difference.
    different = [name for name in names if archived.get(name, nothing) != restored.get(name, nothing)]
    told = "".join(f"{name} {restored[name].sha256}\n" for name in sorted(restored))
    return Compared(
        sum(table.count for table in archived.values()),
        sum(table.count for table in restored.values()),
        different,
        hashlib.sha256(told.encode()).hexdigest(),
    )
