"""A tenant's life is the operator's: what the certificate of a neighbour asks is refused, whatever a service allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf import message_factory

from koprogo.kernel.errors import DomainError
from koprogo.kit.grpc import Channels, GrpcServer, called, streamed
from koprogo.kit.process import Wiring, grpc_callers, register
from koprogo.kit.tenants.lifecycle import SERVICE
from koprogo.stack import certificates
from koprogo.stack.instance import Instance
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb
from koprogo_api.platform.v1.tenant_lifecycle_pb2_grpc import TenantLifecycleStub

from .conftest import Letters

METHODS = [method.name for method in SERVICE.methods]
WIRING = Wiring(
    title="Letters",
    routes=[],
    dependencies={},
    grpc_callers={f"/{SERVICE.full_name}/{method}": frozenset({"property"}) for method in METHODS},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    certificates.ensure(tmp_path, ["identity", "property", "operator"])
    return tmp_path


@pytest.fixture
async def address(letters: Letters, instance: Instance, folder: Path) -> AsyncIterator[str]:
    """The service of letters, which would let property ask."""
    address = f"127.0.0.1:{instance.port('identity_grpc')}"
    server = GrpcServer(
        address,
        ca=folder / "ca.crt",
        certificate=folder / "identity.crt",
        key=folder / "identity.key",
        allowed=grpc_callers(WIRING),
        register=lambda to: register(WIRING, letters.pool, to),
    )
    task = asyncio.create_task(server.run())
    await asyncio.sleep(0.05)
    yield address
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def stub(folder: Path, address: str, caller: str) -> AsyncIterator[TenantLifecycleStub]:
    channels = Channels(ca=folder / "ca.crt", certificate=folder / f"{caller}.crt", key=folder / f"{caller}.key")
    yield TenantLifecycleStub(channels.to("identity", address))
    await channels.close()


@pytest.mark.parametrize("caller", ["property"])
class TestANeighbour:
    @pytest.mark.parametrize("method", METHODS)
    async def test_is_refused(self, stub: TenantLifecycleStub, caller: str, method: str) -> None:
        request = message_factory.GetMessageClass(SERVICE.methods_by_name[method].input_type)(tenant_id=str(uuid4()))
        with pytest.raises(DomainError) as refused:
            if SERVICE.methods_by_name[method].server_streaming:
                assert [one async for one in streamed(getattr(stub, method), request, deadline=5)] == []
            else:
                await called(getattr(stub, method), request)
        assert refused.value.reason == "CALLER_NOT_ALLOWED"


@pytest.mark.parametrize("caller", ["operator"])
class TestTheOperator:
    async def test_leads_a_tenant_from_its_first_day_to_its_last(
        self, stub: TenantLifecycleStub, letters: Letters, caller: str
    ) -> None:
        tenant = str(uuid4())
        request = pb.ProvisionRequest(operation_id="1", tenant_id=tenant, name="x")
        assert [(await called(stub.Provision, request)).state for _ in range(2)] == ["active", "active"]
        suspend = pb.SuspendRequest(operation_id="2", tenant_id=tenant)
        assert (await called(stub.Suspend, suspend)).state == "suspended"
        assert (await called(stub.Provision, request)).state == "suspended"
        assert (await called(stub.Erase, pb.EraseRequest(operation_id="3", tenant_id=tenant))).state == "erased"
        assert (await called(stub.Describe, pb.DescribeRequest(tenant_id=tenant))).state == "erased"
        with pytest.raises(DomainError) as refused:
            await called(stub.Provision, request)
        assert refused.value.reason == "TENANT_ERASED"

    async def test_carries_a_row_with_a_whole_file(
        self, stub: TenantLifecycleStub, letters: Letters, caller: str
    ) -> None:
        old, new = uuid4(), uuid4()
        await letters.write(old, count=1)
        await letters.superuser.execute("update letters set content = convert_to(repeat('x', 12000000), 'utf8')")
        pages, cursor = [], ""
        while True:
            request = pb.ExportRequest(operation_id="1", tenant_id=str(old), cursor=cursor)
            page = await called(stub.Export, request, deadline=20)
            pages.append(page)
            if not (cursor := page.next_cursor):
                break
        await called(stub.Erase, pb.EraseRequest(operation_id="2", tenant_id=str(old)), deadline=20)
        for page in pages:
            await called(
                stub.Import,
                pb.ImportRequest(operation_id="3", tenant_id=str(new), table=page.table, rows=page.rows),
                deadline=20,
            )
        finished = await called(
            stub.FinishImport, pb.FinishImportRequest(operation_id="3", tenant_id=str(new)), deadline=20
        )
        assert list(finished.manifest) == list(pages[-1].manifest)
        assert max(len(page.rows) for page in pages) > 24_000_000

    async def test_is_told_all_of_a_tenant_in_one_answer(
        self, stub: TenantLifecycleStub, letters: Letters, caller: str
    ) -> None:
        await letters.write(tenant := uuid4())
        request = pb.SnapshotRequest(tenant_id=str(tenant))
        told = [one async for one in streamed(stub.Snapshot, request, deadline=20)]
        archive = await letters.operator.export(tenant)
        assert [(one.table, one.rows) for one in told[:-1]] == archive.pages
        assert {one.table: (one.count, one.sha256) for one in told[-1].manifest} == archive.manifest

    async def test_who_goes_away_in_the_middle_leaves_no_transaction_behind(
        self, stub: TenantLifecycleStub, letters: Letters, caller: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # More than fits between the two, so that the service waits for its reader.
        await letters.write(tenant := uuid4(), count=40)
        await letters.superuser.execute("update letters set content = convert_to(repeat('x', 1000000), 'utf8')")
        under_way = (
            "select count(*) from pg_stat_activity where datname = current_database() and xact_start is not null"
        )
        call = stub.Snapshot(pb.SnapshotRequest(tenant_id=str(tenant)))
        assert (await call.read()).rows
        assert await letters.superuser.fetchval(f"{under_way} and pid <> pg_backend_pid()") == 1
        call.cancel()
        async with asyncio.timeout(10):
            while await letters.superuser.fetchval(f"{under_way} and pid <> pg_backend_pid()"):
                await asyncio.sleep(0.05)

    async def test_is_refused_a_snapshot_of_nobody(
        self, stub: TenantLifecycleStub, letters: Letters, caller: str
    ) -> None:
        with pytest.raises(DomainError) as refused:
            request = pb.SnapshotRequest(tenant_id="00000000-0000-0000-0000-000000000000")
            assert [one async for one in streamed(stub.Snapshot, request, deadline=5)] == []
        assert refused.value.reason == "TENANT_MISSING"

    @pytest.mark.parametrize("tenant", ["", "x", "00000000-0000-0000-0000-000000000000"])
    async def test_has_to_name_a_tenant(self, stub: TenantLifecycleStub, caller: str, tenant: str) -> None:
        with pytest.raises(Exception) as refused:
            await called(stub.Erase, pb.EraseRequest(operation_id="1", tenant_id=tenant))
        assert "TENANT_MISSING" in str(refused.value.__dict__) or "INVALID_ARGUMENT" in str(refused.value)
