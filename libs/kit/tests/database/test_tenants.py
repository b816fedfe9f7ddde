"""What one tenant writes, another does not see, whatever happens on the connection they share."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.kernel.words import Role
from koprogo.kit.database import PLATFORM, Pool, UnitOfWork, connect
from koprogo.kit.database.unit_of_work import NothingWritten
from koprogo.kit.testing import holes, powers, seen_rows
from koprogo.kit.testing.in_process import write_local_grant
from koprogo.stack.instance import Instance


async def note(pool: Pool, tenant: UUID, text: str = "hello") -> UUID:
    uow, id_ = UnitOfWork(pool, tenant), uuid4()
    async with uow:
        await uow.connection.execute("insert into notes (id, text) values ($1, $2)", id_, text)
    return id_


async def texts(pool: Pool, tenant: UUID) -> list[str]:
    uow = UnitOfWork(pool, tenant)
    async with uow:
        return [row["text"] for row in await uow.connection.fetch("select text from notes order by text")]


class TestATenant:
    async def test_sees_what_it_wrote(self, pool: Pool) -> None:
        tenant = uuid4()
        await note(pool, tenant, "mine")
        assert await texts(pool, tenant) == ["mine"]

    async def test_sees_nothing_of_another_in_any_table(self, pool: Pool) -> None:
        first, subject = uuid4(), uuid4()
        await note(pool, first)
        await write_local_grant(pool, subject, Role.SYNDIC, first)
        uow = UnitOfWork(pool, first)
        async with uow:
            await uow.is_new(uuid4())
            await uow.connection.execute(
                "insert into idempotency_keys (subject, key, fingerprint) values ($1, 'k', '\\x00')", subject
            )
        async with uow:
            own = await seen_rows(uow.connection)
        assert own == {
            "grants": 1, "idempotency_keys": 1, "inbox": 1, "notes": 1, "outbox": 0, "restored_references": 0,
            "tenant_operations": 0, "tenants": 0,
        }  # fmt: skip
        other = UnitOfWork(pool, uuid4())
        async with other:
            assert set((await seen_rows(other.connection)).values()) == {0}

    async def test_cannot_change_or_remove_what_is_anothers(self, pool: Pool) -> None:
        first = uuid4()
        id_ = await note(pool, first, "mine")
        other = UnitOfWork(pool, uuid4())
        async with other:
            assert await other.connection.execute("update notes set text = 'yours' where id = $1", id_) == "UPDATE 0"
            assert await other.connection.execute("delete from notes where id = $1", id_) == "DELETE 0"
        assert await texts(pool, first) == ["mine"]

    async def test_cannot_write_into_another(self, pool: Pool) -> None:
        uow = UnitOfWork(pool, uuid4())
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with uow:
                await uow.connection.execute(
                    "insert into notes (id, tenant_id, text) values ($1, $2, 'smuggled')", uuid4(), uuid4()
                )

    async def test_is_needed_to_read_at_all(self, pool: Pool) -> None:
        await note(pool, uuid4())
        with pytest.raises(asyncpg.PostgresError):
            await pool.fetch("select text from notes")

    async def test_binds_the_owner_of_the_schema_too(self, pool: Pool, instance: Instance) -> None:
        await note(pool, uuid4())
        owner = await asyncpg.connect(instance.database_url("property", "owner"))
        try:
            with pytest.raises(asyncpg.PostgresError):
                await owner.fetch("select text from notes")
        finally:
            await owner.close()


@pytest.fixture
async def one_connection(database_url: str, package: str):  # type: ignore[no-untyped-def]
    pool = await connect(database_url, size=1)
    yield pool
    await pool.close()


async def assert_clean(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert not connection.is_in_transaction()
        assert not await connection.fetchval("select nullif(current_setting('koprogo.tenant', true), '')")


class TestThePooledConnection:
    async def test_forgets_the_tenant_after_a_commit(self, one_connection: Pool) -> None:
        await note(one_connection, uuid4())
        await assert_clean(one_connection)

    async def test_forgets_the_tenant_after_an_exception(self, one_connection: Pool) -> None:
        tenant = uuid4()
        with pytest.raises(LookupError):
            async with (uow := UnitOfWork(one_connection, tenant)):
                await uow.connection.execute("insert into notes (id, text) values ($1, 'lost')", uuid4())
                raise LookupError
        await assert_clean(one_connection)
        assert await texts(one_connection, tenant) == []

    async def test_forgets_the_tenant_after_an_error_of_the_database(self, one_connection: Pool) -> None:
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with (uow := UnitOfWork(one_connection, uuid4())):
                await uow.connection.execute("select 1 / 0")
        await assert_clean(one_connection)

    async def test_does_not_pretend_to_have_committed_after_an_error_that_was_swallowed(
        self, one_connection: Pool
    ) -> None:
        tenant = uuid4()
        with pytest.raises(NothingWritten):
            async with (uow := UnitOfWork(one_connection, tenant)):
                await uow.connection.execute("insert into notes (id, text) values ($1, 'lost')", uuid4())
                with pytest.raises(asyncpg.DivisionByZeroError):
                    await uow.connection.execute("select 1 / 0")
        await assert_clean(one_connection)
        assert await texts(one_connection, tenant) == []

    @pytest.mark.parametrize("after", [0.0, 0.0005, 0.002, 0.05])
    async def test_forgets_the_tenant_after_a_cancellation(self, one_connection: Pool, after: float) -> None:
        tenant = uuid4()

        async def slow() -> None:
            async with (uow := UnitOfWork(one_connection, tenant)):
                await uow.connection.execute("insert into notes (id, text) values ($1, 'lost')", uuid4())
                await uow.connection.execute("select pg_sleep(5)")

        task = asyncio.create_task(slow())
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await assert_clean(one_connection)
        assert await texts(one_connection, tenant) == []

    async def test_is_given_back_however_the_work_ends(self, one_connection: Pool) -> None:
        for _ in range(3):
            with pytest.raises(LookupError):
                async with UnitOfWork(one_connection, uuid4()):
                    raise LookupError
        assert one_connection.get_idle_size() == 1

    async def test_keeps_tenants_apart_that_take_turns(self, one_connection: Pool) -> None:
        tenants = [uuid4() for _ in range(5)]
        await asyncio.gather(*(note(one_connection, tenant, str(tenant)) for tenant in tenants))
        assert [await texts(one_connection, tenant) for tenant in tenants] == [[str(t)] for t in tenants]

    async def test_reads_grants_of_a_person_over_tenants_and_forgets_him(self, one_connection: Pool) -> None:
        subject, other, tenants = uuid4(), uuid4(), {uuid4(), uuid4()}
        for tenant in tenants:
            await write_local_grant(one_connection, subject, Role.SYNDIC, tenant)
            await write_local_grant(one_connection, other, Role.SYNDIC, tenant)
        rows = await one_connection.fetch("select subject, tenant_id from grants_of($1)", subject)
        assert {row["tenant_id"] for row in rows} == tenants
        assert {row["subject"] for row in rows} == {subject}
        async with (uow := UnitOfWork(one_connection, PLATFORM)):
            assert await uow.connection.fetchval("select count(*) from grants") == 0


class TestTheCatalogue:
    async def test_shows_no_way_past_the_tenants(self, pool: Pool) -> None:
        async with pool.acquire() as connection:
            assert await holes(connection, "property") == []

    @pytest.mark.parametrize(
        ("mistake", "found"),
        [
            ("create table forgotten (id int)", "forgotten has no tenant_id"),
            ("alter table notes no force row level security", "notes does not force row-level security"),
            ("alter table notes disable row level security", "notes does not force row-level security"),
            ("drop policy tenant on notes", "notes has no policy that reads the tenant"),
            ("create policy all_of_it on notes using (true)", "the policy all_of_it on notes lets everybody pass"),
            (
                "create policy adds on notes for insert with check (true)",
                "the policy adds on notes lets everybody pass",
            ),
        ],
    )
    async def test_betrays_a_table_that_was_forgotten(
        self, package: str, admin_url: str, mistake: str, found: str
    ) -> None:
        connection = await asyncpg.connect(f"{admin_url}/property")
        try:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(mistake)
            assert found in await holes(connection, "property")
            await transaction.rollback()
        finally:
            await connection.close()


class TestTheRoleThatRuns:
    async def test_has_no_power_over_the_schema(self, pool: Pool) -> None:
        async with pool.acquire() as connection:
            assert await powers(connection) == []

    async def test_is_told_apart_from_the_owner(self, package: str, instance: Instance) -> None:
        owner = await asyncpg.connect(instance.database_url("property", "owner"))
        try:
            assert await powers(owner) == ["create_table", "create_schema", "owner", "truncate"]
        finally:
            await owner.close()

    @pytest.mark.parametrize(
        "statement",
        [
            "create table mine (id int)",
            "alter table notes disable row level security",
            "drop policy tenant on notes",
            "drop table notes",
            "truncate notes",
            "create schema mine",
        ],
    )
    async def test_is_refused_what_only_migrations_do(self, pool: Pool, statement: str) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)

    async def test_cannot_switch_row_level_security_off(self, pool: Pool) -> None:
        await note(pool, uuid4())
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("set local row_security = off")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch("select text from notes")
