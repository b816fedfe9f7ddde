"""A tenant's life in each service. Every call may be repeated: its operation says that it is the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from koprogo.kernel.errors import DomainError, Unavailable
from koprogo.kit.grpc import Channels, called, streamed
from koprogo.operator.tenant import Tenant
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb
from koprogo_api.platform.v1.tenant_lifecycle_pb2_grpc import TenantLifecycleStub

if TYPE_CHECKING:
    from koprogo_api.platform.v1.tenant_lifecycle_pb2_grpc import TenantLifecycleAsyncStub

SHORT, LONG = 15.0, 3600.0
"""Seconds: for a word, and for all of a tenant's rows."""
ERASED = "erased"


class DatabaseNotOpen(Unavailable):
    reason = "DATABASE_NOT_OPEN"


class StateNotTaken(Unavailable):
    reason = "STATE_NOT_TAKEN"


class Services:
    def __init__(self, channels: Channels, addresses: Mapping[str, str]) -> None:
        self._channels, self._addresses = channels, addresses
        self.names: Sequence[str] = list(addresses)

    async def dedicate(self, tenant: Tenant, service: str) -> None:
        request = pb.DedicateRequest(
            operation_id=tenant.operation(f"dedicate/{service}"),
            tenant_id=str(tenant.spec.tenant_id),
            database=tenant.database(service),
            bucket=tenant.bucket,
        )
        if not (await called(self._of(service).Dedicate, request, deadline=SHORT)).is_open:
            raise DatabaseNotOpen(f"{service} is making its tables in {tenant.database(service)}; it is asked again.")

    async def provision(self, tenant: Tenant, service: str) -> None:
        spec, syndic = tenant.spec, tenant.spec.first_syndic
        assert syndic is not None
        request = pb.ProvisionRequest(
            operation_id=tenant.operation(f"provision/{service}"),
            tenant_id=str(spec.tenant_id),
            name=spec.display_name,
            plan=spec.plan,
            languages=spec.languages,
            first_syndic=pb.FirstSyndic(email=syndic.email, name=syndic.name, language=syndic.language),
        )
        await called(self._of(service).Provision, request, deadline=SHORT)

    async def suspend(self, tenant: Tenant, service: str) -> bool:
        """Whether somebody else had let him write again."""
        return await self._become(tenant, service, "suspend", "suspended")

    async def resume(self, tenant: Tenant, service: str) -> bool:
        return await self._become(tenant, service, "resume", "active")

    async def _become(self, tenant: Tenant, service: str, deed: str, wanted: str) -> bool:
        # A wish is of one generation of the resource; what undoes it afterwards takes an operation of its own.
        if (state := await self._change(tenant, service, deed, f"{deed}/{service}/{tenant.generation}")) == wanted:
            return False
        if state == ERASED and tenant.is_leaving:
            # By whoever was interrupted before us.
            return False
        if (state := await self._change(tenant, service, deed, f"{deed}/{service}/{uuid4()}")) != wanted:
            raise StateNotTaken(f"The tenant is {state} and not {wanted}; it is tried again.")
        return True

    async def _change(self, tenant: Tenant, service: str, deed: str, name: str) -> str:
        stub, operation, tenant_id = self._of(service), tenant.operation(name), str(tenant.spec.tenant_id)
        try:
            if deed == "suspend":
                request = pb.SuspendRequest(operation_id=operation, tenant_id=tenant_id)
                return (await called(stub.Suspend, request, deadline=SHORT)).state
            resumed = pb.ResumeRequest(operation_id=operation, tenant_id=tenant_id)
            return (await called(stub.Resume, resumed, deadline=SHORT)).state
        except DomainError as refused:
            if refused.reason == "TENANT_ERASED" and tenant.is_leaving:
                return ERASED
            raise

    async def set_quotas(self, tenant: Tenant, service: str) -> bool:
        """Whether somebody else had set them otherwise."""
        if await self._quotas(tenant, service, f"quotas/{service}/{tenant.generation}"):
            return False
        if not await self._quotas(tenant, service, f"quotas/{service}/{uuid4()}"):
            raise StateNotTaken("The service keeps other quotas; it is tried again.")
        return True

    async def _quotas(self, tenant: Tenant, service: str, name: str) -> bool:
        wanted = pb.Quotas(requests_per_minute=tenant.spec.requests_per_minute)
        request = pb.SetQuotasRequest(
            operation_id=tenant.operation(name), tenant_id=str(tenant.spec.tenant_id), quotas=wanted
        )
        return (await called(self._of(service).SetQuotas, request, deadline=SHORT)).quotas == wanted

    async def pages(self, tenant: Tenant, service: str) -> AsyncIterator[pb.SnapshotResponse]:
        """All as at one moment; the last has the manifest."""
        request = pb.SnapshotRequest(tenant_id=str(tenant.spec.tenant_id))
        async for page in streamed(self._of(service).Snapshot, request, deadline=LONG):
            yield page

    async def manifest(self, service: str, tenant_id: UUID) -> dict[str, tuple[int, str]]:
        """Table to its rows and their hash, as they stand now."""
        request = pb.SnapshotRequest(tenant_id=str(tenant_id), manifest_only=True)
        answers = [one async for one in streamed(self._of(service).Snapshot, request, deadline=LONG)]
        return {one.table: (one.count, one.sha256) for one in answers[-1].manifest}

    async def add_page(self, service: str, operation: str, tenant_id: UUID, table: str, rows: bytes) -> None:
        request = pb.ImportRequest(operation_id=operation, tenant_id=str(tenant_id), table=table, rows=rows)
        await called(self._of(service).Import, request, deadline=LONG)

    async def finish(self, service: str, operation: str, tenant_id: UUID) -> dict[str, tuple[int, str]]:
        """Table to its rows and their hash, as they stand now."""
        request = pb.FinishImportRequest(operation_id=operation, tenant_id=str(tenant_id))
        answer = await called(self._of(service).FinishImport, request, deadline=LONG)
        return {one.table: (one.count, one.sha256) for one in answer.manifest}

    async def erase(self, tenant: Tenant, service: str) -> None:
        request = pb.EraseRequest(
            operation_id=tenant.operation(f"erase/{service}"), tenant_id=str(tenant.spec.tenant_id)
        )
        await called(self._of(service).Erase, request, deadline=LONG)

    def _of(self, service: str) -> TenantLifecycleAsyncStub:
        return TenantLifecycleStub(self._channels.to(service, self._addresses[service]))
