from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.documents.rendering.grouping import by_account
from koprogo.documents.rendering.labels import LANGUAGES
from koprogo.documents.rendering.writing import Writing
from koprogo.kernel.money import cents, euros
from koprogo_api.documents.events.v1.money_pb2 import ChargeLine

from . import letters, samples
from .reading import pages, plain, printed, qr_codes, text
from .test_printing import outside

EXPECTED = {
    "fr": [
        "Décompte de charges", "Période du 1er janvier 2026 au 31 décembre 2026", "3 127,85 € 208 / 4 160 156,39 €",
        "28/01/2026 – Clé de répartition : Ascenseur bloc B", "Total 6101 Ascenseurs 195,45 €",
        "Total 614 Assurances 414,73 €", "Total de vos charges 842,26 € 427,53 €",
        "Déjà appelé pour ces charges 600,00 €", "Différence à payer 242,26 €",
        "Fonds de réserve 148 250,00 € 18 750,00 € 0,00 € 167 000,00 € 3 757,50 €",
        "Votre compte au 31 décembre 2026 (à payer) 242,26 €",
    ],
    "nl": [
        "Afrekening van de lasten", "Periode van 1 januari 2026 tot en met 31 december 2026",
        "€ 3.127,85 208 / 4.160 € 156,39", "Totaal 6101 Liften € 195,45", "Totaal van uw lasten € 842,26 € 427,53",
        "Al opgevraagd voor deze lasten € 600,00", "Verschil te betalen € 242,26",
        "Reservekapitaal € 148.250,00 € 18.750,00 € 0,00 € 167.000,00 € 3.757,50",
        "Uw rekening op 31 december 2026 (te betalen) € 242,26",
    ],
    "de": [
        "Abrechnung der Lasten", "Zeitraum vom 1. Januar 2026 bis zum 31. Dezember 2026",
        "3.127,85 € 208 / 4.160 156,39 €", "Summe 6101 Aufzüge 195,45 €", "Summe Ihrer Lasten 842,26 € 427,53 €",
        "Für diese Lasten bereits abgerufen 600,00 €", "Zu zahlende Differenz 242,26 €",
        "Rücklage 148.250,00 € 18.750,00 € 0,00 € 167.000,00 € 3.757,50 €",
        "Ihr Konto am 31. Dezember 2026 (zu zahlen) 242,26 €",
    ],
    "en": [
        "Charge statement", "Period 1 January 2026 to 31 December 2026", "€3,127.85 208 / 4,160 €156.39",
        "Total 6101 Lifts €195.45", "Total of your charges €842.26 €427.53",
        "Already called for these charges €600.00", "Difference to be paid €242.26",
        "Reserve fund €148,250.00 €18,750.00 €0.00 €167,000.00 €3,757.50",
        "Your account on 31 December 2026 (to be paid) €242.26",
    ],
}  # fmt: skip

CREDIT = {
    "fr": ["Différence en votre faveur 482,33 €", "(en votre faveur) 482,33 €", "rien à verser", "181/365 jours"],
    "nl": ["Verschil in uw voordeel € 482,33", "(in uw voordeel) € 482,33", "niets te betalen", "181/365 dagen"],
    "de": ["Differenz zu Ihren Gunsten 482,33 €", "(zu Ihren Gunsten) 482,33 €", "nichts zu zahlen", "181/365 Tage"],
    "en": ["Difference in your favour €482.33", "(in your favour) €482.33", "nothing to pay", "181/365 days"],
}
EVEN = {"fr": "Différence 0,00 €", "nl": "Verschil € 0,00", "de": "Differenz 0,00 €", "en": "Difference €0.00"}
OCCUPANT = {
    "fr": "Part de l'occupant",
    "nl": "Deel van de bewoner",
    "de": "Teil des Bewohners",
    "en": "Occupant's part",
}
WORKS_CARRIED = {
    "fr": "166,50 € de vos versements sont reportés",
    "nl": "€ 166,50 van uw bijdragen overgedragen",
    "de": "166,50 € Ihrer Beiträge vorgetragen",
    "en": "€166.50 of your contributions is carried forward",
}
HEADING = {
    "fr": "Dépense Lot Montant total Quotités Votre part",
    "nl": "Uitgave Kavel Totaalbedrag Aandelen Uw deel",
    "de": "Ausgabe Los Gesamtbetrag Anteile Ihr Teil",
    "en": "Expense Lot Whole amount Shares Your part",
}


