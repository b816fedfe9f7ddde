import pytest

from koprogo.documents.rendering.labels import LANGUAGES

from . import samples
from .reading import pages, text

EXPECTED = {
    "fr": [
        "Convocation à l'assemblée générale ordinaire", "Date mercredi 10 juin 2026", "Heure 18 h 30", "20 mai 2026",
        "1 250 sur 10 000", "N° d'entreprise (BCE) : 0428.759.497", "Syndic : Immo Peeters & Lambert",
        "Majorité absolue", "Deux tiers", "Quatre cinquièmes", "Sans vote", "art. 3.87, § 1er du Code civil",
        "Pièces jointes : Devis façade.pdf; Plan_2026.pdf", "Envoi recommandé",
    ],
    "nl": [
        "Oproeping tot de gewone algemene vergadering", "Datum woensdag 10 juni 2026", "Uur 18.30 uur",
        "20 mei 2026", "1.250 op 10.000", "Ondernemingsnummer (KBO): 0428.759.497",
        "Syndicus: Immo Peeters & Lambert", "Volstrekte meerderheid", "Twee derde", "Vier vijfde",
        "Zonder stemming", "art. 3.87, § 1 BW", "Aangetekende zending",
    ],
    "de": [
        "Einladung zur ordentlichen Generalversammlung", "Tag Mittwoch, 10. Juni 2026", "Uhrzeit 18:30 Uhr",
        "20. Mai 2026", "1.250 von 10.000", "Unternehmensnummer (ZUD): 0428.759.497",
        "Verwalter: Immo Peeters & Lambert", "Absolute Mehrheit", "Zwei Drittel", "Vier Fünftel",
        "Ohne Abstimmung", "Art. 3.87 § 1 ZGB", "Einschreiben",
    ],
    "en": [
        "Convocation to the ordinary general meeting", "Day Wednesday 10 June 2026", "Time 18:30", "20 May 2026",
        "1,250 out of 10,000", "Enterprise number (CBE): 0428.759.497", "Syndic: Immo Peeters & Lambert",
        "Absolute majority", "Two thirds", "Four fifths", "No vote", "art. 3.87, § 1 of the Civil Code",
        "By registered post",
    ],
}  # fmt: skip

PROXY = {
    "fr": ["Procuration", "plus de trois procurations", "10 % du total des voix", "Le syndic ne peut être mandataire"],
    "nl": ["Volmacht", "meer dan drie volmachten", "10 % van het totale", "De syndicus mag geen lasthebber"],
    "de": ["Vollmacht", "höchstens drei Vollmachten", "10 % der Stimmen", "Der Verwalter darf nicht Bevollmächtigter"],
    "en": ["Proxy", "no more than three proxies", "10% of the votes", "The syndic may not be the proxy holder"],
}


@pytest.mark.parametrize("language", LANGUAGES)
class TestAConvocation:
    def test_says_who_is_called_where_when_and_what_for(self, language):
        written = text(samples.convocation(language))
        texts = samples.TEXTS[language]
        for expected in [*EXPECTED[language], *texts["titles"], texts["place"], texts["consultation"], "Zoom"]:
            assert expected in written

    def test_has_the_proxy_form_on_a_page_of_its_own(self, language):
        *letter, form = pages(samples.convocation(language))
        assert form.startswith(PROXY[language][0])
        for expected in [*PROXY[language], "Jansen Anna", "A1.1, C-1.4", *samples.TEXTS[language]["titles"][:5]]:
            assert expected in form
        assert samples.TEXTS[language]["titles"][5] not in form
        assert not any(PROXY[language][3] + " d" in page for page in letter)

    def test_gives_the_reason_of_urgency_only_when_there_is_one(self, language):
        reason = samples.TEXTS[language]["urgency"]
        assert reason in text(samples.second_convocation(language))
        assert reason not in text(samples.convocation(language))

    def test_asks_a_suspended_ownership_for_one_mandatary(self, language):
        notice = {
            "fr": "désignent une seule et même personne comme mandataire",
            "nl": "één en dezelfde persoon als lasthebber aanwijzen",
            "de": "ein und dieselbe Person als Bevollmächtigten bestimmen",
            "en": "designate one and the same person as their mandatary",
        }[language]
        assert notice in text(samples.second_convocation(language))
        assert notice not in text(samples.convocation(language))
        assert len(pages(samples.second_convocation(language))) - len(pages(samples.convocation(language))) >= 1

    def test_of_a_second_assembly_explains_it_and_leaves_out_the_quorum(self, language):
        second = text(samples.second_convocation(language))
        quorum = {"fr": "Quorum.", "nl": "Quorum.", "de": "Beschlussfähigkeit.", "en": "Quorum."}[language]
        assert quorum in text(samples.convocation(language))
        assert quorum not in second
