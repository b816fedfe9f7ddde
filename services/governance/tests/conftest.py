"""A real PostgreSQL for the tests that need one."""

from collections.abc import AsyncIterator, Iterator

import pytest

from koprogo.kit.database import Pool, connect, migrate
from koprogo.stack.testing import TestInstance, running


@pytest.fixture(scope="session")
def town() -> Iterator[TestInstance]:
    with running("postgres") as instance:
        yield instance


@pytest.fixture
async def pool(town: TestInstance) -> AsyncIterator[Pool]:
    await migrate(town.instance.database_url("governance", "owner"), "koprogo.governance")
    pool = await connect(town.instance.database_url("governance"))
    yield pool
    await pool.close()
