"""Every refusal leaves as problem+json (RFC 9457), translated here and nowhere else."""

from __future__ import annotations

import logging
import re
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from koprogo.kernel.errors import DomainError, Kind
from koprogo.kit import logs
from koprogo.kit.http import messages

logger = logging.getLogger(__name__)

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.STALE: 412,
    Kind.UNAVAILABLE: 503,
}
TITLES = {
    400: "The request is not valid",
    401: "Not signed in",
    403: "Not admitted",
    404: "Not found",
    405: "Method not allowed",
    409: "In conflict with the state of things",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Media type not accepted",
    429: "Too many requests",
    500: "Something is broken on our side",
    503: "A neighbour does not answer",
}


class FieldError(msgspec.Struct):
    field: str
    message: str


class Problem(msgspec.Struct, omit_defaults=True):
    status: int
    title: str
    reason: str
    detail: str
    type: str = "about:blank"
    errors: list[FieldError] = []
    metadata: dict[str, str] = {}
    trace_id: str = ""


def respond(problem: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    problem.trace_id = logs.trace_id.get()
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers or {},
    )


def on_domain_error(request: Request[Any, Any, Any], error: DomainError) -> Response[bytes]:
    status = STATUS[error.kind]
    headers = {401: {"www-authenticate": "Bearer"}, 503: {"retry-after": "1"}}.get(status, {})
    wanted = messages.language_of(request.headers.get("accept-language"))
    detail, language = messages.say(error.reason, error.message, wanted, error.metadata)
    return respond(
        Problem(
            status,
            TITLES[status],
            error.reason,
            detail,
            errors=[FieldError(error.field, detail)] if error.field else [],
            metadata=error.metadata,
        ),
        {**headers, "content-language": language.value},
    )


def on_http_exception(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    errors: list[FieldError] = []
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        errors = [
            FieldError(_path(str(e.get("key", "")), str(e.get("message", ""))), str(e.get("message", "")))
            for e in error.extra
            if isinstance(e, dict)
        ]
    if error.status_code == 400 and not errors:
        errors = [FieldError("body", error.detail)]
    reason = {400: "INVALID", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE"}.get(
        error.status_code, f"HTTP_{error.status_code}"
    )
    detail = "; ".join(f"{e.field}: {e.message}" for e in errors) or error.detail
    return respond(
        Problem(error.status_code, TITLES.get(error.status_code, error.detail), reason, detail, errors=errors),
        dict(error.headers or {}),
    )


def on_database_away(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The database is restarting or out of reach: whether a change was made is seen by reading."""
    logger.warning("the database is away: %s", type(error).__name__)
    return respond(
        Problem(503, TITLES[503], "DATABASE_UNAVAILABLE", "The database does not answer; try again in a moment."),
        {"retry-after": "1"},
    )


def on_character_refused(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    message = "A text holds the character U+0000, which cannot be stored."
    return respond(Problem(400, TITLES[400], "INVALID", message, errors=[FieldError("body", message)]))


def on_anything_else(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    logger.error("unhandled error", exc_info=error)
    return respond(Problem(500, TITLES[500], "INTERNAL", "It was logged under the trace_id below."))


def _path(key: str, message: str) -> str:
    """`lots.3.shares` from the key, or from msgspec's ``- at `$.lots[3].shares` `` in its message."""
    found = re.search(r"`\$\.?([^`]*)`", message)
    # Litestar calls the body `data`, as its handlers do.
    path = found[1] if found and found[1] else "" if key == "data" else key
    if named := re.search(r"(?:missing required|contains unknown) field `([^`]+)`", message):
        path += f".{named[1]}"
    return re.sub(r"\[(\d*|\.\.\.)\]", lambda m: f".{m[1]}", path).strip(".") or "body"
