"""Every route says whom it admits; the path says on what: an organisation, an association, or nothing."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from koprogo.kernel.errors import DomainError, Forbidden
from koprogo.kernel.words import Role
from koprogo.kit import idempotency, logs
from koprogo.kit.access import Admission, TokenRefused, TokenVerifier
from koprogo.kit.database.pool import Pool

COOKIE = "koprogo_session"
CSRF_HEADER = "x-koprogo-csrf"
PUBLIC = "public"
READS = ("GET", "HEAD", "OPTIONS")


def admits(*roles: Role) -> dict[str, Any]:
    """For a handler's `opt`: the roles it admits; none named means every signed-in person."""
    return {"admits": frozenset(roles)}


def admits_everybody() -> dict[str, Any]:
    """For a handler's `opt`: no token asked."""
    return {"admits": PUBLIC}


def check_declared(handlers: list[HTTPRouteHandler]) -> None:
    """A route that does not say whom it admits does not start."""
    silent = [
        str(handler) for handler in handlers if "admits" not in handler.opt and handler.http_methods != {"OPTIONS"}
    ]
    if silent:
        raise RuntimeError(f"these routes do not declare whom they admit: {', '.join(silent)}")


class CsrfHeaderMissing(Forbidden):
    reason = "CSRF_HEADER_MISSING"


class Access:
    """Runs before each handler: token, grants, idempotency. Leaves the actor in the request's scope."""

    def __init__(self, verifier: TokenVerifier, admission: Admission, pool: Pool) -> None:
        self._verifier = verifier
        self._admission = admission
        self._pool = pool

    async def __call__(self, request: Request[Any, Any, Any]) -> Response[Any] | None:
        idempotency.expect(None)
        # Litestar answers OPTIONS itself, with the methods of the path and nothing else.
        roles = PUBLIC if request.method == "OPTIONS" else request.route_handler.opt["admits"]
        if isinstance(roles, str):
            return None
        claims = await self._verifier.verify(_token(request))
        actor = await self._admission.admit(
            claims,
            roles,
            organisation=_id(request, "organisation_id"),
            association=_id(request, "association_id"),
        )
        await self._admission.check_tenant(actor.tenant, is_write=request.method not in READS)
        request.scope["koprogo.actor"] = actor  # type: ignore[typeddict-unknown-key]
        logs.tenant_id.set(str(actor.tenant))
        if request.method == "POST" and (text := request.headers.get("idempotency-key")):
            if len(text) > 200:
                raise DomainError("An Idempotency-Key has at most 200 characters.", field="Idempotency-Key")
            print_of = hashlib.blake2b(digest_size=16)
            for part in (request.url.path.encode(), b"\0", request.url.query.encode(), b"\0", await request.body()):
                print_of.update(part)
            key = idempotency.Key(actor.subject, text, print_of.digest(), actor.tenant)
            if answer := await idempotency.find_answer(self._pool, key):
                headers = {"location": answer.location} if answer.location else {}
                headers["idempotency-replayed"] = "true"
                return Response(answer.body, status_code=answer.status, media_type=answer.media_type, headers=headers)
            idempotency.expect(key)
            request.scope["koprogo.idempotency"] = key  # type: ignore[typeddict-unknown-key]
        return None


def _token(request: Request[Any, Any, Any]) -> str:
    header = request.headers.get("authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    if cookie := request.cookies.get(COOKIE):
        if request.method not in READS and CSRF_HEADER not in request.headers:
            raise CsrfHeaderMissing("Requests by cookie that change something need the X-KoproGo-CSRF header.")
        return cookie
    raise TokenRefused("Sign in first: send an access token in the Authorization header.", reason="TOKEN_MISSING")


def _id(request: Request[Any, Any, Any], name: str) -> UUID | None:
    value = request.path_params.get(name)
    return value if isinstance(value, UUID) or value is None else UUID(str(value))
