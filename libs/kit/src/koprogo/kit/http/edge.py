"""One pure-ASGI middleware for what every request needs: trace, histogram, ETag, the kept answer."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client import Histogram

from koprogo.kit import idempotency, logs, spans, trace
from koprogo.kit.database.pool import Pool

LATENCY = Histogram(
    "koprogo_http_request_seconds",
    "Time to answer, from the first byte read to the last byte sent.",
    ["method", "route", "status"],
    buckets=[0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0],
)
_CHILDREN: dict[tuple[str, str, int], Histogram] = {}
LARGEST_HASHED = 262_144


class Edge:
    def __init__(self, app: ASGIApp, pool: Pool, sampling: float) -> None:
        self.app = app
        self.pool = pool
        self.sampling = sampling

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        traceparent = headers.get(b"traceparent")
        trace_id = trace.enter(traceparent.decode("latin-1") if traceparent else None, self.sampling)
        logs.tenant_id.set("")
        answer = _Answer(send, self.pool, scope, headers.get(b"if-none-match"), trace_id.encode())
        try:
            with spans.span(str(scope["method"])) as span:
                await self.app(scope, receive, answer)
                if span is not None:
                    span.update_name(f"{scope['method']} {scope.get('path_template') or 'unknown'}")
                    span.set_attribute("http.response.status_code", answer.status)
        finally:
            _observe(scope, answer.status, time.perf_counter() - started)


class _Answer:
    """Sends on; holds back a GET's JSON until its ETag is known, and remembers a POST's for its key."""

    def __init__(self, send: Send, pool: Pool, scope: HTTPScope, if_none_match: bytes | None, trace_id: bytes) -> None:
        self.send = send
        self.pool = pool
        self.scope = scope
        self.if_none_match = if_none_match
        self.trace_id = trace_id
        self.status = 500
        self.media_type = ""
        self.location: str | None = None
        self.body: list[bytes] = []
        self.start: dict[str, Any] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", self.trace_id)]
            found = dict(message["headers"])
            self.media_type = found.get(b"content-type", b"").decode("latin-1")
            location = found.get(b"location")
            self.location = location.decode("latin-1") if location else None
            if self.scope["method"] == "GET" and self.status == 200 and self.media_type.startswith("application/json"):
                self.start = message  # type: ignore[assignment]
                return
        elif message["type"] == "http.response.body":
            if self.start is not None:
                await self._send_with_etag(message)  # type: ignore[arg-type]
                return
            if isinstance(key := self.scope.get("koprogo.idempotency"), idempotency.Key):
                await self._keep(key, message["body"], message.get("more_body", False))
        await self.send(message)

    async def _keep(self, key: idempotency.Key, body: bytes, more: bool) -> None:
        """Before the client has the whole answer, so that a repeated request finds it."""
        self.body.append(body)
        if not more and key.is_recorded and self.status < 500:
            answer = idempotency.Answer(self.status, self.media_type, b"".join(self.body), self.location)
            await idempotency.keep_answer(self.pool, key, answer)

    async def _send_with_etag(self, message: dict[str, Any]) -> None:
        start, self.start = self.start, None
        assert start is not None
        body: bytes = message["body"]
        tag = dict(start["headers"]).get(b"etag")
        if tag is None and not message.get("more_body") and len(body) <= LARGEST_HASHED:
            tag = b'W/"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
            start["headers"] = [*start["headers"], (b"etag", tag), (b"cache-control", b"private, no-cache")]
        if tag is not None and self.if_none_match == tag:
            self.status = 304
            kept = [(n, v) for n, v in start["headers"] if n not in (b"content-length", b"content-type")]
            start = {**start, "status": 304, "headers": kept}
            message = {**message, "body": b""}
        await self.send(start)  # type: ignore[arg-type]
        await self.send(message)  # type: ignore[arg-type]


def _observe(scope: HTTPScope, status: int, seconds: float) -> None:
    # The path with its variables unfilled; unknown paths are one label, or scanners would fill the memory.
    route = str(scope.get("path_template") or "unknown")
    key = (str(scope["method"]), route, status)
    if (child := _CHILDREN.get(key)) is None:
        child = _CHILDREN[key] = LATENCY.labels(key[0], key[1], str(status))
    child.observe(seconds)
