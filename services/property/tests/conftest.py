"""The whole service in process, on a real PostgreSQL of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import pytest

from koprogo.kit.database import migrate
from koprogo.kit.testing import InProcess, Provider, in_process
from koprogo.property.main import wire
from koprogo.property.settings import Settings
from koprogo.stack.instance import Instance
from koprogo.stack.testing import running

from .builders import Office, open_office


@pytest.fixture(scope="session")
def migrated() -> Iterator[Instance]:
    with running("postgres") as town:
        asyncio.run(migrate(town.instance.database_url("property", "owner"), "koprogo.property"))
        yield town.instance


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider().serving() as provider:
        yield provider


@pytest.fixture
async def service(migrated: Instance, provider: Provider) -> AsyncIterator[InProcess]:
    async with in_process(Settings, wire, migrated.environment("property"), provider) as service:
        yield service


@pytest.fixture
async def office(service: InProcess) -> AsyncIterator[Office]:
    """A syndic with one association, still without lots."""
    async with open_office(service) as office:
        yield office


@pytest.fixture
def nobody() -> UUID:
    return uuid4()
