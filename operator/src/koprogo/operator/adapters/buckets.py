"""Where a tenant's files are: under his prefix in the bucket that tenants share, or in a bucket of his own."""

from __future__ import annotations

from koprogo.operator.adapters.objects import S3Objects
from koprogo.operator.archive import Objects
from koprogo.operator.tenant import Tenant


class Buckets:
    def __init__(self, shared: S3Objects) -> None:
        self._shared = shared

    def of(self, tenant: Tenant) -> Objects:
        """All files that have to do with him: his own, and archives, which outlive his bucket."""
        if not tenant.is_dedicated:
            return self._shared
        return _OwnFiles(self._shared, self._own(tenant), f"{tenant.spec.tenant_id}/")

    async def ensure(self, tenant: Tenant) -> bool:
        return await self._own(tenant).ensure_bucket()

    async def empty(self, tenant: Tenant) -> None:
        await self._shared.empty(f"{tenant.spec.tenant_id}/")

    async def drop(self, tenant: Tenant) -> None:
        own = self._own(tenant)
        if await own.has_bucket():
            await own.empty("")
            await own.remove_bucket()

    def _own(self, tenant: Tenant) -> S3Objects:
        return self._shared.in_bucket(tenant.bucket)


class _OwnFiles:
    def __init__(self, shared: S3Objects, own: S3Objects, prefix: str) -> None:
        self._shared, self._own, self._prefix = shared, own, prefix

    async def put(self, key: str, content: bytes) -> None:
        await self._where(key).put(key, content)

    async def get(self, key: str) -> bytes:
        return await self._where(key).get(key)

    async def find(self, key: str) -> bytes | None:
        return await self._where(key).find(key)

    async def keys(self, prefix: str) -> list[str]:
        where = self._where(prefix)
        # One who leaves before he has begun has none.
        return await where.keys(prefix) if where is self._shared or await where.has_bucket() else []

    def _where(self, key: str) -> S3Objects:
        return self._own if key.startswith(self._prefix) else self._shared
