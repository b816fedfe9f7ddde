"""A real PostgreSQL with identity's schema."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from koprogo.kit.database import Pool, connect, migrate
from koprogo.stack.instance import Instance
from koprogo.stack.testing import running


@pytest.fixture(scope="session")
def database() -> Iterator[Instance]:
    with running("postgres") as town:
        asyncio.run(migrate(town.instance.database_url("identity", "owner"), "koprogo.identity"))
        yield town.instance


@pytest.fixture
async def pool(database: Instance) -> AsyncIterator[Pool]:
    pool = await connect(database.database_url("identity"))
    yield pool
    await pool.close()
