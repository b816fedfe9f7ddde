from __future__ import annotations

import pytest

from koprogo.documents.rendering.labels import LANGUAGES
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.render import render

from . import letters
from .reading import RENDERED_AT, pages, printed, text
from .test_printing import outside

LEVELS = ("friendly", "firm", "formal")

TITLES = {
    "fr": ["Rappel de paiement", "Dernier rappel avant mise en demeure", "Mise en demeure"],
    "nl": ["Betalingsherinnering", "Laatste herinnering vóór ingebrekestelling", "Ingebrekestelling"],
    "de": ["Zahlungserinnerung", "Letzte Mahnung vor der Inverzugsetzung", "Inverzugsetzung"],
    "en": ["Payment reminder", "Final reminder before formal notice", "Formal notice to pay"],
}
FREE = {"fr": "Ce rappel est gratuit", "nl": "kosteloos", "de": "kostenlos", "en": "free of charge"}
REGISTERED = {
    "fr": ["Envoi recommandé", "adressée par envoi recommandé"],
    "nl": ["Aangetekende zending", "Met deze aangetekende brief"],
    "de": ["Einschreiben", "Mit diesem Einschreiben"],
    "en": ["By registered post", "sent by registered post"],
}
INTEREST = {
    "fr": ["L'intérêt au taux légal court à partir de la mise en demeure", "au taux de 4,50 % 48,57 €"],
    "nl": ["De interest tegen de wettelijke rentevoet loopt vanaf de ingebrekestelling", "tegen 4,50 % € 48,57"],
    "de": ["Zinsen zum gesetzlichen Zinssatz laufen ab der Inverzugsetzung", "zum Satz von 4,50 % 48,57 €"],
    "en": ["Interest at the legal rate runs from the formal notice", "at 4.50% €48.57"],
}
COST = {
    "fr": "Frais de rappel Prévus par les statuts : article 34 du règlement de copropriété 15,00 €",
    "nl": "Herinneringskosten Bepaald in de statuten: artikel 34 van het reglement van mede-eigendom € 15,00",
    "de": "Mahnkosten Vorgesehen in den Statuten: Artikel 34 der Miteigentumsordnung 15,00 €",
    "en": "Cost of reminding Laid down in the statutes: article 34 of the co-ownership rules €15.00",
}
SUMS = {
    "fr": ["1 645,74 € 1 000,00 € 645,74 €", "Total restant dû 3 937,22 €", "Total à payer 4 000,79 €"],
    "nl": ["€ 1.645,74 € 1.000,00 € 645,74", "Totaal nog te betalen € 3.937,22", "Totaal te betalen € 4.000,79"],
    "de": ["1.645,74 € 1.000,00 € 645,74 €", "Summe der offenen Beträge 3.937,22 €", "Gesamtbetrag 4.000,79 €"],
    "en": ["€1,645.74 €1,000.00 €645.74", "Total still due €3,937.22", "Total to be paid €4,000.79"],
}
JOINTLY = {"fr": "tenues solidairement", "nl": "hoofdelijk gehouden", "de": "gesamtschuldnerisch", "en": "jointly and"}
HEADING = {"fr": "Objet Échéance", "nl": "Omschrijving Vervaldag", "de": "Gegenstand Fälligkeit", "en": "For Due on"}
PRIVILEGE = {"fr": "privil", "nl": "voorrecht", "de": "vorrecht", "en": "privilege"}


@pytest.mark.parametrize("language", LANGUAGES)
class TestAReminder:
    @pytest.mark.parametrize("level", LEVELS)
    def test_has_the_title_and_the_words_of_its_level(self, language, level):
        written = text(letters.reminder(language, level))
        title = TITLES[language][LEVELS.index(level)]
        assert f"{title} {salutation(language)}" in written
        assert (FREE[language] in written) == (level == "friendly")
        assert (REGISTERED[language][1] in written) == (level == "formal")
        assert (INTEREST[language][0] in written) == (level == "formal")
        assert PRIVILEGE[language] not in written.lower()

    def test_shows_what_is_open_and_how_it_adds_up(self, language):
        written = text(letters.formal_notice(language))
        for expected in [*SUMS[language], COST[language], *INTEREST[language], *REGISTERED[language]]:
            assert expected in written
        assert written.count(letters.TEXTS[language]["purposes"][0]) == 1
        assert written.count("+++090/9337/55493+++") == 4

    def test_says_to_several_holders_that_each_owes_the_whole(self, language):
        assert JOINTLY[language] in text(letters.formal_notice(language))
        assert JOINTLY[language] not in text(letters.firm_reminder(language))

    def test_has_neither_cost_nor_interest_when_they_are_none(self, language):
        for none in ("", "0.00"):
            request = letters.firm_reminder(language)
            request.reminder.cost = request.reminder.interest = none
            request.reminder.clause = ""
            written = text(request)
            assert COST[language].split(" ")[0] + " " + COST[language].split(" ")[1] not in written
            assert INTEREST[language][1][:12] not in written

    def test_of_one_demand_is_one_page(self, language):
        assert len(pages(letters.friendly_reminder(language))) == 1

    def test_with_sixty_demands_repeats_its_headings_on_every_page(self, language):
        request = letters.reminder(language, "firm", count=60)
        with_rows = [page for page in pages(request) if f"{letters.TEXTS[language]['purposes'][0]} 2027/" in page]
        assert len(with_rows) >= 2
        assert all(HEADING[language] in page for page in with_rows)
        assert not outside(printed(request))


def salutation(language: str) -> str:
    return {"fr": "Madame,", "nl": "Geachte", "de": "Sehr geehrte", "en": "Dear"}[language]


class TestAReminderIsRefused:
    def refused(self, request, why: str) -> bool:
        with pytest.raises(DocumentNotRenderable, match=why):
            render(request, rendered_at=RENDERED_AT)
        return True

    def test_when_it_is_friendly_and_costs_something(self):
        request = letters.friendly_reminder("fr")
        request.reminder.cost, request.reminder.clause = "0.01", "article 34"
        assert self.refused(request, "free")

    def test_when_it_costs_something_without_a_clause_of_the_statutes(self):
        request = letters.firm_reminder("fr")
        request.reminder.clause = " "
        assert self.refused(request, "R141")

    def test_when_it_asks_for_interest_before_the_formal_notice(self):
        request = letters.firm_reminder("fr")
        request.reminder.interest = "1.00"
        assert self.refused(request, "R142")

    def test_when_its_level_is_unknown(self):
        request = letters.firm_reminder("fr")
        request.reminder.level = "angry"
        assert self.refused(request, "angry")

    def test_when_an_open_demand_has_a_wrong_communication(self):
        request = letters.firm_reminder("fr")
        request.reminder.demands[0].communication = "090933755494"
        assert self.refused(request, "structured communication")
