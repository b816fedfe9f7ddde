"""Asks a service what the operator asks it, in process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg

from koprogo.kit.tenants import State
from koprogo.kit.tenants.catalog import KEPT
from koprogo.kit.tenants.lifecycle import TenantLifecycle
from koprogo.kit.testing.tenants import traces
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb

Manifest = Mapping[str, tuple[int, str]]
"""Table to the number of its rows and their hash."""


class Archive(NamedTuple):
    pages: list[tuple[str, bytes]]
    manifest: Manifest


class Operator:
    def __init__(self, answers: TenantLifecycle) -> None:
        self.answers = answers

    async def describe(self, tenant: UUID) -> tuple[str, dict[str, int]]:
        answer = await self.answers.Describe(pb.DescribeRequest(tenant_id=str(tenant)), None)
        return answer.state, {table.table: table.count for table in answer.tables}

    async def dedicate(self, tenant: UUID, database: str, bucket: str = "") -> bool:
        request = pb.DedicateRequest(
            operation_id=f"dedicate {database}", tenant_id=str(tenant), database=database, bucket=bucket
        )
        return (await self.answers.Dedicate(request, None)).is_open

    async def suspend(self, tenant: UUID, operation: str | None = None) -> str:
        request = pb.SuspendRequest(operation_id=operation or str(uuid4()), tenant_id=str(tenant))
        return (await self.answers.Suspend(request, None)).state

    async def resume(self, tenant: UUID, operation: str | None = None) -> str:
        request = pb.ResumeRequest(operation_id=operation or str(uuid4()), tenant_id=str(tenant))
        return (await self.answers.Resume(request, None)).state

    async def limit(self, tenant: UUID, requests_per_minute: int, operation: str | None = None) -> int:
        quotas = pb.Quotas(requests_per_minute=requests_per_minute)
        request = pb.SetQuotasRequest(operation_id=operation or str(uuid4()), tenant_id=str(tenant), quotas=quotas)
        return (await self.answers.SetQuotas(request, None)).quotas.requests_per_minute

    async def erase(self, tenant: UUID, operation: str | None = None) -> str:
        request = pb.EraseRequest(operation_id=operation or str(uuid4()), tenant_id=str(tenant))
        return (await self.answers.Erase(request, None)).state

    async def page(self, tenant: UUID, cursor: str = "") -> pb.ExportResponse:
        return await self.answers.Export(
            pb.ExportRequest(operation_id="export", tenant_id=str(tenant), cursor=cursor), None
        )

    async def export(self, tenant: UUID) -> Archive:
        pages, cursor = list[tuple[str, bytes]](), ""
        while True:
            page = await self.page(tenant, cursor)
            if page.rows:
                pages.append((page.table, page.rows))
            if not (cursor := page.next_cursor):
                return Archive(pages, _by_table(page.manifest))

    async def add(self, tenant: UUID, table: str, rows: bytes, operation: str) -> int:
        request = pb.ImportRequest(operation_id=operation, tenant_id=str(tenant), table=table, rows=rows)
        return (await self.answers.Import(request, None)).added

    async def finish(self, tenant: UUID, operation: str) -> Manifest:
        request = pb.FinishImportRequest(operation_id=operation, tenant_id=str(tenant))
        return _by_table((await self.answers.FinishImport(request, None)).manifest)

    async def restore(self, archive: Archive, tenant: UUID, operation: str = "restore") -> Manifest:
        for table, rows in archive.pages:
            await self.add(tenant, table, rows, operation)
        return await self.finish(tenant, operation)

    async def manifest(self, tenant: UUID) -> Manifest:
        return (await self.export(tenant)).manifest


def _by_table(manifest: Any) -> Manifest:
    return {table.table: (table.count, table.sha256) for table in manifest}


async def through_an_archive(
    operator: Operator,
    superuser: asyncpg.Connection[asyncpg.Record],
    tenant: UUID,
    *,
    other: UUID,
    ids: Sequence[UUID],
) -> tuple[UUID, Archive]:
    """Export, erase and restore a tenant, everything twice; returns his new id.

    `other` is who must not notice, `ids` are of rows that nothing of the database may hold once they are erased.
    """
    untouched = await operator.manifest(other)
    archive = await operator.export(tenant)
    assert await operator.export(tenant) == archive
    for _ in range(2):
        assert await operator.erase(tenant, "erase") == State.ERASED
    assert set(await traces(superuser, tenant)) == KEPT
    # A tombstone that waits for the relay is nothing but the key that is to be forgotten.
    assert set(await traces(superuser, *ids)) <= {"outbox"}
    assert not await superuser.fetchval(
        "select count(*) from outbox where key = any($1) and payload is not null", [str(id_) for id_ in ids]
    )
    new = uuid4()
    for table, rows in archive.pages:
        assert await operator.add(new, table, rows, "restore") == rows.count(b"\n")
        assert await operator.add(new, table, rows, "restore") == 0
    for _ in range(2):
        assert await operator.finish(new, "restore") == archive.manifest
    assert await operator.manifest(other) == untouched
    assert (await operator.describe(new))[0] == State.SUSPENDED
    assert await operator.resume(new) == State.ACTIVE
    return new, archive
