"""schema.sql is what the migrations make, and no table of it lets one organisation see another's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from koprogo.kit.database import migrate
from koprogo.kit.testing import holes, powers
from koprogo.stack.instance import Instance
from koprogo.stack.schema import schema
from koprogo.stack.testing import running

SERVICE = "identity"


@pytest.fixture(scope="module")
def migrated() -> Iterator[Instance]:
    with running("postgres") as town:
        asyncio.run(migrate(town.instance.database_url(SERVICE, "owner"), f"koprogo.{SERVICE}"))
        yield town.instance


class TestTheSchema:
    def test_is_what_the_migrations_make_of_an_empty_database(self, migrated: Instance) -> None:
        written = (Path(__file__).parents[1] / "schema.sql").read_text(encoding="utf-8")
        assert schema(migrated, SERVICE) == written, "run `make schema` and look at the difference"

    async def test_has_no_way_past_the_tenants(self, migrated: Instance) -> None:
        connection = await asyncpg.connect(migrated.database_url(SERVICE))
        assert await holes(connection, SERVICE) == []
        await connection.close()

    async def test_gives_the_role_that_runs_no_power_over_it(self, migrated: Instance) -> None:
        connection = await asyncpg.connect(migrated.database_url(SERVICE))
        assert await powers(connection) == []
        await connection.close()
