import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.documents.domain.media_type import (
    LARGEST,
    FileEmpty,
    FileNameRefused,
    FileTooLarge,
    MediaTypeRefused,
    file_name_for,
    media_type_of,
)
from koprogo.kernel.errors import DomainError


def archive(*names: str) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return kept.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
TAKEN = {
    b"%PDF-1.7\n": "application/pdf",
    b"\x89PNG\r\n\x1a\n....": "image/png",
    b"\xff\xd8\xff\xe0....": "image/jpeg",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    archive("[Content_Types].xml", "xl/workbook.xml"): (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
    "Lot;Quotités\r\nA1;210\r\n".encode(): "text/plain; charset=utf-8",
    "\ufeffLot;Quotités".encode(): "text/plain; charset=utf-8",
    "Lot;Quotités\r\n".encode("cp1252"): "text/plain; charset=windows-1252",
    b"shares < 10 and > 5": "text/plain; charset=utf-8",
}
REFUSED = {
    "HTML": b"<!DOCTYPE html><p>x",
    "HTML without its head": b"hello <script>alert(1)</script>",
    "HTML far down": b"x" * 5000 + b"<ScRiPt >alert(1)",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "SVG behind a declaration": b"<?xml version='1.0'?><svg/>",
    "any markup": b"  \n<p>x</p>",
    "a program": b"\x7fELF\x02\x01\x01" + bytes(20),
    "a program for Windows": b"MZ\x90\x00\x03",
    "an archive": archive("a.txt"),
    "an archive that says word": archive("word/readme.txt"),
    "a document with macros": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "half an archive": DOCX[:-30],
    "a GIF": b"GIF89a\x01\x00",
    "text of sixteen bits": "naïve".encode("utf-16"),
    "a PDF that begins later": b"\x00%PDF-1.7",
}


class TestAFile:
    @pytest.mark.parametrize(("content", "media_type"), TAKEN.items(), ids=TAKEN.values())
    def test_is_what_its_bytes_say(self, content: bytes, media_type: str) -> None:
        assert media_type_of(content) == media_type

    @pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
    def test_is_refused_when_it_is_something_else(self, content: bytes) -> None:
        with pytest.raises(MediaTypeRefused):
            media_type_of(content)

    def test_holds_something(self) -> None:
        with pytest.raises(FileEmpty):
            media_type_of(b"")

    def test_has_ten_megabytes_at_most(self) -> None:
        assert media_type_of(b"%PDF-" + bytes(LARGEST - 5)) == "application/pdf"
        with pytest.raises(FileTooLarge):
            media_type_of(b"%PDF-" + bytes(LARGEST - 4))

    @given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda rest: b"PK\x03\x04" + rest))
    def test_is_taken_or_refused_whatever_it_holds(self, content: bytes) -> None:
        try:
            assert media_type_of(content)
        except DomainError as refused:
            assert refused.field == "body"  # noqa: PT017


class TestTheNameOfAFile:
    @pytest.mark.parametrize(
        ("name", "media_type", "shown"),
        [
            ("plan.pdf", "application/pdf", "plan.pdf"),
            ("Procès-verbal 2026.PDF", "application/pdf", "Procès-verbal 2026.pdf"),
            ("plan.html", "application/pdf", "plan.html.pdf"),
            ("lijst.csv", "text/plain; charset=utf-8", "lijst.csv"),
            ("page.html", "text/plain; charset=utf-8", "page.html.txt"),
            ("../../etc/passwd", "text/plain; charset=utf-8", "etc passwd.txt"),
            ("gpj.\u202efdp.exe", "image/jpeg", "gpj.fdp.exe.jpg"),
            ('a"b\r\nc.png', "image/png", "a bc.png"),
            (".pdf", "application/pdf", "pdf.pdf"),
            ("x" * 400 + ".pdf", "application/pdf", "x" * 150 + ".pdf"),
        ],
    )
    def test_is_safe_and_ends_as_what_it_is(self, name: str, media_type: str, shown: str) -> None:
        assert file_name_for(name, media_type) == shown

    def test_is_needed(self) -> None:
        with pytest.raises(FileNameRefused):
            file_name_for(" \u200b. ", "application/pdf")

    @given(st.text(max_size=200))
    def test_never_hides_anything(self, name: str) -> None:
        try:
            shown = file_name_for(name, "image/png")
        except FileNameRefused:
            return
        assert shown.lower().endswith(".png")
        assert shown.isprintable()
        assert not set(shown) & set('/\\"<>|:*?')
