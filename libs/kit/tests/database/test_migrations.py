"""Migrations are applied once, in order, by one runner at a time; a program refuses a schema it does not know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from koprogo.kit.database import SchemaMismatch, check_schema, migrate

Make = Callable[..., tuple[str, Path]]
Database = tuple[str, str]

KIT = ("0001_plumbing.sql", "0002_tenants.sql", "0003_dedicated.sql", "0004_quotas.sql")
FIRST = "create table colours (id int primary key);"


class TestMigratingAnEmptyDatabase:
    async def test_applies_the_plumbing_and_then_the_service_in_order(
        self, make_package: Make, empty_database: Database
    ) -> None:
        package, _ = make_package(m0002_second="alter table colours add name text;", m0001_first=FIRST)
        assert await migrate(empty_database[0], package) == [*KIT, "m0001_first.sql", "m0002_second.sql"]
        await check_schema(empty_database[1], package)

    async def test_changes_nothing_the_second_time(self, make_package: Make, empty_database: Database) -> None:
        package, _ = make_package(m0001_first=FIRST)
        await migrate(empty_database[0], package)
        assert await migrate(empty_database[0], package) == []

    async def test_is_done_once_when_two_runners_start_at_the_same_moment(
        self, make_package: Make, empty_database: Database
    ) -> None:
        package, _ = make_package(m0001_first=FIRST + "select pg_sleep(0.3);", m0002_second="create table days ();")
        applied = await asyncio.gather(*(migrate(empty_database[0], package) for _ in range(3)))
        assert sorted(applied, key=len) == [[], [], [*KIT, "m0001_first.sql", "m0002_second.sql"]]

    async def test_leaves_nothing_of_a_migration_that_fails(self, make_package: Make, empty_database: Database) -> None:
        package, home = make_package(m0001_first=FIRST, m0002_broken="create table half (); select 1 / 0;")
        with pytest.raises(asyncpg.DivisionByZeroError):
            await migrate(empty_database[0], package)
        connection = await asyncpg.connect(empty_database[0])
        assert await connection.fetchval("select to_regclass('half')") is None
        assert await connection.fetchval("select to_regclass('colours')") == "colours"
        await connection.close()
        (home / "m0002_broken.sql").write_text("create table half ();")
        assert await migrate(empty_database[0], package) == ["m0002_broken.sql"]

    async def test_gives_way_instead_of_holding_up_the_service_behind_a_lock(
        self, make_package: Make, empty_database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package, home = make_package(m0001_first=FIRST)
        await migrate(empty_database[0], package)
        (home / "m0002_second.sql").write_text("set local lock_timeout = '100ms'; alter table colours add name text;")
        reader = await asyncpg.connect(empty_database[0])
        async with reader.transaction():
            await reader.fetch("select id from colours")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await migrate(empty_database[0], package)
        await reader.close()


class TestAMigrationEditedAfterwards:
    async def test_is_refused_by_the_runner_and_by_the_service(
        self, make_package: Make, empty_database: Database
    ) -> None:
        package, home = make_package(m0001_first=FIRST)
        await migrate(empty_database[0], package)
        (home / "m0001_first.sql").write_text(FIRST + " ")
        with pytest.raises(SchemaMismatch, match="m0001_first.sql was changed"):
            await migrate(empty_database[0], package)
        with pytest.raises(SchemaMismatch, match=r"changed afterwards: m0001_first\.sql"):
            await check_schema(empty_database[1], package)


class TestAServiceStarting:
    async def test_is_refused_on_an_empty_database_with_all_that_is_missing(
        self, make_package: Make, empty_database: Database
    ) -> None:
        package, _ = make_package(m0001_first=FIRST)
        with pytest.raises(SchemaMismatch, match=rf"lacks {', '.join(KIT)}, m0001_first.sql: run `migrate`"):
            await check_schema(empty_database[1], package)

    async def test_is_refused_on_a_schema_that_is_too_old(self, make_package: Make, empty_database: Database) -> None:
        package, home = make_package(m0001_first=FIRST)
        await migrate(empty_database[0], package)
        (home / "m0002_second.sql").write_text("create table days ();")
        with pytest.raises(SchemaMismatch, match=r"lacks m0002_second\.sql"):
            await check_schema(empty_database[1], package)

    async def test_is_accepted_on_a_newer_schema_beside_the_next_release(
        self, make_package: Make, empty_database: Database
    ) -> None:
        package, home = make_package(m0001_first=FIRST, m0002_second="alter table colours add name text;")
        await migrate(empty_database[0], package)
        (home / "m0002_second.sql").unlink()
        await check_schema(empty_database[1], package)
