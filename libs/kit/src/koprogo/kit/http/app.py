"""The application of one service: its routes under `/api/<service>/v1`, and what they all share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from koprogo.kernel.errors import DomainError
from koprogo.kit.access import Actor, Admission, TokenVerifier
from koprogo.kit.database.pool import CHARACTER_REFUSED, DATABASE_AWAY, Pool
from koprogo.kit.http import problems
from koprogo.kit.http.access import Access, check_declared
from koprogo.kit.http.edge import Edge
from koprogo.kit.http.health import Check, health_routes

BODY_LIMIT = 12_000_000
"""Bytes: a file of 10 MB and its envelope."""


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    return request.scope["koprogo.actor"]  # type: ignore[typeddict-item, no-any-return]


def create_app(
    service: str,
    routes: Sequence[ControllerRouterHandler],
    *,
    title: str,
    pool: Pool,
    verifier: TokenVerifier,
    admission: Admission,
    dependencies: Mapping[str, Provide],
    checks: Mapping[str, Check],
    trace_sampling: float = 0.01,
) -> Litestar:
    """Wire a service's routes with access, problems, idempotency, ETags, health and OpenAPI."""

    access = Access(verifier, admission, pool)

    # A function, since routers are copied with all that they hold, and a pool cannot be.
    async def admit(request: Request[Any, Any, Any]) -> Response[Any] | None:
        return await access(request)

    api = Router(
        f"/api/{service}/v1",
        route_handlers=list(routes),
        before_request=admit,
        security=[{"bearer": []}],
    )
    app = Litestar(
        route_handlers=[api, *health_routes(checks)],
        dependencies={"actor": Provide(provide_actor), **dependencies},
        exception_handlers={
            DomainError: problems.on_domain_error,
            HTTPException: problems.on_http_exception,
            **dict.fromkeys(DATABASE_AWAY, problems.on_database_away),
            **dict.fromkeys(CHARACTER_REFUSED, problems.on_character_refused),
            UnicodeDecodeError: problems.on_text_unreadable,
            Exception: problems.on_anything_else,
        },
        request_max_body_size=BODY_LIMIT,
        openapi_config=OpenAPIConfig(
            title=title,
            version="1",
            path=f"/api/{service}",
            operation_id_creator=lambda handler, method, path: handler.handler_name,
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            components=Components(
                security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
            ),
        ),
        logging_config=None,
    )
    check_declared(
        [
            handler
            for route in app.routes
            for handler in getattr(route, "route_handlers", ())
            if isinstance(handler, HTTPRouteHandler) and handler.owner is not None and route.path.startswith(api.path)
        ]
    )
    # Around Litestar's own stack, so that what finds no route is traced and counted like the rest.
    app.asgi_handler = Edge(app.asgi_handler, pool, trace_sampling)
    return app
