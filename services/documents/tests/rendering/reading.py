"""What a person, or a machine, sees of a printed document."""

import io
import re
import subprocess
from datetime import UTC, datetime
from functools import cache

from pypdf import PdfReader

from koprogo.documents.rendering.render import render
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

RENDERED_AT = datetime(2026, 5, 20, 9, 5, tzinfo=UTC)


def printed(request: DocumentRequested) -> bytes:
    return _printed(request.SerializeToString(deterministic=True))


@cache
def _printed(message: bytes) -> bytes:
    return render(DocumentRequested.FromString(message), rendered_at=RENDERED_AT)


def reader(request: DocumentRequested) -> PdfReader:
    return PdfReader(io.BytesIO(printed(request)))


def pages(request: DocumentRequested) -> list[str]:
    return _pages(printed(request))


@cache
def _pages(pdf: bytes) -> list[str]:
    """By poppler, in the order of printing; ten times faster than pypdf."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return [plain(page).strip() for page in done.stdout.decode().split("\f")[:-1]]


def text(request: DocumentRequested) -> str:
    return " ".join(pages(request))


def plain(written: str) -> str:
    """Lines joined and every kind of space made one."""
    return re.sub(r"\s+", " ", written.replace("-\n", "-"))
