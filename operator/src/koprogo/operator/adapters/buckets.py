"""Where a tenant's files are: under his prefix in the bucket that tenants share, or in a bucket of his own."""

from __future__ import annotations

from koprogo.operator.adapters.objects import S3Objects
from koprogo.operator.archive import Objects
from koprogo.operator.tenant import Tenant


class Buckets:
    def __init__(self, shared: S3Objects) -> None:
        self._shared = shared

    def of(self, tenant: Tenant) -> Objects:
        return self._own(tenant) if tenant.is_dedicated else self._shared

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
        # One who leaves before he has begun has none.
        return self._shared.in_bucket(tenant.bucket, may_be_missing=True)
