"""Channels to the neighbours, and how they are called: deadline, tenant, trace, refusals as our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

import grpc

from koprogo.kernel.errors import Kind
from koprogo.kit import spans, trace
from koprogo.kit.certificates import CertificateFiles
from koprogo.kit.grpc.errors import from_error
from koprogo.kit.grpc.server import MESSAGE_BYTES, TENANT, TRACE

DEADLINE_SECONDS = 2.0
TRIES = 3
LONGEST_CALL_SECONDS = 3600.0
"""An export of all of a tenant's rows: so long a channel may outlive the renewal of its certificate."""

Request = TypeVar("Request", contravariant=True)
Answer = TypeVar("Answer", covariant=True)


class Method(Protocol[Request, Answer]):
    def __call__(
        self, request: Request, *, timeout: float | None = None, metadata: Any = None
    ) -> Awaitable[Answer]: ...


class Channels:
    """One channel a neighbour, opened on first use; the certificate says who we are."""

    def __init__(self, *, ca: Path, certificate: Path, key: Path) -> None:
        self._files = CertificateFiles(ca=ca, certificate=certificate, key=key)
        self._certificate = self._files.newest()
        self._open: dict[str, grpc.aio.Channel] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def to(self, neighbour: str, address: str) -> grpc.aio.Channel:
        """For a stub's whole life: each call goes over the channel of the newest certificate."""
        return cast(grpc.aio.Channel, _Renewed(self, neighbour, address))

    def newest(self, neighbour: str, address: str) -> grpc.aio.Channel:
        """A channel's own certificate never changes: after a renewal it ends with its calls, and a new one begins."""
        if (certificate := self._files.newest()) is not self._certificate:
            self._certificate = certificate
            for old in self._open.values():
                ending = asyncio.create_task(old.close(LONGEST_CALL_SECONDS))
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)
            self._open = {}
        if address not in self._open:
            self._open[address] = grpc.aio.secure_channel(
                address,
                grpc.ssl_channel_credentials(certificate.ca, certificate.key, certificate.chain),
                # The certificate names the service, wherever it runs.
                options=[
                    ("grpc.ssl_target_name_override", neighbour),
                    ("grpc.max_reconnect_backoff_ms", 1000),
                    ("grpc.max_receive_message_length", MESSAGE_BYTES),
                ],
            )
        return self._open[address]

    async def close(self) -> None:
        for ending in self._ending:
            ending.cancel()
        for channel in self._open.values():
            await channel.close()


class _Renewed:
    """What a stub asks of a channel, of whichever is the newest when it calls."""

    def __init__(self, channels: Channels, neighbour: str, address: str) -> None:
        self._channels, self._to = channels, (neighbour, address)

    def unary_unary(self, *method: Any, **described: Any) -> Callable[..., Any]:
        return lambda *request, **how: self._newest().unary_unary(*method, **described)(*request, **how)

    def unary_stream(self, *method: Any, **described: Any) -> Callable[..., Any]:
        return lambda *request, **how: self._newest().unary_stream(*method, **described)(*request, **how)

    def _newest(self) -> grpc.aio.Channel:
        return self._channels.newest(*self._to)


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
