"""Calls between services: mutual TLS, allowed callers, deadlines, and refusals that keep their reason."""

from koprogo.kit.grpc.client import Channels, called, streamed
from koprogo.kit.grpc.server import GrpcServer, caller_tenant

__all__ = ["Channels", "GrpcServer", "called", "caller_tenant", "streamed"]
