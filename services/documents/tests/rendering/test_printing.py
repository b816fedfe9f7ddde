import re
import subprocess

import pytest
from pypdf.generic import IndirectObject
from weasyprint.urls import FatalURLFetchingError

from koprogo.documents.rendering.labels import LANGUAGES
from koprogo.documents.rendering.printing import print_pdf
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.render import render

from . import letters, reports, samples, transfers
from .reading import RENDERED_AT, pages, printed, reader, text

DOCUMENTS = [
    samples.convocation,
    samples.attendance_sheet,
    samples.minutes,
    letters.call_for_funds,
    letters.formal_notice,
    letters.charge_statement,
    transfers.before_the_sale,
    transfers.on_the_transfer,
    reports.balance_sheet,
    reports.general_ledger,
]


def outside(pdf: bytes) -> list[str]:
    """Words that poppler finds beyond the margins of their page."""
    xml = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    found = []
    for page in re.findall(r"<page .*?</page>", xml, re.S):
        width, height = map(float, re.search(r'width="([\d.]+)" height="([\d.]+)"', page).groups())
        for left, top, right, bottom, word in re.findall(
            r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', page
        ):
            if float(left) < 40 or float(top) < 30 or float(right) > width - 40 or float(bottom) > height - 15:
                found.append(word)
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
class TestEveryDocument:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_stays_inside_the_page(self, document, language):
        assert not outside(printed(document(language)))

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_carries_number_page_and_document_on_every_page(self, document, language):
        request = document(language)
        written = pages(request)
        for number, page in enumerate(written, start=1):
            assert "0428.759.497" in page
            assert f"{number} / {len(written)}" in page
            assert request.document_id in page

    def test_is_the_same_bytes_twice(self, document):
        request = document("nl")
        assert render(request, rendered_at=RENDERED_AT) == render(request, rendered_at=RENDERED_AT)

    def test_is_an_archive_file_with_the_time_of_rendering(self, document):
        pdf = reader(document("fr"))
        metadata = pdf.xmp_metadata
        assert metadata.pdfaid_part == "3"
        assert pdf.metadata.creation_date.timestamp() == RENDERED_AT.timestamp()
        assert pdf.trailer["/Root"]["/Lang"] == "fr"

    def test_embeds_noto_and_no_other_font(self, document):
        pdf = reader(document("de"))
        fonts = set()
        for page in pdf.pages:
            for font in page["/Resources"]["/Font"].values():
                resolved = font.get_object() if isinstance(font, IndirectObject) else font
                fonts.add(resolved["/BaseFont"])
        assert fonts
        assert all("+Noto-Sans" in font for font in fonts)


class TestWhatPeopleWrote:
    def test_is_printed_and_not_obeyed(self):
        title = "<script>alert(1)</script> <img src='http://x.test/a.png'> {{ 7 * 7 }} {number}"
        assert title in text(samples.convocation("en", title=title, items=1))

    def test_wraps_however_long_its_words_are(self):
        request = samples.convocation("de", title=samples.LONG_WORD * 3, text=samples.LONG_WORD * 40, items=3)
        assert not outside(printed(request))
        assert text(request).replace(" ", "").count(samples.LONG_WORD) >= 3 * 43

    def test_breaks_over_pages_when_it_is_long(self):
        text_of_pages = "Een zin van de agenda met woorden.\n" * 150
        request = samples.convocation("nl", text=text_of_pages, items=2)
        assert text(request).count("Een zin van de agenda met woorden.") == 300
        assert not outside(printed(request))

    def test_loses_its_control_characters(self):
        assert "Dak en gevel" in text(samples.convocation("nl", title="Dak\x00\x07 en\u202e gevel", items=1))

    def test_is_refused_when_no_font_can_print_it(self):
        with pytest.raises(DocumentNotRenderable, match="font"):
            render(samples.convocation("nl", title="Dak 漢字", items=1), rendered_at=RENDERED_AT)

    def test_is_refused_when_a_code_is_unknown(self):
        request = samples.minutes("nl")
        request.minutes.items[0].decision.majority = "most"
        with pytest.raises(DocumentNotRenderable, match="most"):
            render(request, rendered_at=RENDERED_AT)

    def test_is_refused_without_content(self):
        request = samples.convocation("nl")
        request.ClearField("content")
        with pytest.raises(DocumentNotRenderable):
            render(request, rendered_at=RENDERED_AT)

    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_is_refused_without_enterprise_number(self, document):
        request = document("nl")
        getattr(request, request.WhichOneof("content")).letterhead.enterprise_number = ""
        with pytest.raises(DocumentNotRenderable, match="enterprise number"):
            render(request, rendered_at=RENDERED_AT)


class TestPrinting:
    @pytest.mark.parametrize(
        "html",
        [
            "<img src='file:///etc/passwd'>",
            "<img src='http://127.0.0.1:9/a.png'>",
            "<link rel=attachment href='file:///etc/passwd'>",
            "<p style='background: url(file:///etc/passwd)'>text</p>",
        ],
    )
    def test_fetches_nothing(self, html):
        with pytest.raises(FatalURLFetchingError):
            print_pdf(html, identifier="x")

    def test_says_so_when_noto_sans_is_missing(self, monkeypatch):
        from koprogo.documents.rendering import printing
        from koprogo.documents.rendering.refusals import RenderingUnavailable

        monkeypatch.setattr(printing, "_stylesheet", lambda: "html { font-family: 'DejaVu Sans' }")
        with pytest.raises(RenderingUnavailable, match="fonts-noto-core"):
            print_pdf("<p>text</p>", identifier="x")
