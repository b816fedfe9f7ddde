"""What the journeys share: the day it is, and how amounts and letters are read."""

from __future__ import annotations

import io
from datetime import date

from pypdf import PdfReader

TODAY = date.today()  # noqa: DTZ011


def cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def pdf_text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def printed(pdf: bytes) -> str:
    """Its words in one line, so that where a line breaks does not matter."""
    return " ".join(pdf_text(pdf).split())


def missing(text: str, *words: str) -> list[str]:
    return [one for one in words if one not in text]
