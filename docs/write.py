"""Writes what is drawn from the code: the permission matrix and the OpenAPI of each service.

`make docs` writes, and tests/architecture compares: what is reviewed in these files is what runs.
"""

from __future__ import annotations

import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from koprogo.kernel.words import Role
from koprogo.kit import process
from koprogo.kit.access import TokenVerifier
from koprogo.kit.settings import read
from koprogo.stack.instance import SERVICES

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Who may do what

One row a route, as the services run them; `make docs` writes this page and a test compares it with the routes.
A role is held on the organisation or the association that the path names. `signed in` admits everybody who is;
an owner sees and changes his own where the route says so. Documents are shown by their visibility besides.

"""


class Route(NamedTuple):
    service: str
    method: str
    path: str
    roles: frozenset[Role]


class NoChannels:
    def to(self, neighbour: str, address: str) -> grpc.aio.Channel:
        return grpc.aio.insecure_channel(address)


async def application(service: str) -> Litestar:
    """The service's routes, wired to nothing."""
    module = import_module(f"koprogo.{service}.main")
    settings_type = import_module(f"koprogo.{service}.settings").Settings
    environment = {
        f"KOPROGO_{field.name.upper()}": "1" if "port" in field.name else "unused:1"
        for field in msgspec.structs.fields(settings_type)
        if field.required
    }
    settings = read(settings_type, environment | {"KOPROGO_SERVICE": service})
    nothing: Any = None
    verifier = TokenVerifier(issuer="", audience="", jwks_url="")
    async with module.wire(settings, nothing, NoChannels()) as wiring:
        return process.application(settings, wiring, nothing, NoChannels(), verifier)  # type: ignore[arg-type]


def routes(service: str, app: Litestar) -> list[Route]:
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            admitted = handler.opt.get("admits") if isinstance(handler, HTTPRouteHandler) else None
            if isinstance(admitted, frozenset):
                found += [
                    Route(service, method, route.path, admitted)
                    for method in sorted(handler.http_methods)
                    if method != "OPTIONS"
                ]
    return sorted(found, key=lambda r: (r.path, r.method))


def matrix(all_routes: list[Route]) -> str:
    roles = list(Role)
    lines = [
        "| method | path | " + " | ".join(role.value for role in roles) + " |",
        "|---" * (len(roles) + 2) + "|",
    ]
    for route in all_routes:
        cells = ["signed in"] * len(roles) if not route.roles else ["x" if r in route.roles else "" for r in roles]
        lines.append(f"| {route.method} | `{route.path}` | " + " | ".join(cells) + " |")
    return HEAD + "\n".join(lines) + "\n"


async def files() -> dict[Path, str]:
    """What the files should hold."""
    wanted: dict[Path, str] = {}
    everything: list[Route] = []
    for service in SERVICES:
        app = await application(service)
        everything += routes(service, app)
        schema = app.openapi_schema.to_schema()
        text = json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False, default=str)
        wanted[ROOT / "docs" / "openapi" / f"{service}.json"] = text + "\n"
    wanted[ROOT / "docs" / "permissions.md"] = matrix(everything)
    return wanted


if __name__ == "__main__":
    for file, content in asyncio.run(files()).items():
        file.write_text(content, encoding="utf-8")
        print(file.relative_to(ROOT), file=sys.stderr)
