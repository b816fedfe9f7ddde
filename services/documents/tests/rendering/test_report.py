from __future__ import annotations

import re

import pytest

from koprogo.documents.rendering import tabulating
from koprogo.documents.rendering.labels import LANGUAGES
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.render import render
from koprogo_api.documents.events.v1.money_pb2 import ReportColumn

from . import reports, samples
from .reading import RENDERED_AT, pages, printed, reader, text
from .test_printing import outside

BALANCE_SHEET = {
    "fr": [
        "Bilan Situation au 31 décembre 2026 – Montants en euros", "État établi le 15 février 2027",
        "Actif 4101 Copropriétaires, fonds de roulement 8 412,33 0,00 8 412,33",
        "Résultat de l'exercice en cours −1 812,48 18 750,00 16 937,52",
        "Total du passif 31 599,85 167 000,00 198 599,85",
    ],
    "nl": [
        "Balans Toestand op 31 december 2026 – Bedragen in euro", "Activa 4101 Mede-eigenaars, werkkapitaal 8.412,33",
        "−1.812,48 18.750,00 16.937,52", "Totaal van de passiva 31.599,85 167.000,00 198.599,85",
    ],
    "de": [
        "Bilanz Stand am 31. Dezember 2026 – Beträge in Euro", "−1.812,48 18.750,00 16.937,52",
        "Summe der Passiva 31.599,85 167.000,00 198.599,85",
    ],
    "en": [
        "Balance sheet Position on 31 December 2026 – Amounts in euro", "−1,812.48 18,750.00 16,937.52",
        "Total liabilities 31,599.85 167,000.00 198,599.85",
    ],
}  # fmt: skip
CHARGES = {
    "fr": ["Période du 1er janvier 2026 au 31 décembre 2026", "610 Entretien 6101 Ascenseurs 3 613,85",
           "Total 12 035,45 1 250 000,00 1 262 035,45"],
    "nl": ["Periode van 1 januari 2026 tot en met 31 december 2026", "Totaal 12.035,45 1.250.000,00 1.262.035,45"],
    "de": ["Zeitraum vom 1. Januar 2026 bis zum 31. Dezember 2026", "Summe 12.035,45 1.250.000,00 1.262.035,45"],
    "en": ["Period 1 January 2026 to 31 December 2026", "Total 12,035.45 1,250,000.00 1,262,035.45"],
}  # fmt: skip
LEDGER_DAY = {"fr": "28/02/2026", "nl": "28/02/2026", "de": "28.02.2026", "en": "28/02/2026"}


def page_size(request) -> tuple[float, float]:
    box = reader(request).pages[0].mediabox
    return float(box.width), float(box.height)


@pytest.mark.parametrize("language", LANGUAGES)
class TestAReport:
    def test_says_what_was_there_at_the_end_of_a_day(self, language):
        written = text(reports.balance_sheet(language))
        for expected in BALANCE_SHEET[language]:
            assert expected in written

    def test_of_a_period_adds_up_under_its_headings(self, language):
        written = text(reports.charge_report(language))
        for expected in CHARGES[language]:
            assert expected in written

    def test_stands_upright_with_five_columns_and_lies_with_more(self, language):
        width, height = page_size(reports.charge_report(language))
        assert width < height
        width, height = page_size(reports.general_ledger(language))
        assert width > height

    def test_repeats_its_headings_on_every_page(self, language):
        written = pages(reports.general_ledger(language))
        labels = [reports.LABELS[language][name] for name in ("dated", "text", "debit", "balance")]
        assert len(written) == 3
        assert all(re.search(rf"\b{label}\b", page) for page in written for label in labels)
        assert LEDGER_DAY[language] in written[0]

    def test_stays_inside_its_page(self, language):
        for document in (reports.balance_sheet, reports.charge_report, reports.general_ledger):
            assert not outside(printed(document(language)))


class TestWhatIsWrittenInAReport:
    def test_is_printed_and_not_obeyed(self):
        request = reports.balance_sheet("fr")
        request.report.rows[1].cells[1] = "<b>{{ 7 * 7 }}</b> {number}"
        assert "<b>{{7*7}}</b>{number}" in text(request).replace(" ", "")

    def test_wraps_however_long_its_words_are(self):
        request = reports.general_ledger("de", postings=1)
        request.report.rows[1].cells[3] = samples.LONG_WORD
        request.report.rows[2].cells[4] = request.report.rows[2].cells[5] = samples.LONG_WORD
        request.report.rows[2].cells[6] = request.report.rows[2].cells[8] = "-999999999999.99"
        assert not outside(printed(request))
        assert text(request).replace(" ", "").count("−999.999.999.999,99") == 2

    def test_has_structured_communications_as_they_are_paid_with(self):
        request = reports.general_ledger("nl", postings=1)
        request.report.columns[5].kind = "communication"
        request.report.rows[2].cells[5] = "090933755493"
        assert "+++090/9337/55493+++" in text(request)

    def test_may_be_nothing(self):
        request = reports.balance_sheet("en")
        del request.report.rows[:]
        assert "There is nothing to show." in text(request)

    def test_names_no_syndic_that_is_not_known(self):
        request = reports.balance_sheet("fr")
        request.report.letterhead.syndic_name = ""
        assert "Syndic" not in text(request)


class TestAReportIsRefused:
    def refused(self, request, match):
        with pytest.raises(DocumentNotRenderable, match=match):
            render(request, rendered_at=RENDERED_AT)

    def test_when_it_is_too_long(self, monkeypatch):
        monkeypatch.setattr(tabulating, "MOST_ROWS", 10)
        self.refused(reports.balance_sheet("fr"), "at most 10 rows")

    def test_when_a_row_has_more_cells_than_there_are_columns(self):
        request = reports.balance_sheet("fr")
        request.report.rows[1].cells.append("x")
        self.refused(request, "a cell for each column")

    def test_when_a_kind_or_a_level_is_unknown(self):
        request = reports.balance_sheet("fr")
        request.report.columns.append(ReportColumn(label="x", kind="colour"))
        self.refused(request, "colour")
        request = reports.balance_sheet("fr")
        request.report.rows[0].level = "footer"
        self.refused(request, "footer")

    def test_when_an_amount_is_none(self):
        request = reports.balance_sheet("fr")
        request.report.rows[1].cells[2] = "much"
        self.refused(request, "not an amount")
