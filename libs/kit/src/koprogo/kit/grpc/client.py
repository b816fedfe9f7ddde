"""Channels to the neighbours, and how they are called: deadline, tenant, trace, refusals as our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import UUID

import grpc

from koprogo.kernel.errors import Kind
from koprogo.kit import spans, trace
from koprogo.kit.grpc.errors import from_error
from koprogo.kit.grpc.server import MESSAGE_BYTES, TENANT, TRACE

DEADLINE_SECONDS = 2.0
TRIES = 3

Request = TypeVar("Request", contravariant=True)
Answer = TypeVar("Answer", covariant=True)


class Method(Protocol[Request, Answer]):
    def __call__(
        self, request: Request, *, timeout: float | None = None, metadata: Any = None
    ) -> Awaitable[Answer]: ...


class Channels:
    """One channel a neighbour, opened on first use; the certificate says who we are."""

    def __init__(self, *, ca: Path, certificate: Path, key: Path) -> None:
        self._credentials = grpc.ssl_channel_credentials(ca.read_bytes(), key.read_bytes(), certificate.read_bytes())
        self._open: dict[str, grpc.aio.Channel] = {}

    def to(self, neighbour: str, address: str) -> grpc.aio.Channel:
        if address not in self._open:
            self._open[address] = grpc.aio.secure_channel(
                address,
                self._credentials,
                # The certificate names the service, wherever it runs.
                options=[
                    ("grpc.ssl_target_name_override", neighbour),
                    ("grpc.max_reconnect_backoff_ms", 1000),
                    ("grpc.max_receive_message_length", MESSAGE_BYTES),
                ],
            )
        return self._open[address]

    async def close(self) -> None:
        for channel in self._open.values():
            await channel.close()


async def called(
    method: Method[Request, Answer],
    request: Request,
    *,
    tenant: UUID | None = None,
    deadline: float = DEADLINE_SECONDS,
    is_read: bool = True,
) -> Answer:
    """Call a neighbour. Only reads are tried again; a refusal is raised as the DomainError it was."""
    with spans.span(f"call {type(request).__name__}"):
        metadata = [(TRACE, trace.current())]
        if tenant is not None:
            metadata.append((TENANT, str(tenant)))
        for attempt in range(1, TRIES + 1):
            try:
                return await method(request, timeout=deadline, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                refused = from_error(error)
                if refused.kind is not Kind.UNAVAILABLE or not is_read or attempt == TRIES:
                    raise refused from error
            await asyncio.sleep(0.05 * attempt)
    raise AssertionError("unreachable")


async def streamed(
    method: Callable[..., AsyncIterable[Answer]], request: object, *, deadline: float
) -> AsyncIterator[Answer]:
    """All that a neighbour answers, one after the other. Whoever breaks off begins again."""
    try:
        async for answer in method(request, timeout=deadline, metadata=[(TRACE, trace.current())]):
            yield answer
    except grpc.aio.AioRpcError as error:
        raise from_error(error) from error
