"""Spans arrive at a collector over HTTP, below the trace that came in; a trace that is not sampled leaves none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from koprogo.kit import spans, trace

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector:
    def __init__(self) -> None:
        self.received: list[Span] = []
        collector = self

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    raise AssertionError("not expected")
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in resource.scope_spans:
                        collector.received.extend(scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Take)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.provider = spans.collect("property", f"http://127.0.0.1:{self.server.server_port}")

    def shown(self) -> list[Span]:
        self.provider.force_flush()
        return self.received


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.provider.shutdown()
    collector.server.shutdown()
    spans._tracer = None


class TestASampledTrace:
    def test_shows_each_door_and_call_below_what_led_to_it(self, collector: Collector) -> None:
        trace.enter(SAMPLED)
        with spans.span("GET /lots"), spans.span("call GrantsOfRequest"):
            inside = trace.current()
        assert trace.current() == SAMPLED
        call, door = collector.shown()
        assert (door.name, call.name) == ("GET /lots", "call GrantsOfRequest")
        assert door.trace_id.hex() == call.trace_id.hex() == SAMPLED[3:35]
        assert door.parent_span_id.hex() == SAMPLED[36:52]
        assert call.parent_span_id == door.span_id
        assert inside == f"00-{SAMPLED[3:35]}-{call.span_id.hex()}-01"


class TestATraceThatIsNotSampled:
    def test_leaves_nothing(self, collector: Collector) -> None:
        trace.enter(SAMPLED[:-1] + "0")
        with spans.span("GET /lots") as span:
            assert span is None
        assert collector.shown() == []

    def test_is_made_for_a_header_that_is_malformed(self) -> None:
        for header in (None, "", "00-zz-b7ad6b7169203331-01", SAMPLED + "-more", "01" + SAMPLED[2:]):
            assert len(trace.enter(header)) == 32
            assert trace.current() != header
            assert not trace.is_sampled(trace.current())
