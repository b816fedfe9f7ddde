"""One process of a service: `serve`, `relay`, `consume`, `migrate`, or `all` in one."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, TypeVar

import grpc
import msgspec
import uvicorn
import uvloop
from litestar import Litestar
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from koprogo.kit import logs, spans
from koprogo.kit.access import Admission, GrantsSource, TokenVerifier
from koprogo.kit.access.identity import TOPIC as GRANTS_TOPIC
from koprogo.kit.access.identity import GrpcGrants, grants_handler
from koprogo.kit.database import Pool, check_schema, connect, migrate
from koprogo.kit.events import Consumer, Handler, Relay, RenewedContext
from koprogo.kit.grpc import Channels, GrpcServer
from koprogo.kit.http import create_app, messages
from koprogo.kit.http.health import Check, health_routes
from koprogo.kit.settings import ServiceSettings, SettingsError, read
from koprogo.kit.tenants import TenantStates, lifecycle, unless_erased
from koprogo.kit.tenants.dedicate import keep_opening, open_all

logger = logging.getLogger(__name__)

COMMANDS = ("serve", "relay", "consume", "migrate", "all")
S = TypeVar("S", bound=ServiceSettings)
CONNECTIONS = {"serve": (7, 3, 0), "relay": (2, 7, 1), "consume": (4, 4, 2), "all": (5, 2, 3)}
"""To the shared database, to those of one tenant, and what relay and jobs hold for themselves: 10 a process."""


class Wiring(msgspec.Struct, kw_only=True):
    """What a service adds to the common shape: its doors, and what they need."""

    title: str
    messages: str = ""
    """Package that has `messages.toml`: its refusals in other languages."""
    routes: list[ControllerRouterHandler]
    dependencies: Mapping[str, Provide]
    register_grpc: Callable[[grpc.aio.Server], None] = lambda _: None
    grpc_callers: Mapping[str, frozenset[str]] = {}
    """Method path to the services that may call it."""
    handlers: Mapping[str, Handler] = {}
    """Topic to the handler of its events."""
    provision: lifecycle.Provision = lifecycle.nothing_to_provision
    """What a new tenant begins with."""
    told: lifecycle.Told = lifecycle.nothing_told
    """What its compacted topics say of a tenant: told anew when he is restored, unsaid when he is erased."""
    grants_source: GrantsSource | None = None
    """identity itself does not ask over gRPC."""
    checks: Mapping[str, Check] = {}
    background: Mapping[str, Callable[[], Coroutine[Any, Any, None]]] = {}
    """Endless work of the `consume` process, by name."""


def main(
    package: str,
    settings_type: type[S],
    wire: Callable[[S, Pool, Channels], AbstractAsyncContextManager[Wiring]],
) -> None:
    """Entry of `python -m koprogo.<service> <command>`."""
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command not in COMMANDS:
        sys.exit(f"usage: python -m {package} {'|'.join(COMMANDS)}")
    try:
        settings = read(settings_type)
    except SettingsError as wrong:
        sys.exit(f"{package}: {wrong}")
    logs.configure(settings.service, settings.log_level)
    if settings.otlp_endpoint:
        spans.collect(settings.service, settings.otlp_endpoint)
    if command == "migrate":
        applied = asyncio.run(_migrate(settings, package))
        logger.info("schema is up to date", extra={"fields": {"applied": applied}})
        return
    uvloop.run(_run(command, package, settings, wire))


async def _migrate(settings: ServiceSettings, package: str) -> list[str]:
    """The shared database, and those of one tenant: none is left behind, or the release does not begin."""
    applied = await migrate(settings.migration_database_url, package)
    pool = await connect(settings.database_url, size=1, service=settings.service)
    try:
        await open_all(pool, settings.migration_database_url, package, only_new=False)
    finally:
        await pool.close()
    return applied


async def _run(
    command: str,
    package: str,
    settings: S,
    wire: Callable[[S, Pool, Channels], AbstractAsyncContextManager[Wiring]],
) -> None:
    # Services start in any order: what is not there yet is waited for, and said.
    await _patiently("the database", lambda: check_schema(settings.database_url, package))
    size, dedicated, _ = CONNECTIONS[command]
    pool = await connect(
        settings.database_url, size=min(size, settings.database_pool), dedicated=dedicated, service=settings.service
    )
    certificate = {"ca": settings.tls_ca, "certificate": settings.tls_certificate, "key": settings.tls_key}
    channels = Channels(**certificate)
    tls = RenewedContext(**certificate) if settings.kafka_tls else None
    verifier = TokenVerifier(
        issuer=settings.oidc_issuer, audience=settings.oidc_audience, jwks_url=settings.oidc_jwks_url
    )
    async with wire(settings, pool, channels) as wiring:
        work: dict[str, Coroutine[Any, Any, None]] = {}
        if command in ("serve", "all"):
            work["http"] = _serve_http(application(settings, wiring, pool, channels, verifier), settings)
            work["grpc"] = GrpcServer(
                f"{settings.grpc_host}:{settings.grpc_port}",
                **certificate,
                allowed=grpc_callers(wiring),
                register=partial(register, wiring, pool),
            ).run()
        if command in ("relay", "consume"):
            work["http"] = _serve_http(health(pool), settings)
        if command in ("relay", "all"):
            relay = Relay(settings.service, settings.database_url, settings.kafka_bootstrap, pool, tls=tls)
            work["relay"] = relay.run()
            if settings.migration_database_url:
                work["opener"] = keep_opening(pool, settings.migration_database_url, package)
        if command in ("consume", "all"):
            handlers = dict(wiring.handlers)
            if wiring.grants_source is None:
                handlers[GRANTS_TOPIC] = grants_handler(pool)
            if handlers:
                states = TenantStates(pool)
                living = {topic: unless_erased(handler, states) for topic, handler in handlers.items()}
                work["consumer"] = Consumer(settings.service, settings.kafka_bootstrap, living, tls=tls).run()
            work |= {name: job() for name, job in wiring.background.items()}
        gc.collect()
        gc.freeze()
        logger.info("started", extra={"fields": {"parts": sorted(work)}})
        await _until_told(work)
    await channels.close()
    await pool.close()


def grpc_callers(wiring: Wiring) -> dict[str, frozenset[str]]:
    """Whom a service lets ask what; a tenant's life is the operator's in all of them."""
    return {**wiring.grpc_callers, **lifecycle.CALLERS}


def register(wiring: Wiring, pool: Pool, server: grpc.aio.Server) -> None:
    """What a service answers to its neighbours, and what all answer to the operator."""
    wiring.register_grpc(server)
    lifecycle.register(lifecycle.TenantLifecycle(pool, wiring.provision, wiring.told), server)


def application(
    settings: ServiceSettings, wiring: Wiring, pool: Pool, channels: Channels, verifier: TokenVerifier
) -> Litestar:
    """The HTTP application alone: what `serve` runs, and what tests call in process."""
    if wiring.messages:
        messages.load(wiring.messages)
    source = wiring.grants_source or GrpcGrants(channels.to("identity", settings.grpc_identity))

    async def database_answers() -> None:
        await pool.execute("select 1")

    async def tokens_can_be_verified() -> None:
        if not verifier.has_keys:
            await verifier.refresh()

    return create_app(
        settings.service,
        wiring.routes,
        title=wiring.title,
        pool=pool,
        verifier=verifier,
        admission=Admission(pool, source),
        dependencies=wiring.dependencies,
        checks={"database": database_answers, "identity provider": tokens_can_be_verified, **wiring.checks},
        trace_sampling=settings.trace_sampling,
    )


def health(pool: Pool) -> Litestar:
    """What a process that serves nothing else shows of itself."""

    async def database_answers() -> None:
        await pool.execute("select 1")

    return Litestar(health_routes({"database": database_answers}), openapi_config=None, logging_config=None)


async def _serve_http(app: Litestar, settings: ServiceSettings) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            loop="none",
            http="httptools",
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=5,
            # Longer than the gateway keeps an idle connection, or it would send into one that is closing.
            timeout_keep_alive=120,
            lifespan="off",
        )
    )
    # Signals are ours: all parts of the process end together.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    try:
        await server.serve()
    except asyncio.CancelledError:
        server.should_exit = True
        await server.shutdown()
        raise


async def _until_told(work: Mapping[str, Coroutine[Any, Any, None]]) -> None:
    """Run all parts until SIGTERM or until one of them ends, which is never right: then all end."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    tasks: set[asyncio.Task[Any]] = {asyncio.create_task(part, name=name) for name, part in work.items()}
    waiting: asyncio.Task[Any] = asyncio.create_task(told.wait(), name="signal")
    done, _ = await asyncio.wait({*tasks, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    broken = [task for task in done if task is not waiting]
    for task in broken:
        logger.error("%s ended", task.get_name(), exc_info=task.exception())
    if broken:
        sys.exit(1)


async def _patiently(what: str, attempt: Callable[[], Awaitable[None]]) -> None:
    said = ""
    for _ in range(600):
        try:
            await attempt()
            return
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            if text != said:
                logger.warning("waiting for %s: %s", what, text)
                said = text
            await asyncio.sleep(0.5)
    sys.exit(f"gave up waiting for {what}")
