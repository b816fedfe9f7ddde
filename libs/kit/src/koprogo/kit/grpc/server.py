"""The gRPC door: who calls is read from the certificate, and each method names who may call it."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc
from prometheus_client import Histogram

from koprogo.kernel.errors import DomainError, Forbidden
from koprogo.kit import logs, spans, trace
from koprogo.kit.certificates import Certificate, CertificateFiles
from koprogo.kit.database.pool import DATABASE_AWAY
from koprogo.kit.grpc.errors import to_status

logger = logging.getLogger(__name__)

TENANT = "koprogo-tenant"
TRACE = "traceparent"
MESSAGE_BYTES = 32 * 1024 * 1024
"""A row of an export that holds a whole file, twice its size as hexadecimal."""
LATENCY = Histogram(
    "koprogo_grpc_request_seconds",
    "Time to answer a call.",
    ["method", "code"],
    buckets=[0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0],
)
_tenant: ContextVar[UUID | None] = ContextVar("grpc_tenant", default=None)


class CallerRefused(Forbidden):
    reason = "CALLER_NOT_ALLOWED"


class TenantMissing(DomainError):
    reason = "TENANT_MISSING"


def caller_tenant() -> UUID:
    """The tenant on whose behalf a neighbour calls. It is trusted as far as its certificate."""
    tenant = _tenant.get()
    if tenant is None:
        raise TenantMissing("The call names no tenant.")
    return tenant


class _Door(grpc.aio.ServerInterceptor):
    def __init__(self, allowed: Mapping[str, frozenset[str]]) -> None:
        self._allowed = allowed

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        method, types = handler_call_details.method, (handler.request_deserializer, handler.response_serializer)
        if (unary := handler.unary_unary) is not None:

            async def answer(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
                async with self._admitted(method, context):
                    return await unary(request, context)  # type: ignore[arg-type]

            return grpc.unary_unary_rpc_method_handler(answer, *types)
        if (stream := handler.unary_stream) is not None:

            async def tell(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
                # Closed with the call, also of a caller who goes away in the middle.
                async with self._admitted(method, context), aclosing(stream(request, context)) as answers:  # type: ignore[arg-type, type-var]
                    async for one in answers:  # type: ignore[attr-defined]
                        yield one

            return grpc.unary_stream_rpc_method_handler(tell, *types)
        # Of another shape: nobody would be asked who he is.
        return None

    @asynccontextmanager
    async def _admitted(self, method: str, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[None]:
        """For the time of one call: who may not is refused, and what goes wrong inside is told as it is meant."""
        metadata = {name: value for name, value in context.invocation_metadata() or ()}
        trace.enter(str(metadata.get(TRACE, "")))
        started, code = time.perf_counter(), "OK"
        try:
            names = list(context.auth_context().get("x509_common_name", ()))
            caller = names[0].decode() if names else "nobody"
            if caller not in self._allowed.get(method, frozenset()):
                raise CallerRefused(f"{caller} may not call {method}.", caller=caller)
            tenant = metadata.get(TENANT)
            _tenant.set(UUID(str(tenant)) if tenant else None)
            logs.tenant_id.set(str(tenant or ""))
            with spans.span(method):
                yield
        except DomainError as refused:
            code = refused.kind.name
            await context.abort_with_status(to_status(refused))
        except ValueError as malformed:
            code = "INVALID"
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(malformed))
        except grpc.aio.AbortError:
            raise
        except DATABASE_AWAY as away:
            code = "UNAVAILABLE"
            logger.warning("the database is away: %s", type(away).__name__)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "The database does not answer.")
        except Exception:
            code = "INTERNAL"
            logger.exception("call of %s failed", method)
            await context.abort(grpc.StatusCode.INTERNAL, "It was logged under the trace of this call.")
        finally:
            LATENCY.labels(method, code).observe(time.perf_counter() - started)


def _credentials(files: CertificateFiles) -> grpc.ServerCredentials:
    """Asked before each handshake: who connects after a renewal is shown the new certificate."""
    shown = files.newest()

    def configuration(certificate: Certificate) -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration([(certificate.key, certificate.chain)], certificate.ca)

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        nonlocal shown
        if (newest := files.newest()) is shown:
            return None
        shown = newest
        return configuration(newest)

    return grpc.dynamic_ssl_server_credentials(
        configuration(shown),
        renewed,  # type: ignore[arg-type]  # None, which it documents, is not in its types.
        require_client_authentication=True,
    )


class GrpcServer:
    def __init__(
        self,
        address: str,
        *,
        ca: Path,
        certificate: Path,
        key: Path,
        allowed: Mapping[str, frozenset[str]],
        register: Callable[[grpc.aio.Server], None],
    ) -> None:
        self._server = grpc.aio.server(
            interceptors=[_Door(allowed)],
            maximum_concurrent_rpcs=200,
            options=[("grpc.max_receive_message_length", MESSAGE_BYTES)],
        )
        register(self._server)
        self._server.add_secure_port(address, _credentials(CertificateFiles(ca=ca, certificate=certificate, key=key)))

    async def run(self) -> None:
        """Until cancelled; calls under way get five seconds to end."""
        await self._server.start()
        try:
            await self._server.wait_for_termination()
        finally:
            await self._server.stop(5)
