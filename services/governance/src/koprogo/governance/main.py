"""governance: settings in, running process out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from litestar.di import Provide

from koprogo.governance.adapters.neighbours import GrpcDocuments, GrpcProperty
from koprogo.governance.adapters.postgres.halls import ReplayedHalls
from koprogo.governance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.governance.entrypoints.events import on_document
from koprogo.governance.entrypoints.grpc import Meetings
from koprogo.governance.entrypoints.http import holding, law, meetings, papers
from koprogo.governance.settings import CALLERS, Settings
from koprogo.kit import process
from koprogo.kit.access import Actor
from koprogo.kit.database import Pool
from koprogo.kit.grpc import Channels
from koprogo_api.governance.v1.meetings_pb2_grpc import add_MeetingsServicer_to_server


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def wire(settings: Settings, pool: Pool, channels: Channels) -> AsyncIterator[process.Wiring]:
    replayed = ReplayedHalls()
    neighbour_property = GrpcProperty(channels.to("property", settings.grpc_property))
    neighbour_documents = GrpcDocuments(channels.to("documents", settings.grpc_documents))

    def uow_of(tenant: UUID) -> PostgresUnitOfWork:
        return PostgresUnitOfWork(pool, tenant, replayed)

    async def uow(actor: Actor) -> PostgresUnitOfWork:
        return uow_of(actor.tenant)

    yield process.Wiring(
        title="KoproGo governance: what was decided, and whether validly",
        messages="koprogo.governance",
        routes=[*meetings.routes, *holding.routes, *papers.routes, *law.routes],
        dependencies={
            "uow": Provide(uow),
            "property_": Provide(lambda: neighbour_property, sync_to_thread=False),
            "documents": Provide(lambda: neighbour_documents, sync_to_thread=False),
            "clock": Provide(lambda: now, sync_to_thread=False),
        },
        register_grpc=partial(add_MeetingsServicer_to_server, Meetings(uow_of)),
        grpc_callers=CALLERS,
        handlers={"documents.document": on_document(uow_of)},
    )
