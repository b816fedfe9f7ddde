"""The operator's door: the same in every service, and open to nobody else.

The second place where the kit speaks a contract: every service answers it, and none has a word of its own in it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import grpc
import msgspec

from koprogo.kernel.errors import DomainError
from koprogo.kit.database import PLATFORM, Connection, Home, InShared, Outgoing, Pool, UnitOfWork
from koprogo.kit.tenants import dedicate, export, restore, state
from koprogo.kit.tenants.erase import drop_outbox, erase, tell_tombstones
from koprogo.kit.tenants.quotas import Quotas, quotas_of, set_quotas
from koprogo.kit.tenants.state import NewTenant, State, TenantErased, claim, is_done, set_state, state_of
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb
from koprogo_api.platform.v1.tenant_lifecycle_pb2_grpc import (
    TenantLifecycleServicer,
    add_TenantLifecycleServicer_to_server,
)

SERVICE = pb.DESCRIPTOR.services_by_name["TenantLifecycle"]
CALLERS = {f"/{SERVICE.full_name}/{method.name}": frozenset({"operator"}) for method in SERVICE.methods}

DATABASE = re.compile(r"t_[a-z0-9_]{1,61}")
Provision = Callable[[NewTenant], Awaitable[None]]
Told = Callable[[Connection, UUID], Awaitable[Sequence[Outgoing]]]
"""All that the compacted topics of a service say of a tenant."""


class OperationMissing(DomainError):
    reason = "OPERATION_MISSING"


async def nothing_to_provision(tenant: NewTenant) -> None:
    pass


async def nothing_told(connection: Connection, tenant: UUID) -> Sequence[Outgoing]:
    return ()


class TenantLifecycle(TenantLifecycleServicer):
    def __init__(self, pool: Pool, provision: Provision, told: Told) -> None:
        self._pool = pool
        self._provision = provision
        self._told = told

    async def Dedicate(self, request: pb.DedicateRequest, context: Any) -> pb.DedicateResponse:
        if not DATABASE.fullmatch(request.database):
            raise dedicate.DatabaseTaken("Name a database that begins with t_.", database=request.database)
        async with (uow := InShared(self._pool, _tenant(request))):
            is_open = await dedicate.place(uow.connection, _operation(request), request.database, request.bucket)
        return pb.DedicateResponse(is_open=is_open)

    async def Provision(self, request: pb.ProvisionRequest, context: Any) -> pb.ProvisionResponse:
        tenant, operation = _tenant(request), _operation(request)
        async with (uow := UnitOfWork(self._pool, tenant)):
            now, is_new = await state_of(uow.connection), not await is_done(uow.connection, operation, "provision")
        if now is State.ERASED:
            raise TenantErased("This tenant was erased; choose a new id.")
        if is_new:
            # Its own transaction, and harmless a second time.
            await self._provision(_new_tenant(tenant, request))
            async with (uow := UnitOfWork(self._pool, tenant)):
                if await claim(uow.connection, operation, "provision"):
                    await set_state(uow.connection, now)
        return pb.ProvisionResponse(state=now)

    async def Suspend(self, request: pb.SuspendRequest, context: Any) -> pb.SuspendResponse:
        return pb.SuspendResponse(state=await self._change(request, "suspend", State.SUSPENDED))

    async def Resume(self, request: pb.ResumeRequest, context: Any) -> pb.ResumeResponse:
        return pb.ResumeResponse(state=await self._change(request, "resume", State.ACTIVE))

    async def _change(self, request: pb.SuspendRequest | pb.ResumeRequest, kind: str, to: State) -> State:
        async with (uow := UnitOfWork(self._pool, _tenant(request))):
            if await claim(uow.connection, _operation(request), kind):
                await set_state(uow.connection, to)
            return await state_of(uow.connection)

    async def SetQuotas(self, request: pb.SetQuotasRequest, context: Any) -> pb.SetQuotasResponse:
        async with (uow := UnitOfWork(self._pool, _tenant(request))):
            if await claim(uow.connection, _operation(request), "quotas"):
                await set_quotas(uow.connection, Quotas(request.quotas.requests_per_minute or None))
            now = await quotas_of(uow.connection)
        return pb.SetQuotasResponse(quotas=pb.Quotas(requests_per_minute=now.requests_per_minute or 0))

    async def Export(self, request: pb.ExportRequest, context: Any) -> pb.ExportResponse:
        try:
            cursor = msgspec.json.decode(request.cursor, type=export.Cursor) if request.cursor else None
        except msgspec.DecodeError as unknown:
            raise export.CursorUnknown("This is no cursor; start again without one.") from unknown
        async with (uow := UnitOfWork(self._pool, _tenant(request))):
            await export.begin_reading(uow.connection)
            page = await export.page(uow.connection, cursor)
            manifest = await export.manifest(uow.connection) if page.next is None else []
        return pb.ExportResponse(
            table=page.table,
            rows=page.rows,
            next_cursor=msgspec.json.encode(page.next).decode() if page.next else "",
            manifest=_manifest(manifest),
        )

    async def Snapshot(self, request: pb.SnapshotRequest, context: Any) -> AsyncIterator[pb.SnapshotResponse]:
        # One transaction from the first page to the manifest: what is written meanwhile is not in it.
        async with (uow := UnitOfWork(self._pool, _tenant(request))):
            await export.begin_reading(uow.connection)
            if not request.manifest_only:
                async for page in export.pages(uow.connection):
                    yield pb.SnapshotResponse(table=page.table, rows=page.rows)
            yield pb.SnapshotResponse(manifest=_manifest(await export.manifest(uow.connection)))

    async def Import(self, request: pb.ImportRequest, context: Any) -> pb.ImportResponse:
        async with (uow := UnitOfWork(self._pool, _tenant(request))):
            added = 0
            # After its end an import adds nothing more: what was deleted since would come back.
            if not await is_done(uow.connection, _operation(request), "import"):
                # Until the manifests were compared and somebody resumes him, nothing is done with his rows.
                await set_state(uow.connection, State.SUSPENDED)
                await restore.restoring(uow.connection)
                added = await restore.add_rows(uow.connection, request.table, request.rows)
        return pb.ImportResponse(added=added)

    async def FinishImport(self, request: pb.FinishImportRequest, context: Any) -> pb.FinishImportResponse:
        tenant = _tenant(request)
        async with (uow := UnitOfWork(self._pool, tenant)):
            if await claim(uow.connection, _operation(request), "import"):
                await restore.restoring(uow.connection)
                await restore.refer_back(uow.connection)
                await uow.publish(*await self._told(uow.connection, tenant))
        async with (uow := UnitOfWork(self._pool, tenant)):
            await export.begin_reading(uow.connection)
            return pb.FinishImportResponse(manifest=_manifest(await export.manifest(uow.connection)))

    async def Erase(self, request: pb.EraseRequest, context: Any) -> pb.EraseResponse:
        tenant, operation = _tenant(request), _operation(request)
        async with (shared := InShared(self._pool, tenant)):
            if await is_done(shared.connection, operation, "erase"):
                return pb.EraseResponse(state=State.ERASED)
        home = await self._pool.home(tenant)
        told: Sequence[Outgoing] = ()
        if not isinstance(home, Home) or home.place.is_open:
            async with (uow := UnitOfWork(self._pool, tenant)):
                await set_state(uow.connection, State.ERASED)
            # Until every process knows: none writes a row after those that are there were deleted.
            await asyncio.sleep(state.CACHE_SECONDS + 0.5)
            async with (uow := UnitOfWork(self._pool, tenant)):
                told = await self._told(uow.connection, tenant)
                if isinstance(home, Home):
                    # The rest goes with the database. Nothing of it is told once the tombstones are.
                    await drop_outbox(uow.connection, tenant)
                elif await claim(uow.connection, operation, "erase"):
                    await erase(uow, tenant, told)
        if isinstance(home, Home):
            await self._forget(tenant, operation, told)
        return pb.EraseResponse(state=State.ERASED)

    async def _forget(self, tenant: UUID, operation: str, told: Sequence[Outgoing]) -> None:
        """His own database is dropped by whoever made it."""
        async with (shared := InShared(self._pool, tenant)):
            if await claim(shared.connection, operation, "erase"):
                await dedicate.forget(shared.connection)
                await tell_tombstones(shared, told)

    async def Describe(self, request: pb.DescribeRequest, context: Any) -> pb.DescribeResponse:
        async with (uow := UnitOfWork(self._pool, _tenant(request))):
            await export.begin_reading(uow.connection)
            counts = await export.counts(uow.connection)
            return pb.DescribeResponse(
                state=await state_of(uow.connection),
                tables=[pb.TableCount(table=name, count=count) for name, count in counts.items()],
            )


def register(answers: TenantLifecycle, server: grpc.aio.Server) -> None:
    add_TenantLifecycleServicer_to_server(answers, server)


def _tenant(request: Any) -> UUID:
    tenant = UUID(request.tenant_id)
    if tenant == PLATFORM:
        raise DomainError("The platform is no tenant.", reason="TENANT_MISSING")
    return tenant


def _new_tenant(tenant: UUID, request: pb.ProvisionRequest) -> NewTenant:
    syndic = request.first_syndic
    return NewTenant(
        tenant, request.name, request.plan, list(request.languages), syndic.email, syndic.name, syndic.language
    )


def _operation(request: Any) -> str:
    if not 1 <= len(request.operation_id) <= 200:
        raise OperationMissing("Name the operation by an id of at most 200 characters, the same when it is repeated.")
    return str(request.operation_id)


def _manifest(found: Sequence[export.Manifest]) -> list[pb.TableManifest]:
    return [pb.TableManifest(table=m.table, count=m.count, sha256=m.sha256) for m in found]
