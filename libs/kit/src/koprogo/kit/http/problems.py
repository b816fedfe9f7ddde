"""Every refusal leaves as problem+json (RFC 9457), translated here and nowhere else."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from koprogo.kernel.errors import DomainError, Kind
from koprogo.kernel.words import Language
from koprogo.kit import logs
from koprogo.kit.http import messages, sentences

logger = logging.getLogger(__name__)

STATUS = {
    Kind.INVALID: 400,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.STALE: 412,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
}
REASONS = {400: "INVALID", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "TOO_LARGE"}
"""Of what Litestar refuses."""


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
    headers = {
        401: {"www-authenticate": "Bearer"},
        429: {"retry-after": error.metadata.get("retry_after", "1")},
        503: {"retry-after": "1"},
    }.get(status, {})
    return _said(
        request, status, error.reason, error.message, field=error.field, metadata=error.metadata, headers=headers
    )


def on_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    status, headers = error.status_code, dict(error.headers or {})
    found: list[tuple[str, str]] = []
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        found = [(str(e.get("key", "")), str(e.get("message", ""))) for e in error.extra if isinstance(e, dict)]
    if status == 400:
        return _fields(request, [(_path(key, said), said) for key, said in found] or [("body", error.detail)], headers)
    return _said(request, status, REASONS.get(status, f"HTTP_{status}"), error.detail, headers=headers)


def on_database_away(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The database is restarting or out of reach: whether a change was made is seen by reading."""
    logger.warning("the database is away: %s", type(error).__name__)
    message = "The database does not answer; try again in a moment."
    return _said(request, 503, "DATABASE_UNAVAILABLE", message, headers={"retry-after": "1"})


def on_character_refused(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return _fields(request, [("body", "A text holds the character U+0000, which cannot be stored.")])


def on_text_unreadable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A body that msgspec could not read; should it ever be a text of ours, the log has it."""
    logger.warning("a text is not UTF-8", exc_info=error)
    return _fields(request, [("body", "The text is not UTF-8.")])


def on_anything_else(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    logger.error("unhandled error", exc_info=error)
    return _said(request, 500, "INTERNAL", "It was logged under the trace_id below.")


def _said(
    request: Request[Any, Any, Any],
    status: int,
    reason: str,
    english: str,
    *,
    field: str | None = None,
    metadata: Mapping[str, str] = MappingProxyType({}),
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response[bytes]:
    detail, language = messages.say(reason, english, _wanted(request), metadata)
    errors = [FieldError(field, detail)] if field else []
    title = sentences.title(status, language) or english
    return respond(
        Problem(status, title, reason, detail, errors=errors, metadata=dict(metadata)),
        {**headers, "content-language": language.value},
    )


def _fields(
    request: Request[Any, Any, Any],
    found: Sequence[tuple[str, str]],
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response[bytes]:
    """What is wrong with which field, as msgspec says it in English."""
    said, language = sentences.of_fields([english for _, english in found], _wanted(request))
    errors = [FieldError(field, message) for (field, _), message in zip(found, said, strict=True)]
    detail = "; ".join(f"{e.field}: {e.message}" for e in errors)
    return respond(
        Problem(400, sentences.title(400, language) or "", REASONS[400], detail, errors=errors),
        {**headers, "content-language": language.value},
    )


def _wanted(request: Request[Any, Any, Any]) -> Language:
    return messages.language_of(request.headers.get("accept-language"))


def _path(key: str, message: str) -> str:
    """`lots.3.shares` from the key, or from msgspec's ``- at `$.lots[3].shares` `` in its message."""
    found = re.search(r"`\$\.?([^`]*)`", message)
    # Litestar calls the body `data`, as its handlers do.
    path = found[1] if found and found[1] else "" if key == "data" else key
    if named := re.search(r"(?:missing required|contains unknown) field `([^`]+)`", message):
        path += f".{named[1]}"
    return re.sub(r"\[(\d*|\.\.\.)\]", lambda m: f".{m[1]}", path).strip(".") or "body"
