"""What every process shows: alive, ready (or what is missing), and its figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import generate_latest

from koprogo.kit.http.access import admits_everybody

Check = Callable[[], Awaitable[None]]
"""Raises what is wrong."""


def health_routes(checks: Mapping[str, Check]) -> list[HTTPRouteHandler]:
    @get("/health/live", opt=admits_everybody(), include_in_schema=False)
    async def live() -> dict[str, str]:
        return {"status": "alive"}

    @get("/health/ready", opt=admits_everybody(), include_in_schema=False)
    async def ready() -> Response[dict[str, object]]:
        missing: dict[str, str] = {}
        for name, check in checks.items():
            try:
                await check()
            except Exception as error:
                missing[name] = f"{type(error).__name__}: {error}"[:200]
        if missing:
            return Response({"status": "not ready", "missing": missing}, status_code=503)
        return Response({"status": "ready"})

    @get("/metrics", opt=admits_everybody(), include_in_schema=False, media_type="text/plain; version=0.0.4")
    async def metrics() -> bytes:
        return generate_latest()

    return [live, ready, metrics]