@pytest.mark.parametrize("language", LANGUAGES)
class TestAChargeStatement:
    def test_groups_the_expenses_by_account_and_adds_them_up(self, language):
        request = letters.charge_statement(language)
        written = text(request)
        for expected in EXPECTED[language]:
            assert expected in written
        for account, labels in letters.TEXTS[language]["accounts"].items():
            assert written.count(account) == 2
            assert all(label in written for label in labels)
        for line in request.charge_statement.lines:
            assert plain(Writing(language).amount(line.amount)) in written

    def test_in_favour_of_the_owner_says_so_and_asks_for_nothing(self, language):
        request = letters.credit_statement(language)
        written = text(request)
        for expected in CREDIT[language]:
            assert expected in written
        assert "−" not in written
        assert "BE68" not in written
        assert qr_codes(request) == []

    def test_without_difference_says_neither(self, language):
        written = text(letters.charge_statement(language, called="842.26"))
        assert EVEN[language] in written
        assert EXPECTED[language][-1].rpartition(" (")[0] in written
        assert not re.search(r"\([^)]+\) (€ ?)?0[.,]00", written)

    def test_has_a_column_for_the_occupant_only_when_a_line_has_his_part(self, language):
        assert OCCUPANT[language] in text(letters.charge_statement(language))
        assert OCCUPANT[language] not in text(letters.credit_statement(language))

    def test_gives_the_days_of_ownership_only_when_the_lot_changed_hands(self, language):
        assert "/365" in text(letters.credit_statement(language))
        assert "/365" not in text(letters.charge_statement(language))

    def test_says_what_is_carried_forward_for_works_only_when_something_is(self, language):
        request = letters.charge_statement(language)
        assert WORKS_CARRIED[language] not in text(request)
        request.charge_statement.works_carried = "166.50"
        assert WORKS_CARRIED[language] in text(request)

    def test_with_sixty_lines_repeats_its_headings_on_every_page(self, language):
        request = letters.charge_statement(language, occupied=False, count=60)
        with_rows = [page for page in pages(request) if " 208 / " in page]
        assert len(with_rows) >= 3
        assert all(HEADING[language] in page for page in with_rows)
        assert not outside(printed(request))


class TestWhatIsWrittenInAChargeStatement:
    def test_is_printed_and_not_obeyed(self):
        request = letters.charge_statement("fr")
        request.charge_statement.lines[0].label = "<b>{{ 7 * 7 }}</b> {number}"
        request.charge_statement.lines[0].account = "<i>6101</i>"
        written = text(request).replace(" ", "")
        assert "<b>{{7*7}}</b>{number}" in written
        assert "<i>6101</i>" in written

    def test_wraps_however_long_its_words_are(self):
        request = letters.charge_statement("de")
        line = request.charge_statement.lines[0]
        line.label = line.account = line.lot = line.allocation_key = samples.LONG_WORD * 2
        line.whole = line.amount = line.occupant_part = "-999999999999.99"
        assert not outside(printed(request))
        assert text(request).replace(" ", "").count(samples.LONG_WORD) == 10


class TestGroupingByAccount:
    @given(st.lists(st.tuples(st.sampled_from("cab"), st.integers(-(10**9), 10**9), st.integers(0, 10**9))))
    def test_keeps_every_line_once_in_the_order_of_their_accounts(self, drawn):
        lines = [
            ChargeLine(account=name, amount=euros(own), occupant_part=euros(part) if part else "")
            for name, own, part in drawn
        ]
        groups = by_account(lines)
        assert [group.name for group in groups] == list(dict.fromkeys(name for name, _, _ in drawn))
        assert sum(len(group.lines) for group in groups) == len(lines)
        assert sum(cents(group.amount) for group in groups) == sum(own for _, own, _ in drawn)
        assert sum(cents(group.occupant_part) for group in groups) == sum(part for _, _, part in drawn)
        for group in groups:
            assert cents(group.amount) == sum(own for name, own, _ in drawn if name == group.name)
