"""property: settings in, running process out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from litestar.di import Provide

from koprogo.kit import process
from koprogo.kit.access import Actor
from koprogo.kit.database import Pool
from koprogo.kit.grpc import Channels
from koprogo.property.adapters import spreadsheet
from koprogo.property.adapters.postgres.associations import told
from koprogo.property.adapters.postgres.unit_of_work import PostgresUnitOfWork, organisation_of
from koprogo.property.entrypoints.grpc import Associations
from koprogo.property.entrypoints.http import allocation_keys, associations, co_owners, imports, lots
from koprogo.property.settings import CALLERS, Settings
from koprogo_api.property.v1.associations_pb2_grpc import add_AssociationsServicer_to_server


@asynccontextmanager
async def wire(settings: Settings, pool: Pool, channels: Channels) -> AsyncIterator[process.Wiring]:
    async def uow(actor: Actor) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool, actor.tenant)

    async def read_spreadsheet() -> object:
        return spreadsheet.read

    answers = Associations(partial(PostgresUnitOfWork, pool), partial(organisation_of, pool))
    yield process.Wiring(
        title="KoproGo property: who owns how much of what on a day",
        messages="koprogo.property",
        routes=[
            *associations.routes,
            *lots.routes,
            *co_owners.routes,
            *imports.routes,
            *allocation_keys.routes,
        ],
        dependencies={"uow": Provide(uow), "read_spreadsheet": Provide(read_spreadsheet)},
        register_grpc=partial(add_AssociationsServicer_to_server, answers),
        grpc_callers=CALLERS,
        told=told,
    )
