"""schema.sql is what the migrations make, and no table of it lets one organisation see another's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from koprogo.kit.database import migrate
from koprogo.kit.testing import holes, powers
from koprogo.stack import paths
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.schema import schema
from koprogo.stack.testing import running


@pytest.fixture(scope="module")
def migrated() -> Iterator[Instance]:
    with running("postgres") as town:
        for service in SERVICES:
            asyncio.run(migrate(town.instance.database_url(service, "owner"), f"koprogo.{service}"))
        yield town.instance


@pytest.mark.parametrize("service", SERVICES)
class TestTheSchemaOf:
    def test_is_what_the_migrations_make_of_an_empty_database(self, migrated: Instance, service: str) -> None:
        written = (paths.repository() / "services" / service / "schema.sql").read_text(encoding="utf-8")
        assert schema(migrated, service) == written, "run `make schema` and look at the difference"

    async def test_has_no_way_past_the_tenants(self, migrated: Instance, service: str) -> None:
        connection = await asyncpg.connect(migrated.database_url(service))
        assert await holes(connection, service) == []
        await connection.close()

    async def test_gives_the_role_that_runs_no_power_over_it(self, migrated: Instance, service: str) -> None:
        connection = await asyncpg.connect(migrated.database_url(service))
        assert await powers(connection) == []
        await connection.close()
