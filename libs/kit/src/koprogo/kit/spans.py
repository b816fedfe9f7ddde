"""Spans, for sampled traces alone and only where something collects them: a request that is not sampled pays nothing.

The ready-made instrumentation costs more than the request; these are the doors of a process and its calls out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from koprogo.kit import trace

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

_tracer: Tracer | None = None


def collect(service: str, endpoint: str) -> TracerProvider:
    """From now on send spans to an OTLP collector (`http://host:4318`), in batches, beside the work."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    global _tracer
    provider = TracerProvider(resource=Resource.create({"service.name": f"koprogo-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
    _tracer = provider.get_tracer("koprogo")
    return provider


@contextmanager
def span(name: str) -> Iterator[Span | None]:
    """A span below the current one; what is called or published inside is below it. None when not sampled."""
    before = trace.current()
    if _tracer is None or not trace.is_sampled(before):
        yield None
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    parent = TraceContextTextMapPropagator().extract({"traceparent": before})
    with _tracer.start_as_current_span(name, context=parent) as current:
        own = current.get_span_context()
        trace.enter(f"00-{own.trace_id:032x}-{own.span_id:016x}-01")
        try:
            yield current
        finally:
            trace.enter(before)
