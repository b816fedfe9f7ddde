"""Refusals over gRPC: a status code for what to do, ErrorInfo for the reason."""

from __future__ import annotations

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from koprogo.kernel.errors import DomainError, Kind

DOMAIN = "koprogo"
CODES = {
    Kind.INVALID: code_pb2.INVALID_ARGUMENT,
    Kind.UNAUTHENTICATED: code_pb2.UNAUTHENTICATED,
    Kind.FORBIDDEN: code_pb2.PERMISSION_DENIED,
    Kind.NOT_FOUND: code_pb2.NOT_FOUND,
    Kind.CONFLICT: code_pb2.FAILED_PRECONDITION,
    Kind.STALE: code_pb2.FAILED_PRECONDITION,
    Kind.LIMITED: code_pb2.RESOURCE_EXHAUSTED,
    Kind.UNAVAILABLE: code_pb2.UNAVAILABLE,
}
KINDS = {code: kind for kind, code in reversed(CODES.items())}


def to_status(error: DomainError) -> grpc.Status:
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata))
    status: grpc.Status = rpc_status.to_status(
        status_pb2.Status(code=CODES[error.kind], message=error.message, details=[detail])
    )
    return status


def from_error(error: grpc.aio.AioRpcError) -> DomainError:
    """The neighbour's refusal as ours; a neighbour that is down or late is Unavailable."""
    status = rpc_status.from_call(error)
    if status is not None:
        for detail in status.details:
            info = error_details_pb2.ErrorInfo()
            if detail.Is(info.DESCRIPTOR) and detail.Unpack(info) and info.domain == DOMAIN:
                return DomainError(
                    status.message,
                    kind=KINDS.get(status.code, Kind.INVALID),
                    reason=info.reason,
                    **dict(info.metadata),
                )
    if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        return DomainError(
            "A neighbouring service does not answer; try again in a moment.",
            kind=Kind.UNAVAILABLE,
            reason="NEIGHBOUR_UNAVAILABLE",
        )
    raise error
