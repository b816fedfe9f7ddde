"""HTML becomes PDF/A-3 with tags, printed with Noto Sans and nothing fetched from anywhere."""

import logging
import re
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from weasyprint import CSS, HTML, LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from koprogo.documents.rendering.refusals import DocumentNotRenderable, RenderingUnavailable

_VARIANT = "pdf/a-3a"
_SUBSET_TAG = re.compile(r"^/[A-Z]{6}\+")


def print_pdf(html: str, *, identifier: str) -> bytes:
    missing = _MissingCharacters()
    LOGGER.addHandler(missing)
    try:
        document = HTML(string=html, base_url=None, url_fetcher=_NoFetching()).render(
            stylesheets=[CSS(string=_stylesheet(), url_fetcher=_NoFetching())],
            font_config=FontConfiguration(),
            pdf_variant=_VARIANT,
        )
        printed: bytes = document.write_pdf(
            pdf_variant=_VARIANT, pdf_identifier=identifier.encode(), finisher=_assert_noto
        )
    finally:
        LOGGER.removeHandler(missing)
    if missing.found:
        raise DocumentNotRenderable(
            f"No installed font can print {', '.join(sorted(missing.found))}; it would be an empty box on paper."
        )
    return printed


class _MissingCharacters(logging.Handler):
    """WeasyPrint only logs a character that no font has."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple):
            self.found.add(f"U+{record.args[1]:04X}")


@cache
def _stylesheet() -> str:
    return (files(__package__) / "templates" / "style.css").read_text("utf-8")


class _NoFetching(URLFetcher):  # type: ignore[misc]
    """The templates refer to nothing outside: whatever does is a fault, and stops the rendering."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise FatalURLFetchingError(f"documents fetch nothing: {url}")


def _assert_noto(_: object, pdf: Any) -> None:
    """WeasyPrint takes another font in silence when Noto is missing or lacks a character."""
    names = {
        _SUBSET_TAG.sub("", entry["BaseFont"].decode())
        for entry in pdf.objects
        if isinstance(entry, dict) and "BaseFont" in entry
    }
    if not any(name.startswith("Noto-Sans") for name in names):
        raise RenderingUnavailable(
            "The font Noto Sans is not installed (Debian package fonts-noto-core); "
            f"WeasyPrint would have printed {', '.join(sorted(names)) or 'nothing'}.",
        )
    if others := sorted(name for name in names if not name.startswith("Noto-")):
        raise DocumentNotRenderable(
            f"The text has characters that the Noto fonts lack; {', '.join(others)} would have been taken."
        )
