"""What a tenant has leaves whole, comes back as it was, and is gone when it is erased."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.kernel.errors import DomainError
from koprogo.kit.database import PLATFORM, UnitOfWork
from koprogo.kit.tenants import export
from koprogo.kit.testing import Archive, in_the_way, traces
from koprogo_api.platform.v1 import tenant_lifecycle_pb2 as pb

from .conftest import Letters

REMAINS = {"tenants", "tenant_operations"}


@pytest.fixture(params=[1, 2_000, 1_000_000], ids=["row by row", "in small pages", "in large pages"])
def page_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    size: int = request.param
    monkeypatch.setattr(export, "PAGE_BYTES", size)
    return size


def hashes(archive: Archive) -> Mapping[str, tuple[int, str]]:
    """As whoever holds the pages computes them."""
    found = {}
    for table in archive.manifest:
        rows = b"".join(rows for name, rows in archive.pages if name == table)
        found[table] = (rows.count(b"\n"), hashlib.sha256(rows).hexdigest())
    return found


async def outbox(letters: Letters) -> list[tuple[UUID, str, bool]]:
    rows = await letters.superuser.fetch(
        "select tenant_id, key, payload is null as empty from outbox order by position"
    )
    return [(row["tenant_id"], row["key"], row["empty"]) for row in rows]


async def content(letters: Letters, tenant: UUID) -> list[Any]:
    """What the service reads, computed columns and kept figures too."""
    async with (uow := UnitOfWork(letters.pool, tenant)):
        rows = await uow.connection.fetch(
            "select l.id, answers, text, length, weight, cents, content, notes, tags, written_at, c.stamps,"
            " (select array_agg((code, valid_during)::text order by code) from stamps where letter_id = l.id) as codes"
            " from letters l join counters c on c.letter_id = l.id order by l.id"
        )
        return [tuple(row.values()) for row in rows]


class TestAnExport:
    async def test_is_proved_whole_by_its_manifest(self, letters: Letters, page_bytes: int) -> None:
        await letters.write(tenant := uuid4())
        archive = await letters.operator.export(tenant)
        assert archive.manifest == hashes(archive)
        assert {name: count for name, (count, _) in archive.manifest.items()} == {
            "firms": 1, "letters": 5, "stamps": 15, "counters": 5, "grants": 0,
        }  # fmt: skip
        assert len(archive.pages) == {1: 26, 1_000_000: 4}.get(page_bytes, len(archive.pages))

    async def test_names_the_tenant_nowhere(self, letters: Letters) -> None:
        await letters.write(tenant := uuid4())
        rows = b"".join(rows for _, rows in (await letters.operator.export(tenant)).pages)
        assert str(tenant).encode() not in rows and b"tenant_id" not in rows

    async def test_writes_what_a_reader_would_round_as_text(self, letters: Letters) -> None:
        await letters.write(tenant := uuid4())
        pages = (await letters.operator.export(tenant)).pages
        rows = [json.loads(line) for name, page in pages if name == "letters" for line in page.split(b"\n") if line]
        assert {row["weight"] for row in rows} == {None, "123456789012345678901234567890.10"}
        assert max((row["content"] for row in rows if row["content"]), key=len)[:6] == "\\x0001"

    async def test_goes_on_from_any_page_where_it_broke_off(self, letters: Letters, page_bytes: int) -> None:
        await letters.write(tenant := uuid4())
        cursor, pages = "", []
        while True:
            page = await letters.operator.page(tenant, cursor)
            again = await letters.operator.page(tenant, cursor)
            assert page == again
            pages.append((page.table, page.rows))
            if not (cursor := page.next_cursor):
                break
        assert [p for p in pages if p[1]] == (await letters.operator.export(tenant)).pages

    async def test_holds_nothing_of_another_tenant(self, letters: Letters) -> None:
        await letters.write(uuid4())
        assert (await letters.operator.export(uuid4())).pages == []

    @pytest.mark.parametrize("cursor", ["x", '{"table": "outbox", "after": []}', '{"table": "pg_authid", "after": []}'])
    async def test_of_what_is_not_exported_is_refused(self, letters: Letters, cursor: str) -> None:
        with pytest.raises(DomainError) as refused:
            await letters.operator.page(uuid4(), cursor)
        assert refused.value.reason == "CURSOR_UNKNOWN"


class TestASnapshot:
    async def test_is_of_one_moment_of_a_tenant_who_goes_on_writing(self, letters: Letters, page_bytes: int) -> None:
        await letters.write(tenant := uuid4())
        before = await letters.operator.export(tenant)
        told = letters.operator.answers.Snapshot(pb.SnapshotRequest(tenant_id=str(tenant)), None)
        found = [await anext(told)]
        async with (uow := UnitOfWork(letters.pool, tenant)):
            await uow.connection.execute("update letters set text = 'later'")
            await uow.connection.execute("delete from stamps")
        found += [one async for one in told]
        assert [(one.table, one.rows) for one in found[:-1]] == before.pages
        assert {one.table: (one.count, one.sha256) for one in found[-1].manifest} == before.manifest
        assert (await letters.operator.export(tenant)).manifest != before.manifest

    async def test_says_what_is_there_without_its_rows(self, letters: Letters) -> None:
        await letters.write(tenant := uuid4())
        request = pb.SnapshotRequest(tenant_id=str(tenant), manifest_only=True)
        (one,) = [one async for one in letters.operator.answers.Snapshot(request, None)]
        assert {t.table: (t.count, t.sha256) for t in one.manifest} == await letters.operator.manifest(tenant)
        assert one.rows == b""


class TestARestoredTenant:
    async def test_has_all_he_had_under_another_id(self, letters: Letters, page_bytes: int) -> None:
        await letters.write(old := uuid4())
        before, archive = await content(letters, old), await letters.operator.export(old)
        await letters.operator.erase(old)
        new = uuid4()
        assert await letters.operator.restore(archive, new) == archive.manifest
        assert await content(letters, new) == before
        async with (uow := UnitOfWork(letters.pool, new)):
            assert await uow.connection.fetchval("select id from firms") == new
            assert await uow.connection.fetchval("select count(*) from restored_references") == 0
        assert (await letters.operator.describe(new))[0] == "suspended", "until the manifests were compared"

    async def test_is_told_anew(self, letters: Letters) -> None:
        ids = await letters.write(old := uuid4())
        archive = await letters.operator.export(old)
        await letters.operator.erase(old)
        await letters.superuser.execute("delete from outbox")
        await letters.operator.restore(archive, new := uuid4())
        await letters.operator.finish(new, "restore")
        assert await outbox(letters) == [(new, str(id_), False) for id_ in ids]

    async def test_is_not_changed_by_pages_that_come_twice(self, letters: Letters) -> None:
        await letters.write(old := uuid4())
        archive = await letters.operator.export(old)
        await letters.operator.erase(old)
        new = uuid4()
        for table, rows in archive.pages:
            assert await letters.operator.add(new, table, rows, "restore") == rows.count(b"\n")
            assert await letters.operator.add(new, table, rows, "restore") == 0
        assert await letters.operator.finish(new, "restore") == archive.manifest

    async def test_does_not_get_back_what_was_removed_since(self, letters: Letters) -> None:
        await letters.write(old := uuid4())
        archive = await letters.operator.export(old)
        await letters.operator.erase(old)
        await letters.operator.restore(archive, new := uuid4())
        async with (uow := UnitOfWork(letters.pool, new)):
            await uow.connection.execute("delete from stamps")
        after = await letters.operator.restore(archive, new)
        assert after["stamps"][0] == 0

    async def test_does_not_take_what_is_still_anothers(self, letters: Letters) -> None:
        await letters.write(old := uuid4())
        archive = await letters.operator.export(old)
        with pytest.raises(DomainError) as refused:
            for table, rows in archive.pages:
                if table != "firms":
                    await letters.operator.add(uuid4(), table, rows, "restore")
        assert refused.value.reason in ("ROWS_STAND_ELSEWHERE", "IMPORT_OUT_OF_ORDER")
        assert await letters.operator.manifest(old) == archive.manifest

    async def test_is_refused_rows_whose_ids_are_still_anothers(self, letters: Letters) -> None:
        await letters.write(old := uuid4(), count=1)
        new = uuid4()
        for table, rows in (await letters.operator.export(old)).pages:
            if table == "firms":
                await letters.operator.add(new, table, rows, "restore")
            elif table == "letters":
                with pytest.raises(DomainError) as refused:
                    await letters.operator.add(new, table, rows, "restore")
                assert refused.value.reason == "ROWS_STAND_ELSEWHERE"
        assert (await letters.operator.describe(new))[1]["letters"] == 0

    @pytest.mark.parametrize(
        ("table", "rows", "reason"),
        [
            ("stamps", b'{"letter_id": "%s", "code": "A", "valid_during": "[2026-01-01,)"}\n', "IMPORT_OUT_OF_ORDER"),
            ("outbox", b"{}\n", "TABLE_UNKNOWN"),
            ("tenants", b"{}\n", "TABLE_UNKNOWN"),
            ('letters"; drop table letters; --', b"{}\n", "TABLE_UNKNOWN"),
            ("letters", b"{}\n", "ROWS_UNREADABLE"),
            ("letters", b"no json\n", "ROWS_UNREADABLE"),
            ("letters", b'{"id": "x"}\n', "ROWS_UNREADABLE"),
        ],
    )
    async def test_is_made_of_pages_of_an_export_alone(
        self, letters: Letters, table: str, rows: bytes, reason: str
    ) -> None:
        with pytest.raises(DomainError) as refused:
            await letters.operator.add(uuid4(), table, rows.replace(b"%s", str(uuid4()).encode()), "restore")
        assert refused.value.reason == reason

    async def test_finds_no_trigger_in_the_way(self, letters: Letters) -> None:
        assert await in_the_way(letters.superuser) == []

    async def test_would_find_a_trigger_in_the_way_that_was_forgotten(self, letters: Letters) -> None:
        await letters.superuser.execute(
            "alter table letters drop constraint letters_answers_key;"
            " create trigger forgotten after insert on stamps for each row execute function stamps_are_counted()"
        )
        assert [line.partition(":")[0] for line in await in_the_way(letters.superuser)] == ["letters", "stamps"]


class TestAnErasedTenant:
    async def test_leaves_nothing_but_that_he_was_there(self, letters: Letters) -> None:
        ids = await letters.write(tenant := uuid4())
        assert set(await traces(letters.superuser, tenant)) >= {"firms", "letters", "outbox", "inbox"}
        assert await letters.operator.erase(tenant, "e") == "erased"
        assert set(await traces(letters.superuser, tenant)) == REMAINS
        assert set(await traces(letters.superuser, *ids)) == {"outbox"}
        assert await outbox(letters) == [(PLATFORM, str(id_), True) for id_ in ids]
        row = await letters.superuser.fetchrow("select state from tenants where tenant_id = $1", tenant)
        assert row is not None and row["state"] == "erased"

    async def test_is_erased_once(self, letters: Letters) -> None:
        await letters.write(tenant := uuid4())
        await letters.operator.erase(tenant, "e")
        since = "select changed_at from tenants where tenant_id = $1"
        told, at = await outbox(letters), await letters.superuser.fetchval(since, tenant)
        await letters.operator.erase(tenant, "e")
        assert await letters.superuser.fetchval(since, tenant) == at
        await letters.operator.erase(tenant, "another")
        assert await outbox(letters) == told

    async def test_is_erased_to_the_end_after_a_crash(self, letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
        await letters.write(tenant := uuid4())
        real = UnitOfWork.publish

        async def crash(*_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(UnitOfWork, "publish", crash)
        with pytest.raises(RuntimeError):
            await letters.operator.erase(tenant, "e")
        state, counts = await letters.operator.describe(tenant)
        assert (state, counts["letters"]) == ("erased", 5)
        monkeypatch.setattr(UnitOfWork, "publish", real)
        await letters.operator.erase(tenant, "e")
        assert set(await traces(letters.superuser, tenant)) == REMAINS

    async def test_takes_nothing_of_another_along(self, letters: Letters) -> None:
        await letters.write(other := uuid4())
        before, told = await letters.operator.manifest(other), await outbox(letters)
        await letters.superuser.execute(
            "update inbox set handled_at = now() - interval '1 year';"
            " update idempotency_keys set created_at = now() - interval '1 year'"
        )
        await letters.write(tenant := uuid4())
        await letters.operator.erase(tenant)
        assert await letters.operator.manifest(other) == before
        assert [line for line in await outbox(letters) if line[0] == other] == told
        counted = await letters.superuser.fetchrow(
            "select (select count(*) from inbox) as inbox, (select count(*) from idempotency_keys) as keys"
        )
        assert counted is not None and tuple(counted) == (1, 1)

    async def test_does_not_come_back(self, letters: Letters) -> None:
        await letters.write(tenant := uuid4())
        archive = await letters.operator.export(tenant)
        await letters.operator.erase(tenant)
        for again in (
            letters.operator.resume(tenant),
            letters.operator.suspend(tenant),
            letters.operator.restore(archive, tenant),
        ):
            with pytest.raises(DomainError) as refused:
                await again
            assert refused.value.reason == "TENANT_ERASED"
        assert (await letters.operator.describe(tenant))[0] == "erased"

    async def test_is_not_the_platform(self, letters: Letters) -> None:
        with pytest.raises(DomainError) as refused:
            await letters.operator.erase(PLATFORM)
        assert refused.value.reason == "TENANT_MISSING"


class TestARowThatIsNotBeingRestored:
    async def test_is_kept_count_of_as_ever(self, letters: Letters) -> None:
        ids = await letters.write(tenant := uuid4(), count=1)
        archive = await letters.operator.export(tenant)
        await letters.operator.erase(tenant)
        await letters.operator.restore(archive, new := uuid4())
        async with (uow := UnitOfWork(letters.pool, new)):
            await uow.connection.execute(
                "insert into stamps (letter_id, code, valid_during) values ($1, 'new', '[2026-01-01,)')", ids[0]
            )
            assert await uow.connection.fetchval("select stamps from counters") == 4

    async def test_cannot_be_of_another_tenant(self, letters: Letters) -> None:
        uow = UnitOfWork(letters.pool, uuid4())
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with uow:
                await uow.connection.execute("set local koprogo.restoring = 'on'")
                await uow.connection.execute("insert into tenants (tenant_id, state) values ($1, 'erased')", uuid4())
