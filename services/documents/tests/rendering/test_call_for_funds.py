from __future__ import annotations

import pytest

from koprogo.documents.rendering.labels import LANGUAGES
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.render import render
from koprogo.documents.rendering.writing import Writing

from . import letters, samples
from .reading import RENDERED_AT, pages, plain, printed, text
from .test_printing import outside

EXPECTED = {
    "fr": [
        "Appel de fonds", "15 juin 2027", "Par courrier électronique",
        "verser 1 645,74 € au plus tard le 15 juillet 2027",
        "Période du 1er juillet 2027 au 30 septembre 2027", "Décision Assemblée générale du 1er juin 2027, point 7",
        "46 875,00 € 208 / 10 000 975,00 €", "Clé de répartition : Ascenseur bloc B", "208 / 4 160 156,39 €",
        "Total pour le fonds de roulement 1 223,86 €", "Total pour le fonds de réserve 421,88 €",
        "Total de votre part 1 645,74 €", "+++090/9337/55493+++", "BE68 5390 0754 7034",
    ],
    "nl": [
        "Oproep tot kapitaalinbreng", "Per e-mail", "u € 1.645,74 te betalen, uiterlijk op 15 juli 2027",
        "Periode van 1 juli 2027 tot en met 30 september 2027", "€ 46.875,00 208 / 10.000 € 975,00",
        "Totaal voor het werkkapitaal € 1.223,86", "Totaal voor het reservekapitaal € 421,88",
        "Totaal van uw deel € 1.645,74", "Gestructureerde mededeling +++090/9337/55493+++",
    ],
    "de": [
        "Mittelabruf", "Per E-Mail", "1.645,74 € bis spätestens 15. Juli 2027", "46.875,00 € 208 / 10.000 975,00 €",
        "Summe für das Betriebskapital 1.223,86 €", "Summe für die Rücklage 421,88 €", "Summe Ihres Teils 1.645,74 €",
        "Strukturierte Mitteilung +++090/9337/55493+++",
    ],
    "en": [
        "Call for funds", "By email", "pay €1,645.74 no later than 15 July 2027", "€46,875.00 208 / 10,000 €975.00",
        "Total for the working capital €1,223.86", "Total for the reserve fund €421.88",
        "Total of your part €1,645.74", "Structured communication +++090/9337/55493+++",
    ],
}  # fmt: skip

JOINTLY = {"fr": "tenues solidairement", "nl": "hoofdelijk gehouden", "de": "gesamtschuldnerisch", "en": "jointly and"}
NO_PERIOD = {"fr": "Période", "nl": "Periode", "de": "Zeitraum", "en": "Period"}
LOT = {"fr": "Lot Objet", "nl": "Kavel Omschrijving", "de": "Los Gegenstand", "en": "Lot For"}
NOTHING = {"fr": "0,00 €", "nl": "€ 0,00", "de": "0,00 €", "en": "€0.00"}
FUND = {
    "fr": "Total pour le fonds de roulement", "nl": "Totaal voor het werkkapitaal",
    "de": "Summe für das Betriebskapital", "en": "Total for the working capital",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
class TestACallForFunds:
    def test_says_who_owes_what_for_what_until_when(self, language):
        request = letters.call_for_funds(language)
        written = text(request)
        texts = letters.TEXTS[language]
        for expected in [*EXPECTED[language], texts["title"], texts["decision"], *texts["purposes"], "Jansen Anna"]:
            assert expected in written
        for line in request.call_for_funds.lines:
            assert plain(Writing(language).amount(line.amount)) in written

    def test_states_the_part_of_each_fund_even_when_it_is_nothing(self, language):
        written = text(letters.joint_call_for_funds(language))
        assert f"{FUND[language]} {NOTHING[language]}" in written

    def test_says_to_several_holders_that_each_owes_the_whole(self, language):
        assert JOINTLY[language] in text(letters.joint_call_for_funds(language))
        assert JOINTLY[language] not in text(letters.call_for_funds(language))

    def test_for_works_has_no_period(self, language):
        assert NO_PERIOD[language] in text(letters.call_for_funds(language))
        assert NO_PERIOD[language] not in text(letters.joint_call_for_funds(language))

    def test_with_sixty_lines_repeats_its_headings_on_every_page(self, language):
        request = letters.call_for_funds(language, count=60)
        with_rows = [page for page in pages(request) if letters.TEXTS[language]["purposes"][0] in page]
        assert len(with_rows) >= 2
        assert all(LOT[language] in page for page in with_rows)
        assert text(request).count(letters.TEXTS[language]["purposes"][0]) == 20
        assert not outside(printed(request))


class TestWhatIsWrittenInACallForFunds:
    def test_is_printed_and_not_obeyed(self):
        title = "<script>alert(1)</script> {{ 7 * 7 }} {number}"
        request = letters.call_for_funds("fr", title=title)
        request.call_for_funds.lines[0].label = "<b>gras</b>"
        assert title in text(request)
        assert "<b>gras</b>" in text(request)

    def test_wraps_however_long_its_words_are(self):
        request = letters.joint_call_for_funds("de")
        call = request.call_for_funds
        call.lines[0].label = call.lines[0].lot = call.decision = samples.LONG_WORD * 3
        call.lines[0].whole = call.lines[0].amount = call.total = "-999999999999.99"
        call.payment.payee = samples.LONG_WORD * 3
        assert not outside(printed(request))
        assert text(request).replace(" ", "").count(samples.LONG_WORD) >= 12

    @pytest.mark.parametrize("fund", ["", "reserve"])
    def test_is_refused_for_a_fund_that_is_none(self, fund):
        request = letters.call_for_funds("nl")
        request.call_for_funds.lines[0].fund = fund
        with pytest.raises(DocumentNotRenderable, match="fund"):
            render(request, rendered_at=RENDERED_AT)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_names_no_syndic_when_none_is_told(self, language):
        request = letters.call_for_funds(language)
        request.call_for_funds.letterhead.syndic_name = ""
        label = Writing(language).label("common.syndic", name="").split(":")[0].strip()
        assert f"{label}:" not in text(request)
        assert f"{label} :" not in text(request)
