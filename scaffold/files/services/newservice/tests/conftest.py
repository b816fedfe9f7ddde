"""The whole service in process, on a real PostgreSQL of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from koprogo.kit.database import migrate
from koprogo.kit.testing import InProcess, Provider, in_process
from koprogo.newservice.main import wire
from koprogo.newservice.settings import Settings
from koprogo.stack.instance import Instance
from koprogo.stack.testing import running, superuser_url


@pytest.fixture(scope="session")
def migrated() -> Iterator[Instance]:
    with running("postgres") as town:
        asyncio.run(migrate(town.instance.database_url("newservice", "owner"), "koprogo.newservice"))
        yield town.instance


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider().serving() as provider:
        yield provider


@pytest.fixture
async def service(migrated: Instance, provider: Provider) -> AsyncIterator[InProcess]:
    async with in_process(Settings, wire, migrated.environment("newservice"), provider) as service:
        yield service


@pytest.fixture
async def superuser(migrated: Instance) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Sees the database whole, past every policy."""
    connection = await asyncpg.connect(superuser_url(migrated, "newservice"))
    yield connection
    await connection.close()
