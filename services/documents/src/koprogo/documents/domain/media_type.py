"""What a file is, read from its bytes; its name and what the client says are not believed."""

from koprogo.kernel.errors import DomainError

LARGEST = 10_000_000
"""Bytes of an uploaded file."""


class MediaTypeRefused(DomainError):
    reason = "MEDIA_TYPE_REFUSED"


class FileEmpty(DomainError):
    reason = "FILE_EMPTY"


class FileTooLarge(DomainError):
    reason = "FILE_TOO_LARGE"


_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml")


def media_type_of(content: bytes) -> str:
    """PDF, PNG, JPEG, DOCX, XLSX or plain text; nothing that a browser would run."""
    if not content:
        raise FileEmpty("The file is empty.", field="body")
    if len(content) > LARGEST:
        raise FileTooLarge(f"A file has at most {LARGEST // 1_000_000} MB.", field="body")
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        for folder, media_type in _OFFICE:
            if folder in content:
                return media_type
    elif b"\0" not in content and not any(mark in content[:1024].lower() for mark in _MARKUP):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "text/plain; charset=utf-8"
    raise MediaTypeRefused("Only PDF, PNG, JPEG, DOCX, XLSX and plain text are taken.", field="body")
