"""What a person, or a machine, sees of a printed document."""

import io
import re
import subprocess
from datetime import UTC, datetime
from functools import cache

import zxingcpp
from PIL import Image
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


def qr_codes(request: DocumentRequested) -> list[zxingcpp.Barcode]:
    """As a camera sees them on the printed pages."""
    images = subprocess.run(["pdftoppm", "-r", "120", "-gray"], input=printed(request), capture_output=True, check=True)
    return [code for page in _images(images.stdout) for code in zxingcpp.read_barcodes(page)]


def _images(ppm: bytes) -> list[Image.Image]:
    """Netpbm files one after the other."""
    found = []
    while ppm:
        image = Image.open(io.BytesIO(ppm))
        image.load()
        found.append(image)
        ppm = ppm[len(b"P5\n%d %d\n255\n" % image.size) + image.width * image.height :]
    return found


def plain(written: str) -> str:
    """Lines joined and every kind of space made one."""
    return re.sub(r"\s+", " ", written.replace("-\n", "-"))
