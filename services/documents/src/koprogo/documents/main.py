"""documents: settings in, running process out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from litestar.di import Provide

from koprogo.documents.adapters import object_store
from koprogo.documents.adapters.jobs import DISPATCH_LOCK, RENDERING_LOCK, Job
from koprogo.documents.adapters.object_store import S3FileStore
from koprogo.documents.adapters.postgres.unit_of_work import (
    Open,
    PostgresUnitOfWork,
    open_dispatches,
    open_requests,
)
from koprogo.documents.adapters.rendering import ProcessRenderer
from koprogo.documents.adapters.smtp import SmtpMailer
from koprogo.documents.application.dispatch_document import dispatch_document
from koprogo.documents.application.render_document import render_document
from koprogo.documents.entrypoints.events import TOPIC, on_request
from koprogo.documents.entrypoints.grpc import Documents
from koprogo.documents.entrypoints.http import documents
from koprogo.documents.rendering.process import RenderingProcess
from koprogo.documents.settings import CALLERS, Settings
from koprogo.kit import process
from koprogo.kit.access import Actor
from koprogo.kit.database import Home, Pool
from koprogo.kit.grpc import Channels
from koprogo_api.documents.v1.documents_pb2_grpc import add_DocumentsServicer_to_server


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def wire(settings: Settings, pool: Pool, channels: Channels) -> AsyncIterator[process.Wiring]:
    client = object_store.connect(
        settings.s3_endpoint, access_key=settings.s3_access_key, secret_key=settings.s3_secret_key
    )
    child = RenderingProcess()
    renderer = ProcessRenderer(child)
    mailer = SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password,
        sender=settings.mail_from,
    )
    uow_of = partial(PostgresUnitOfWork, pool)

    async def store_of(tenant: UUID) -> S3FileStore:
        home = await pool.home(tenant)
        own = home.place.bucket if isinstance(home, Home) else ""
        return S3FileStore(client, own or settings.s3_bucket, tenant)

    async def uow(actor: Actor) -> PostgresUnitOfWork:
        return uow_of(actor.tenant)

    async def store(actor: Actor) -> S3FileStore:
        return await store_of(actor.tenant)

    async def object_store_answers() -> None:
        if not await asyncio.to_thread(client.bucket_exists, settings.s3_bucket):
            raise RuntimeError(f"there is no bucket {settings.s3_bucket}")

    async def render(one: Open) -> None:
        store = await store_of(one.tenant)
        await render_document(one.id, uow=partial(uow_of, one.tenant), renderer=renderer, store=store, clock=now)

    async def dispatch(one: Open) -> None:
        store = await store_of(one.tenant)
        await dispatch_document(one.id, uow=partial(uow_of, one.tenant), store=store, mailer=mailer, clock=now)

    def repository(tenant: UUID) -> PostgresUnitOfWork:
        return uow_of(tenant)

    try:
        yield process.Wiring(
            title="KoproGo documents: what was sent to whom, byte for byte",
            messages="koprogo.documents",
            routes=[*documents.routes],
            dependencies={"uow": Provide(uow), "store": Provide(store)},
            register_grpc=partial(add_DocumentsServicer_to_server, Documents(repository)),
            grpc_callers=CALLERS,
            handlers={TOPIC: on_request(repository, renderer, now)},
            checks={"object store": object_store_answers},
            background={
                "renderer": Job(settings.database_url, RENDERING_LOCK, partial(open_requests, pool), render).run,
                "postman": Job(settings.database_url, DISPATCH_LOCK, partial(open_dispatches, pool), dispatch).run,
            },
        )
    finally:
        mailer.close()
        await child.aclose()
