"""One PostgreSQL and one Kafka for the session; a small service of notes stands for all services."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from koprogo.kit.database import Pool, connect, migrate
from koprogo.kit.testing import Provider
from koprogo.stack.instance import Instance
from koprogo.stack.testing import TestInstance, running

NOTES = """
create table notes (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    text text not null
);
alter table notes enable row level security;
alter table notes force row level security;
create policy tenant on notes using (tenant_id = (select current_setting('koprogo.tenant')::uuid));
"""


@pytest.fixture(scope="session")
def town() -> Iterator[TestInstance]:
    with running("postgres", "kafka") as instance:
        yield instance


@pytest.fixture(scope="session")
def instance(town: TestInstance) -> Instance:
    return town.instance


@pytest.fixture(scope="session")
def admin_url(instance: Instance) -> str:
    return f"postgresql://postgres:{instance.secrets['postgres']}@127.0.0.1:{instance.port('postgres')}"


@pytest.fixture(scope="session")
def make_package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., tuple[str, Path]]]:
    """A package with migrations, and its folder of them."""
    folder = tmp_path_factory.mktemp("packages")
    sys.path.insert(0, str(folder))

    def make(**migrations: str) -> tuple[str, Path]:
        name = f"example_{uuid4().hex[:8]}"
        home = folder / name / "migrations"
        home.mkdir(parents=True)
        (home.parent / "__init__.py").touch()
        for file, sql in migrations.items():
            (home / f"{file}.sql").write_text(sql)
        return name, home

    yield make
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def package(instance: Instance, make_package: Callable[..., tuple[str, Path]]) -> str:
    """The service of notes, migrated into a database that stands for it."""
    name, _ = make_package(m0001_notes=NOTES)
    asyncio.run(migrate(instance.database_url("property", "owner"), name))
    return name


@pytest.fixture(scope="session")
def database_url(instance: Instance, package: str) -> str:
    return instance.database_url("property")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, size=4, service="notes")
    yield pool
    await pool.close()


@pytest.fixture
async def empty_database(instance: Instance, admin_url: str) -> AsyncIterator[tuple[str, str]]:
    """A database without any table: the addresses of its owner and of the role that runs."""
    name = f"empty_{uuid4().hex[:8]}"
    connection = await asyncpg.connect(f"{admin_url}/postgres")
    try:
        await connection.execute(f"create database {name} template documents owner documents_owner")
        owner, run = (
            instance.database_url("documents", role).rpartition("/")[0] + f"/{name}" for role in ("owner", "run")
        )
        yield owner, run
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()


@pytest.fixture
def bootstrap(instance: Instance) -> str:
    return f"127.0.0.1:{instance.port('kafka')}"


@pytest.fixture
def make_topic(bootstrap: str) -> Callable[[], Awaitable[str]]:
    """A topic of three partitions and its dead letters."""

    async def make() -> str:
        name = f"test.{uuid4().hex[:8]}"
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(name, 3, 1), NewTopic(f"{name}.dlq", 1, 1)])
        finally:
            await admin.close()
        return name

    return make


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider().serving() as provider:
        yield provider
