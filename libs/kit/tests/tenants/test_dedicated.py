"""A tenant with a database of his own: all of him is there, nothing of anybody else, and it works like the others'."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Role
from koprogo.kit.access import Admission, Claims
from koprogo.kit.database import Outgoing, Pool, UnitOfWork, connect
from koprogo.kit.database import dedicated as connections
from koprogo.kit.database import pool as pools
from koprogo.kit.events import Relay
from koprogo.kit.process import CONNECTIONS
from koprogo.kit.tenants import State, TenantStates, dedicate
from koprogo.kit.tenants.dedicate import keep_opening, open_all
from koprogo.kit.testing import Grants, traces
from koprogo.kit.testing.in_process import write_local_grant
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged

from .conftest import Letters

MakeDatabase = Callable[[], Awaitable[str]]
KEPT = {"tenants", "tenant_operations"}


@pytest.fixture(autouse=True)
def everybody_knows_at_once(no_waiting: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "PLACES_SECONDS", 0.0)
    monkeypatch.setattr(dedicate, "PLACES_SECONDS", -0.5)


@pytest.fixture
async def make_database(letters: Letters, admin_url: str) -> AsyncIterator[MakeDatabase]:
    """As the operator of the databases makes them: empty, and owned by the role that migrates."""
    made: list[str] = []
    connection = await asyncpg.connect(f"{admin_url}/postgres")

    async def make() -> str:
        made.append(f"t_{uuid4().hex[:8]}_letters")
        await connection.execute(f"create database {made[-1]} owner documents_owner")
        return made[-1]

    yield make
    for name in made:
        await connection.execute(f"drop database if exists {name} with (force)")
    await connection.close()


@pytest.fixture
async def own(letters: Letters, make_database: MakeDatabase) -> str:
    return await make_database()


@asynccontextmanager
async def superuser(admin_url: str, database: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(f"{admin_url}/{database}")
    yield connection
    await connection.close()


async def opened(letters: Letters, tenant: UUID, database: str) -> UUID:
    assert not await letters.operator.dedicate(tenant, database, "bucket")
    await open_all(letters.pool, letters.owner_url, letters.package, only_new=True)
    assert await letters.operator.dedicate(tenant, database, "bucket")
    return tenant


@pytest.fixture
async def alone(letters: Letters, own: str) -> UUID:
    """Who has a database of his own."""
    return await opened(letters, uuid4(), own)


def refused(reason: str) -> pytest.RaisesExc[DomainError]:
    return pytest.RaisesExc(DomainError, check=lambda error: error.reason == reason)


class TestHisRows:
    async def test_are_in_his_database_and_nowhere_else(
        self, letters: Letters, alone: UUID, own: str, admin_url: str
    ) -> None:
        ids, others = await letters.write(alone), await letters.write(shared := uuid4())
        async with superuser(admin_url, own) as his:
            assert set(await traces(his, alone)) >= {"firms", "letters", "stamps", "counters", "outbox", "inbox"}
            assert (await traces(his, *ids))["letters"] == 5
            assert await traces(his, shared, *others) == {}
        assert set(await traces(letters.superuser, alone)) == KEPT
        assert await traces(letters.superuser, *ids) == {}
        assert (await traces(letters.superuser, *others))["letters"] == 5

    async def test_are_read_as_the_other_tenants_are(self, letters: Letters, alone: UUID) -> None:
        ids = await letters.write(alone)
        await letters.write(shared := uuid4())
        assert (await letters.operator.describe(alone))[1]["letters"] == 5
        async with (uow := UnitOfWork(letters.pool, alone)):
            assert {row[0] for row in await uow.connection.fetch("select id from letters")} == set(ids)
        async with (uow := UnitOfWork(letters.pool, shared)):
            assert not await uow.connection.fetch("select id from letters where id = any($1)", ids)

    async def test_are_found_by_an_id_of_which_nobody_knows_whose_it_is(self, letters: Letters, alone: UUID) -> None:
        await write_local_grant(letters.pool, subject := uuid4(), Role.SYNDIC, alone)
        query = "select tenant_id from grants_of($1)"
        assert await letters.pool.find(query, subject) == alone
        assert [row[0] for row in await letters.pool.fetch_everywhere(query, subject)] == [alone]
        assert await letters.pool.find(query, uuid4()) is None

    async def test_are_archived_and_restored_from_one_kind_of_database_to_the_other(
        self, letters: Letters, alone: UUID, make_database: MakeDatabase, admin_url: str
    ) -> None:
        await letters.write(alone)
        archive = await letters.operator.export(alone)
        await letters.operator.erase(alone)
        again = await opened(letters, uuid4(), database := await make_database())
        assert await letters.operator.restore(archive, again) == archive.manifest
        async with superuser(admin_url, database) as his:
            assert (await traces(his, again))["letters"] == 5
        await letters.operator.erase(again)
        assert await letters.operator.restore(archive, shared := uuid4(), "back") == archive.manifest
        assert (await traces(letters.superuser, shared))["letters"] == 5

    async def test_are_read_and_not_written_while_he_is_suspended(self, letters: Letters, alone: UUID) -> None:
        await letters.operator.suspend(alone)
        assert await TenantStates(letters.pool).of(alone) is State.SUSPENDED
        assert (await letters.operator.describe(alone))[0] == State.SUSPENDED
        await letters.operator.resume(alone)
        assert await TenantStates(letters.pool).of(alone) is State.ACTIVE


class TestWhereHeLives:
    async def test_is_decided_before_he_has_anything(self, letters: Letters, own: str) -> None:
        await letters.write(begun := uuid4())
        with refused("TENANT_HAS_BEGUN"):
            await letters.operator.dedicate(begun, own)
        await letters.operator.suspend(known := uuid4())
        with refused("TENANT_HAS_BEGUN"):
            await letters.operator.dedicate(known, own)

    async def test_is_not_changed_and_not_shared(
        self, letters: Letters, alone: UUID, own: str, make_database: MakeDatabase
    ) -> None:
        with refused("TENANT_LIVES_ELSEWHERE"):
            await letters.operator.dedicate(alone, await make_database(), "bucket")
        with refused("DATABASE_TAKEN"):
            await letters.operator.dedicate(uuid4(), own, "bucket")
        for name in ("documents", "t_", "T_a", 't_"', "t_a b"):
            with refused("DATABASE_TAKEN"):
                await letters.operator.dedicate(uuid4(), name)

    async def test_has_no_rows_until_it_is_migrated(self, letters: Letters, own: str) -> None:
        await letters.operator.dedicate(tenant := uuid4(), own)
        with refused("TENANT_NOT_OPEN"):
            await letters.write(tenant)
        assert set(await traces(letters.superuser, tenant)) == KEPT

    async def test_is_said_to_be_open_only_once_every_process_knows(
        self, letters: Letters, own: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dedicate, "PLACES_SECONDS", 0.6)
        opening = asyncio.create_task(keep_opening(letters.pool, letters.owner_url, letters.package))
        tenant = uuid4()
        async with asyncio.timeout(20):
            while not await letters.operator.dedicate(tenant, own):
                await asyncio.sleep(0.05)
        opening.cancel()
        known = "select clock_timestamp() - greatest(placed_at, opened_at) from tenants where tenant_id = $1"
        assert (await letters.superuser.fetchval(known, tenant)).total_seconds() > 1.1
        await letters.write(tenant)

    async def test_is_opened_although_an_earlier_one_cannot_be(
        self, letters: Letters, own: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        await letters.operator.dedicate(uuid4(), "t_not_made")
        await letters.operator.dedicate(tenant := uuid4(), own)
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await open_all(letters.pool, letters.owner_url, letters.package, only_new=True)
        assert "t_not_made could not be migrated" in caplog.text
        assert await letters.operator.dedicate(tenant, own)

    async def test_gets_the_schema_of_each_release(
        self, letters: Letters, alone: UUID, make_package: Callable[..., tuple[str, Path]], own: str, admin_url: str
    ) -> None:
        newer, _ = make_package(m0002_more="create table more (tenant_id uuid not null)")
        await open_all(letters.pool, letters.owner_url, newer, only_new=True)
        async with superuser(admin_url, own) as his:
            assert await his.fetchval("select to_regclass('more')") is None
            await open_all(letters.pool, letters.owner_url, newer, only_new=False)
            assert await his.fetchval("select to_regclass('more')") == "more"


class TestHisEvents:
    async def test_leave_in_order_from_his_own_outbox(
        self, letters: Letters, alone: UUID, own: str, bootstrap: str, admin_url: str
    ) -> None:
        from .test_tombstones import log

        letters.topic = f"letters.{uuid4().hex[:8]}"
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic(letters.topic, 1, 1)])
        await admin.close()
        relay = asyncio.create_task(Relay("letters", letters.run_url, bootstrap, letters.pool).run())
        for number in range(20):
            async with (uow := UnitOfWork(letters.pool, alone)):
                await uow.publish(Outgoing(letters.topic, "his", GrantChanged(grant_id=str(number))))
            async with (uow := UnitOfWork(letters.pool, uuid4())):
                await uow.publish(Outgoing(letters.topic, "theirs", GrantChanged(grant_id=str(number))))
        async with superuser(admin_url, own) as his, asyncio.timeout(20):
            for outbox, count in ((his, 20), (letters.superuser, 20)):
                while await outbox.fetchval("select count(*) from outbox where published_at is not null") < count:
                    await asyncio.sleep(0.05)
        records = await log(bootstrap, letters.topic)
        for key in (b"his", b"theirs"):
            said = [int(GrantChanged.FromString(r.value or b"").grant_id) for r in records if r.key == key]
            assert said == list(range(20))
        tenants = {dict(r.headers)["koprogo_tenant"] for r in records if r.key == b"his"}
        assert tenants == {str(alone).encode()}
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)


class TestHisErasure:
    async def test_forgets_where_he_lived_and_unsays_what_topics_said(
        self, letters: Letters, alone: UUID, own: str, admin_url: str
    ) -> None:
        ids = await letters.write(alone)
        for _ in range(2):
            assert await letters.operator.erase(alone, "erase") == State.ERASED
        rows = await letters.superuser.fetch("select key, payload, tenant_id from outbox")
        assert {(row["key"], row["payload"]) for row in rows} == {(str(id_), None) for id_ in ids}
        assert {row["tenant_id"] for row in rows} == {UUID(int=0)}
        assert await letters.superuser.fetchval("select database from tenants where tenant_id = $1", alone) is None
        async with superuser(admin_url, own) as his:
            assert await his.fetchval("select count(*) from outbox") == 0
        assert await letters.operator.erase(alone, "erase") == State.ERASED
        assert (await letters.operator.describe(alone))[0] == State.ERASED
        with refused("TENANT_ERASED"):
            await letters.operator.dedicate(alone, own)

    async def test_leaves_nobody_connected_to_a_database_that_is_to_be_dropped(
        self, letters: Letters, alone: UUID, own: str, admin_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections, "IDLE_SECONDS", 0.2)
        await letters.write(alone)
        await letters.operator.erase(alone)
        await asyncio.sleep(0.5)
        async with superuser(admin_url, "postgres") as anybody:
            await anybody.execute(f"drop database {own}")

    async def test_of_one_who_never_began_needs_no_database(self, letters: Letters, own: str) -> None:
        await letters.operator.dedicate(tenant := uuid4(), own)
        assert await letters.operator.erase(tenant) == State.ERASED
        assert await letters.operator.dedicate(uuid4(), own) is False


class TestConnections:
    @pytest.mark.parametrize("command", CONNECTIONS)
    def test_are_ten_a_process(self, command: str) -> None:
        assert sum(CONNECTIONS[command]) == 10

    async def test_to_all_databases_of_one_tenant_are_no_more_than_said(
        self, letters: Letters, make_database: MakeDatabase, admin_url: str
    ) -> None:
        tenants = [await opened(letters, uuid4(), await make_database()) for _ in range(3)]
        pool, most, done = await connect(letters.run_url, size=2, dedicated=2, service="counted"), 0, asyncio.Event()

        async def count() -> None:
            nonlocal most
            async with superuser(admin_url, "postgres") as anybody:
                while not done.is_set():
                    found = await anybody.fetchval(
                        "select count(*) from pg_stat_activity"
                        " where application_name = 'counted' and datname like 't\\_%'"
                    )
                    most = max(most, found)

        async def write(tenant: UUID) -> None:
            for _ in range(10):
                await write_local_grant(pool, uuid4(), Role.SYNDIC, tenant)

        counting = asyncio.create_task(count())
        await asyncio.gather(*(write(tenant) for tenant in tenants for _ in range(3)))
        done.set()
        await counting
        assert 1 <= most <= 2
        for tenant in tenants:
            async with (uow := UnitOfWork(pool, tenant)):
                assert await uow.connection.fetchval("select count(*) from grants") == 30
        await pool.close()


def claims(subject: UUID) -> Claims:
    return Claims(subject=subject, acr="1", email="", name="", realm_roles=frozenset(), expires_at=0)


class TestWhoeverIsKnownInHisDatabase:
    async def test_is_admitted(self, letters: Letters, alone: UUID) -> None:
        await write_local_grant(letters.pool, subject := uuid4(), Role.SYNDIC, alone)
        admission = Admission(letters.pool, Grants())
        wanted = frozenset({Role.SYNDIC})
        actor = await admission.admit(claims(subject), wanted, organisation=alone, association=None)
        assert actor.tenant == alone
        with refused("NOT_ADMITTED"):
            await admission.admit(claims(uuid4()), wanted, organisation=alone, association=None)

    async def test_is_told_to_try_again_while_it_is_away_and_the_others_are_admitted(
        self, letters: Letters, alone: UUID, own: str, admin_url: str
    ) -> None:
        await write_local_grant(letters.pool, other := uuid4(), Role.SYNDIC, shared := uuid4())
        async with superuser(admin_url, "postgres") as anybody:
            await anybody.execute(f"drop database {own} with (force)")
        admission = Admission(letters.pool, Grants())
        wanted = frozenset({Role.SYNDIC})
        assert (await admission.admit(claims(other), wanted, organisation=shared, association=None)).tenant == shared
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await admission.admit(claims(uuid4()), wanted, organisation=alone, association=None)


async def test_the_pool_of_a_service_knows_no_home_of_a_shared_tenant(pool: Pool) -> None:
    assert await pool.home(uuid4()) is pool
