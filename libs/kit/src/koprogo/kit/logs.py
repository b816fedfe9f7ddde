"""One JSON object a line, with the trace and the tenant; never a name, an address or a token."""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec

trace_id: ContextVar[str] = ContextVar("trace_id", default="")
tenant_id: ContextVar[str] = ContextVar("tenant_id", default="")


class JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self.service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if trace := trace_id.get():
            line["trace_id"] = trace
        if tenant := tenant_id.get():
            line["tenant_id"] = tenant
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


def configure(service: str, level: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("aiokafka", "httpx", "httpcore", "fontTools", "weasyprint", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
