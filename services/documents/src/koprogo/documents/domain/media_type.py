"""What a file is, read from its bytes; its name and what the client says are not believed."""

import io
import re
import unicodedata
import zipfile

from koprogo.kernel.errors import DomainError

LARGEST = 10_000_000
"""Bytes of an uploaded file."""
LONGEST_NAME = 150


class MediaTypeRefused(DomainError):
    reason = "MEDIA_TYPE_REFUSED"


class FileEmpty(DomainError):
    reason = "FILE_EMPTY"


class FileTooLarge(DomainError):
    reason = "FILE_TOO_LARGE"


class FileNameRefused(DomainError):
    reason = "FILE_NAME_REFUSED"


_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OFFICE = {"word/document.xml": _WORD, "xl/workbook.xml": _SHEET}
_SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    _WORD: (".docx",),
    _SHEET: (".xlsx",),
    "text/plain": (".txt", ".csv"),
}
_MARKUP = re.compile(r"<!doctype|<\?xml|<(html|svg|script|head|body|iframe|object|embed|math)\b", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def media_type_of(content: bytes) -> str:
    """PDF, PNG, JPEG, DOCX, XLSX, or text as plain text; nothing that a browser or an office would run."""
    if not content:
        raise FileEmpty("The file is empty.", field="body")
    if len(content) > LARGEST:
        raise FileTooLarge(f"A file has at most {LARGEST // 1_000_000} MB.", field="body")
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    found = _office(content) if content.startswith(b"PK\x03\x04") else _text(content)
    if found is None:
        raise MediaTypeRefused("Only PDF, PNG, JPEG, DOCX, XLSX and plain text or CSV are taken.", field="body")
    return found


def _office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((media_type for part, media_type in _OFFICE.items() if part in names), None)


def _text(content: bytes) -> str | None:
    for charset in ("utf-8", "windows-1252"):
        # The second is what a Belgian Excel writes by "save as CSV".
        try:
            text = content.decode(charset)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(text) or _MARKUP.search(text) or text.lstrip("\ufeff \t\r\n").startswith("<"):
            return None
        return f"text/plain; charset={charset}"
    return None


def file_name_for(name: str, media_type: str) -> str:
    """Without what hides or redirects, and ending as what it is: `plan.html` of a PDF is `plan.html.pdf`."""
    shown = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    shown = " ".join(re.sub(r'[/\\:*?"<>|]', " ", shown).split()).strip(". ")
    suffixes = _SUFFIXES[media_type.partition(";")[0]]
    if not shown:
        raise FileNameRefused("Give the file a name.", field="file_name")
    ending = next((one for one in suffixes if shown.lower().endswith(one)), "")
    stem = shown[: len(shown) - len(ending)].strip(". ")[:LONGEST_NAME]
    return (stem or "document") + (ending or suffixes[0])
