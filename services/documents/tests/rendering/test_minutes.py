import pytest

from koprogo.documents.rendering.labels import LANGUAGES

from . import samples
from .reading import text

EXPECTED = {
    "fr": [
        "Procès-verbal de l'assemblée générale ordinaire", "Ouverture de la séance 18 h 35",
        "Clôture de la séance 21 h 12", "38 copropriétaires sur 48", "8 736 quotités sur 10 000 (87,36 %)",
        "Plus de la moitié des copropriétaires étant présents ou représentés", "2800/11 (≈ 254,55)",
        "≈ 89,61 % des voix exprimées : 2 196 sur 26956/11", "66,66 % des voix exprimées : 6 666 sur 10 000",
        "183/442 (≈ 41,40 %)", "engageait 5 304 voix", "Décision adoptée", "Décision rejetée", "Point sans vote.",
        "(art. 3.87, § 9 du Code civil) : Dupont Bernard", "quatre mois à compter de la date de l'assemblée",
        "art. 3.92, § 3 du Code civil", "celles en vigueur le 1er juin 2026", "Après lecture",
    ],
    "nl": [
        "Notulen van de gewone algemene vergadering", "Opening van de vergadering 18.35 uur",
        "38 van de 48 mede-eigenaars", "8.736 van de 10.000 aandelen (87,36 %)", "2800/11 (≈ 254,55)",
        "≈ 89,61 % van de uitgebrachte stemmen: 2.196 op 26956/11", "183/442 (≈ 41,40 %)", "Beslissing aangenomen",
        "Beslissing verworpen", "Punt zonder stemming.", "(art. 3.87, § 9 BW): Dupont Bernard",
        "binnen vier maanden", "art. 3.92, § 3 BW", "van kracht zijn op 1 juni 2026", "Na voorlezing",
    ],
    "de": [
        "Protokoll der ordentlichen Generalversammlung", "Eröffnung der Sitzung 18:35 Uhr",
        "38 von 48 Miteigentümern", "8.736 von 10.000 Anteilen (87,36 %)", "2800/11 (≈ 254,55)",
        "≈ 89,61 % der abgegebenen Stimmen: 2.196 von 26956/11", "Beschluss angenommen", "Beschluss abgelehnt",
        "Punkt ohne Abstimmung.", "(Art. 3.87 § 9 ZGB): Dupont Bernard", "binnen vier Monaten",
        "Art. 3.92 § 3 ZGB", "Stand vom 1. Juni 2026", "Nach Verlesung",
    ],
    "en": [
        "Minutes of the ordinary general meeting", "Meeting opened 18:35", "38 of 48 co-owners",
        "8,736 of 10,000 shares (87.36%)", "2800/11 (≈ 254.55)", "≈ 89.61% of the votes cast: 2,196 out of 26956/11",
        "Decision adopted", "Decision rejected", "Item without vote.", "of the Civil Code): Dupont Bernard",
        "within four months", "art. 3.92, § 3 of the Civil Code", "in force on 1 June 2026", "After reading",
    ],
}  # fmt: skip

SECOND = {
    "fr": "S'agissant d'une seconde assemblée",
    "nl": "Aangezien dit een tweede vergadering is",
    "de": "Da es sich um eine zweite Versammlung handelt",
    "en": "As this is a second assembly",
}
FAILED = {
    "fr": "Le quorum légal n'est pas atteint",
    "nl": "Het wettelijke quorum is niet bereikt",
    "de": "Die Versammlung ist nicht beschlussfähig",
    "en": "The statutory quorum is not reached",
}
SIGNED = {
    "fr": ["Signé le 10 juin 2026 à 21 h 20", "Signature manuscrite sur le document imprimé"],
    "nl": ["Ondertekend op 10 juni 2026 om 21.20 uur", "Handgeschreven handtekening op het gedrukte document"],
    "de": ["Unterzeichnet am 10. Juni 2026 um 21:20 Uhr", "Handschriftliche Unterschrift"],
    "en": ["Signed on 10 June 2026 at 21:20", "Handwritten signature on the printed document"],
}


@pytest.mark.parametrize("language", LANGUAGES)
class TestMinutes:
    def test_say_what_was_decided_with_which_majority(self, language):
        request = samples.minutes(language)
        written = text(request)
        texts = samples.TEXTS[language]
        for expected in [
            *EXPECTED[language], *texts["titles"], texts["remark"], texts["not_voted"], texts["key"],
            request.minutes.roll_call_hash,
        ]:  # fmt: skip
            assert expected in written

    def test_name_every_co_owner(self, language):
        written = text(samples.minutes(language))
        assert all(line.name in written for line in samples.attended())

    def test_give_the_rule_of_the_quorum(self, language):
        assert SECOND[language] in text(samples.second_minutes(language))
        assert FAILED[language] in text(samples.minutes(language, reason=""))

    def test_give_the_reason_of_urgency(self, language):
        assert samples.TEXTS[language]["urgency"] in text(samples.second_minutes(language))

    def test_show_who_signed_when_and_how(self, language):
        written = text(samples.second_minutes(language))
        assert all(expected in written for expected in SIGNED[language])

    def test_leave_lines_to_sign_to_those_still_present(self, language):
        request = samples.minutes(language)
        signing = text(request).rpartition("21" + {"fr": " h ", "nl": ".", "de": ":", "en": ":"}[language] + "12")[2]
        assert "Immo Peeters & Lambert" in signing
        assert "Maes Güler" in signing
        left = next(line.name for line in samples.attended() if line.left_at)
        absent = next(line.name for line in samples.attended() if not line.mode and not line.suspended)
        assert left not in signing
        assert absent not in signing
