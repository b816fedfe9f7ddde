"""The whole service in process, on a real PostgreSQL of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from litestar.di import Provide

from koprogo.finance.main import wire
from koprogo.finance.settings import Settings
from koprogo.kit.database import migrate
from koprogo.kit.process import Wiring
from koprogo.kit.testing import InProcess, Provider, in_process
from koprogo.stack.instance import Instance
from koprogo.stack.testing import running

from .builders import Office, open_office
from .fakes import FakeGovernance, FakeProperty, Time
from .late import Late, late_owners


@pytest.fixture(scope="session")
def migrated() -> Iterator[Instance]:
    with running("postgres") as town:
        asyncio.run(migrate(town.instance.database_url("finance", "owner"), "koprogo.finance"))
        yield town.instance


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with Provider().serving() as provider:
        yield provider


@pytest.fixture
def neighbour() -> FakeProperty:
    return FakeProperty()


@pytest.fixture
def minutes() -> FakeGovernance:
    return FakeGovernance()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def service(
    migrated: Instance, provider: Provider, neighbour: FakeProperty, minutes: FakeGovernance, time: Time
) -> AsyncIterator[InProcess]:
    def change(wiring: Wiring) -> None:
        wiring.dependencies = {
            **wiring.dependencies,
            "property_": Provide(lambda: neighbour, sync_to_thread=False),
            "governance": Provide(lambda: minutes, sync_to_thread=False),
            "clock": Provide(lambda: time.now, sync_to_thread=False),
        }

    async with in_process(Settings, wire, migrated.environment("finance"), provider, change=change) as service:
        yield service


@pytest.fixture
async def office(service: InProcess, neighbour: FakeProperty) -> AsyncIterator[Office]:
    """A syndic and an accountant with the books of one association open for this year."""
    async with open_office(service, neighbour) as office:
        yield office


@pytest.fixture
async def late(service: InProcess, neighbour: FakeProperty, time: Time) -> AsyncIterator[Late]:
    """Three owners who owe 367, 333 and 300 euro since 31 March 2026."""
    async with late_owners(service, neighbour, time) as late:
        yield late
