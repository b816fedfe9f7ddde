"""An organisation's documents leave whole, come back under another organisation, and are gone when erased.

The files themselves are under the organisation's prefix in the object store, all of them: who erases it removes the
prefix, who restores it copies it to the new one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from minio.commonconfig import CopySource

from koprogo.documents.adapters.object_store import S3FileStore
from koprogo.documents.adapters.postgres.unit_of_work import PostgresUnitOfWork, open_dispatches, open_requests
from koprogo.documents.application.ports import Reader
from koprogo.documents.application.render_document import note_request, render_document
from koprogo.kernel.words import Role
from koprogo.kit.database import Pool, UnitOfWork
from koprogo.kit.tenants import state
from koprogo.kit.tenants.lifecycle import TenantLifecycle, nothing_to_provision, nothing_told
from koprogo.kit.testing import Operator, in_the_way, through_an_archive
from koprogo.kit.testing.in_process import write_local_grant
from koprogo.stack.instance import Instance
from koprogo.stack.testing import superuser_url

from .builders import PDF, document, request
from .fakes import FakeRenderer


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


@pytest.fixture
async def superuser(parts: Instance) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(superuser_url(parts, "documents"))
    yield connection
    await connection.close()


@pytest.fixture
def operator(pool: Pool) -> Operator:
    return Operator(TenantLifecycle(pool, nothing_to_provision, nothing_told))


class Cabinet:
    """An uploaded plan, a convocation that was rendered for two, and one that is still to be."""

    def __init__(self, pool: Pool, store: S3FileStore, tenant: UUID) -> None:
        self.pool, self.store, self.tenant, self.association = pool, store, tenant, uuid4()
        self.plan = document(association_id=self.association)
        self.rendered, self.waiting = uuid4(), uuid4()

    def uow(self) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(self.pool, self.tenant)

    async def filled(self) -> Cabinet:
        await write_local_grant(self.pool, uuid4(), Role.SYNDIC, self.tenant)
        await self.store.put(self.plan, PDF)
        async with (uow := self.uow()):
            await uow.documents.add(self.plan)
        renderer, now = FakeRenderer(), partial(datetime.now, UTC)
        for one in (self.rendered, self.waiting):
            asked = request(one, uuid4(), uuid4(), association=self.association)
            await note_request(asked, document_id=one, uow=self.uow(), renderer=renderer, now=now())
        await render_document(self.rendered, uow=self.uow, renderer=renderer, store=self.store, clock=now)
        return self

    async def shown(self) -> dict[str, Any]:
        everything = Reader(frozenset({Role.SYNDIC}), frozenset())
        async with (uow := self.uow()):
            return {
                "documents": await uow.documents.page(self.association, everything, None, 50, None),
                "dispatches": await uow.dispatches.page(self.association, None, 50, None),
                "asked": (await uow.requests.get(self.waiting)).payload,
            }

    def keys(self, prefix: str = "") -> set[str]:
        return {one.object_name or "" for one in self.store._client.list_objects(self.store._bucket, prefix, True)}


class TestATenant:
    async def test_survives_an_archive_and_leaves_nothing_behind(
        self, pool: Pool, store: S3FileStore, tenant: UUID, operator: Operator,
        superuser: asyncpg.Connection[asyncpg.Record],
    ) -> None:  # fmt: skip
        cabinet = await Cabinet(pool, store, tenant).filled()
        other = uuid4()
        await Cabinet(pool, S3FileStore(store._client, store._bucket, other), other).filled()
        before = await cabinet.shown()
        cabinet.tenant, archive = await through_an_archive(
            operator, superuser, tenant, other=other, ids=[cabinet.association, cabinet.plan.id, cabinet.rendered]
        )
        assert all(count for count, _ in archive.manifest.values()), archive.manifest
        assert await cabinet.shown() == before and len(before["documents"]) == 2
        for find, count in ((open_requests, 1), (open_dispatches, 2)):
            assert len([one for one in await find(pool) if one.tenant == cabinet.tenant]) == count
            assert [one for one in await find(pool) if one.tenant == tenant] == []

    async def test_is_left_alone_by_the_jobs_while_suspended(
        self, pool: Pool, store: S3FileStore, tenant: UUID, operator: Operator
    ) -> None:
        await Cabinet(pool, store, tenant).filled()

        async def waiting() -> tuple[int, int]:
            found = [await find(pool) for find in (open_requests, open_dispatches)]
            requests, dispatches = (sum(one.tenant == tenant for one in some) for some in found)
            return requests, dispatches

        assert await waiting() == (1, 2)
        await operator.suspend(tenant)
        assert await waiting() == (0, 0)
        await operator.resume(tenant)
        assert await waiting() == (1, 2)

    async def test_has_its_files_once_its_prefix_is_copied_to_the_new_one(
        self, pool: Pool, store: S3FileStore, tenant: UUID
    ) -> None:
        cabinet, there = Cabinet(pool, store, tenant), uuid4()
        before = cabinet.keys()
        await cabinet.filled()
        new = cabinet.keys() - before
        assert len(new) == 2 and all(key.startswith(f"{tenant}/") for key in new)
        for key in new:
            source = CopySource(store._bucket, key)
            store._client.copy_object(store._bucket, key.replace(str(tenant), str(there)), source)
            store._client.remove_object(store._bucket, key)
        assert cabinet.keys(f"{tenant}/") == set()
        assert await S3FileStore(store._client, store._bucket, there).get(cabinet.plan) == PDF

    async def test_finds_nothing_in_the_way(self, pool: Pool) -> None:
        async with (uow := UnitOfWork(pool, uuid4())):
            assert await in_the_way(uow.connection) == []
