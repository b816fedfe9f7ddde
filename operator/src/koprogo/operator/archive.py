"""Fr: archive. Nl: archief. All of a tenant outside of the services, and what proves it whole.

Under its prefix: `<service>/<page>.<table>.jsonl`, `objects/<key>`, and `manifest.json`, which is written last.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

import msgspec

from koprogo.kernel.errors import DomainError, Unavailable
from koprogo.operator.tenant import Tenant
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb


class Page(msgspec.Struct, frozen=True):
    table: str
    key: str
    """Below the archive's prefix."""
    sha256: str


class Table(msgspec.Struct, frozen=True):
    count: int
    sha256: str


class ServiceManifest(msgspec.Struct, frozen=True):
    tables: Mapping[str, Table]
    pages: Sequence[Page]
    """In the order they are imported in."""


class File(msgspec.Struct, frozen=True):
    key: str
    """Below the tenant's prefix."""
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    tenant_id: str
    slug: str
    name: str
    plan: str
    languages: Sequence[str]
    services: Mapping[str, ServiceManifest]
    files: Sequence[File]


class Pages(Protocol):
    @property
    def names(self) -> Sequence[str]: ...
    def pages(self, tenant: Tenant, service: str) -> AsyncIterator[pb.SnapshotResponse]: ...


class Objects(Protocol):
    async def put(self, key: str, content: bytes) -> None: ...
    async def get(self, key: str) -> bytes: ...
    async def find(self, key: str) -> bytes | None: ...
    async def keys(self, prefix: str) -> list[str]: ...


class Into(Objects, Protocol):
    async def empty(self, prefix: str) -> None: ...


class Files(Protocol):
    def of(self, tenant: Tenant) -> Objects:
        """A tenant's, wherever he has his own."""


class ExportChanged(Unavailable):
    """What came is not what the service says it was."""

    reason = "EXPORT_CHANGED"


class ArchiveUnknown(DomainError):
    reason = "ARCHIVE_UNKNOWN"


class ArchiveDamaged(DomainError):
    reason = "ARCHIVE_DAMAGED"


async def is_whole(archive: str, objects: Objects) -> bool:
    manifest = f"{archive}/manifest.json"
    return manifest in await objects.keys(manifest)


async def write(tenant: Tenant, archive: str, services: Pages, objects: Objects, into: Into) -> None:
    """An archive that is whole is not begun again, when half of it may be erased already."""
    if await is_whole(archive, into):
        return
    # What an attempt before this one left would stay as versions.
    await into.empty(f"{archive}/")
    spec = tenant.spec
    whole = Manifest(
        tenant_id=str(spec.tenant_id),
        slug=spec.slug,
        name=spec.display_name,
        plan=spec.plan,
        languages=spec.languages,
        services={service: await _export(tenant, archive, service, services, into) for service in services.names},
        # After the rows: what they name is there, unless it was removed since.
        files=[await _copy(tenant, archive, key, objects, into) for key in await objects.keys(f"{spec.tenant_id}/")],
    )
    await into.put(f"{archive}/manifest.json", msgspec.json.encode(whole))


async def read(archive: str, objects: Objects) -> Manifest:
    found = await objects.find(f"{archive}/manifest.json")
    if found is None:
        raise ArchiveUnknown("There is no whole archive of this name; its manifest is missing.")
    try:
        return msgspec.json.decode(found, type=Manifest)
    except msgspec.DecodeError as wrong:
        raise ArchiveDamaged("The manifest of this archive cannot be read; take another copy of it.") from wrong


async def part(archive: str, key: str, sha256: str, objects: Objects) -> bytes:
    """As it was written, or not at all."""
    content = await objects.get(f"{archive}/{key}")
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ArchiveDamaged(f"{key} is not what was archived; take another copy of the archive.")
    return content


async def _export(tenant: Tenant, archive: str, service: str, services: Pages, into: Objects) -> ServiceManifest:
    pages: list[Page] = []
    tables: dict[str, Table] = {}
    seen: dict[str, tuple[int, hashlib._Hash]] = {}
    async for page in services.pages(tenant, service):
        if page.rows:
            key = f"{service}/{len(pages):06}.{page.table}.jsonl"
            await into.put(f"{archive}/{key}", page.rows)
            pages.append(Page(page.table, key, hashlib.sha256(page.rows).hexdigest()))
            count, digest = seen.get(page.table, (0, hashlib.sha256()))
            digest.update(page.rows)
            seen[page.table] = (count + page.rows.count(b"\n"), digest)
        tables = {one.table: Table(one.count, one.sha256) for one in page.manifest}
    nothing = (0, hashlib.sha256())
    found = {name: Table(count, digest.hexdigest()) for name, (count, digest) in seen.items()}
    empty = Table(nothing[0], nothing[1].hexdigest())
    if not tables or any(found.get(name, empty) != table for name, table in tables.items()):
        raise ExportChanged(f"{service} did not tell all that it has; it is tried again.")
    return ServiceManifest(tables, pages)


async def _copy(tenant: Tenant, archive: str, key: str, objects: Objects, into: Objects) -> File:
    content = await objects.get(key)
    below = key.removeprefix(f"{tenant.spec.tenant_id}/")
    await into.put(f"{archive}/objects/{below}", content)
    return File(below, len(content), hashlib.sha256(content).hexdigest())
