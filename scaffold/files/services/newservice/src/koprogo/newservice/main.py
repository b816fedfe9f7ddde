"""newservice: settings in, running process out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar.di import Provide

from koprogo.kit import process
from koprogo.kit.access import Actor
from koprogo.kit.database import Pool
from koprogo.kit.grpc import Channels
from koprogo.newservice.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.newservice.entrypoints.http import notes
from koprogo.newservice.settings import CALLERS, Settings


@asynccontextmanager
async def wire(settings: Settings, pool: Pool, channels: Channels) -> AsyncIterator[process.Wiring]:
    async def uow(actor: Actor) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool, actor.tenant)

    yield process.Wiring(
        title="KoproGo newservice: notes on an association",
        messages="koprogo.newservice",
        routes=[*notes.routes],
        dependencies={"uow": Provide(uow)},
        grpc_callers=CALLERS,
    )
