from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.documents.rendering.grouping import total
from koprogo.documents.rendering.labels import LANGUAGES, labels
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.render import render
from koprogo.kernel.money import cents, euros
from koprogo.kernel.words import LotKind
from koprogo_api.documents.events.v1.money_pb2 import BalanceLine, OpenDemand

from . import samples, transfers
from .reading import RENDERED_AT, pages, plain, printed, qr_codes, text
from .test_printing import outside

BOTH = {
    "fr": [
        "Lot A1.1 – appartement", "Quotités 208 / 10 000", "Copropriétaire cédant Jansen Anna",
        "Date de la mutation 1er décembre 2027", "Demande du 1er septembre 2027",
        "1 645,74 € 1 000,00 € 645,74 €", "Frais de recouvrement, judiciaires et extrajudiciaires 105,00 €",
        "Arriérés au 10 septembre 2027 2 396,48 €",
        "Coût des informations, à charge du cédant (art. 3.94, § 4 du Code civil) 121,00 €",
        "18 400,00 €", "Recours en annulation Pas connu", "+++090/9337/55493+++",
        "les charges ordinaires sont à charge du copropriétaire entrant à compter du jour où il peut user",
        "part du lot dans le fonds de roulement",
        "fonds de réserve reste à l'association (art. 3.94, § 5 du Code civil)",
    ],
    "nl": [
        "Kavel A1.1 – appartement", "Aandelen 208 / 10.000", "Overdrager Jansen Anna",
        "Datum van de overdracht 1 december 2027", "Verzoek van 1 september 2027",
        "€ 1.645,74 € 1.000,00 € 645,74", "Gerechtelijke en buitengerechtelijke invorderingskosten € 105,00",
        "Achterstallen op 10 september 2027 € 2.396,48",
        "Kosten van de inlichtingen, ten laste van de overdrager (art. 3.94, § 4 BW) € 121,00",
        "€ 18.400,00", "Vordering tot vernietiging Niet bekend", "+++090/9337/55493+++",
        "zijn de gewone lasten ten laste van de nieuwe mede-eigenaar vanaf de dag waarop hij de gemene delen kan",
        "deel van de kavel in het werkkapitaal", "in het reservekapitaal blijft bij de vereniging (art. 3.94, § 5 BW)",
    ],
    "de": [
        "Los A1.1 – Wohnung", "Anteile 208 / 10.000", "Übertragender Jansen Anna",
        "Tag der Übertragung 1. Dezember 2027", "Anfrage vom 1. September 2027",
        "1.645,74 € 1.000,00 € 645,74 €", "Gerichtliche und außergerichtliche Beitreibungskosten 105,00 €",
        "Rückstände am 10. September 2027 2.396,48 €",
        "Kosten der Auskünfte, zu Lasten des Übertragenden (Art. 3.94 § 4 ZGB) 121,00 €",
        "18.400,00 €", "Klage auf Nichtigerklärung Nicht bekannt", "+++090/9337/55493+++",
        "trägt der neue Miteigentümer die laufenden Lasten ab dem Tag, an dem er die gemeinschaftlichen Teile nutzen",
        "Teil des Loses am Betriebskapital", "an der Rücklage bleibt bei der Vereinigung (Art. 3.94 § 5 ZGB)",
    ],
    "en": [
        "Lot A1.1 – flat", "Shares 208 / 10,000", "Seller Jansen Anna", "Day of the transfer 1 December 2027",
        "Requested on 1 September 2027", "€1,645.74 €1,000.00 €645.74", "Recovery costs, in and out of court €105.00",
        "Arrears on 10 September 2027 €2,396.48",
        "Cost of the information, borne by the seller (art. 3.94, § 4 of the Civil Code) €121.00",
        "€18,400.00", "Claim for annulment Not known", "+++090/9337/55493+++",
        "the buyer bears the ordinary charges from the day he can use the common parts",
        "lot's part of the working capital",
        "reserve fund stays with the association (art. 3.94, § 5 of the Civil Code)",
    ],
}  # fmt: skip

BEFORE = {
    "fr": [
        "Article 3.94, § 1er du Code civil", "16 septembre 2027 (délai de quinze jours)", "Madame, Monsieur,",
        "Fonds de roulement 23 187,52 € 482,30 €", "Fonds de réserve 167 000,00 € 3 473,60 €", "Total 780,00 €",
        "Bilan au 31 décembre 2026 Actif Passif", "160 Fonds de réserve 167 000,00 €",
        "Total 190 187,52 € 190 187,52 €",
    ],
    "nl": [
        "Artikel 3.94, § 1 BW", "16 september 2027 (termijn van vijftien dagen)", "Geachte mevrouw, geachte heer,",
        "Werkkapitaal € 23.187,52 € 482,30", "Reservekapitaal € 167.000,00 € 3.473,60", "Totaal € 780,00",
        "Balans op 31 december 2026 Activa Passiva", "160 Reservekapitaal € 167.000,00",
        "Totaal € 190.187,52 € 190.187,52",
    ],
    "de": [
        "Artikel 3.94 § 1 ZGB", "16. September 2027 (Frist von fünfzehn Tagen)", "Sehr geehrte Damen und Herren,",
        "Betriebskapital 23.187,52 € 482,30 €", "Rücklage 167.000,00 € 3.473,60 €", "Gesamt 780,00 €",
        "Bilanz zum 31. Dezember 2026 Aktiva Passiva", "160 Rücklage 167.000,00 €", "Gesamt 190.187,52 € 190.187,52 €",
    ],
    "en": [
        "Article 3.94, § 1 of the Civil Code", "16 September 2027 (within fifteen days)", "Dear Sir or Madam,",
        "Working capital €23,187.52 €482.30", "Reserve fund €167,000.00 €3,473.60", "Total €780.00",
        "Balance sheet on 31 December 2026 Assets Liabilities", "160 Reserve fund €167,000.00",
        "Total €190,187.52 €190,187.52",
    ],
}  # fmt: skip

ON = {
    "fr": [
        "Article 3.94, § 2 du Code civil", "1er octobre 2027 (délai de trente jours)", "Maître,",
        "01/06/2027 15/10/2027 3 837,60 €", "01/06/2027 254,18 €", "312,00 €",
        "trois jours ouvrables de l'acte (art. 3.95",
    ],
    "nl": [
        "Artikel 3.94, § 2 BW", "1 oktober 2027 (termijn van dertig dagen)", "Geachte notaris,",
        "01/06/2027 15/10/2027 € 3.837,60", "01/06/2027 € 254,18", "€ 312,00", "binnen drie werkdagen na de akte",
    ],
    "de": [
        "Artikel 3.94 § 2 ZGB", "1. Oktober 2027 (Frist von dreißig Tagen)", "sehr geehrter Herr Notar,",
        "01.06.2027 15.10.2027 3.837,60 €", "01.06.2027 254,18 €", "312,00 €", "binnen drei Werktagen nach der Urkunde",
    ],
    "en": [
        "Article 3.94, § 2 of the Civil Code", "1 October 2027 (within thirty days)", "Dear Notary,",
        "01/06/2027 15/10/2027 €3,837.60", "01/06/2027 €254.18", "€312.00", "within three working days of the deed",
    ],
}  # fmt: skip

NONE = {"fr": "Néant", "nl": "Geen", "de": "Keine", "en": "None"}
DAY_UNKNOWN = {"fr": "pas encore connue", "nl": "nog niet bekend", "de": "noch nicht bekannt", "en": "not known yet"}
FOR_THE_LOT = {
    "fr": "Objet Décidé le Échéance Part du lot",
    "nl": "Omschrijving Beslist op Vervaldag Deel van de kavel",
    "de": "am Fälligkeit Teil des Loses",
    "en": "For Decided on Due on Part of the lot",
}
POINTS = {1: 6, 2: 5}


def numbered(language: str, paragraph: int) -> list[str]:
    return [
        f"{number}. {plain(labels(language)[f'transfer_statement.point.{paragraph}.{number}'])}"
        for number in range(1, POINTS[paragraph] + 1)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
class TestATransferStatement:
    @pytest.mark.parametrize(("paragraph", "particular"), [(1, BEFORE), (2, ON)])
    def test_tells_the_notary_of_the_lot_its_seller_and_the_clock(self, language, paragraph, particular):
        written = text(transfers.transfer_statement(language, paragraph))
        for expected in [*BOTH[language], *particular[language]]:
            assert expected in written

    @pytest.mark.parametrize("empty", [False, True])
    @pytest.mark.parametrize("paragraph", POINTS)
    def test_has_every_point_in_the_order_of_the_law(self, language, paragraph, empty):
        written = text(transfers.transfer_statement(language, paragraph, empty=empty))
        found = [written.find(heading) for heading in numbered(language, paragraph)]
        assert -1 not in found
        assert found == sorted(found)
        assert f" {POINTS[paragraph] + 1}. " not in written[found[-1] :]

    @pytest.mark.parametrize("paragraph", POINTS)
    def test_says_none_where_there_is_nothing(self, language, paragraph):
        written = text(transfers.transfer_statement(language, paragraph, empty=True))
        headings = [written.find(heading) for heading in numbered(language, paragraph)]
        for start, end in zip(headings, [*headings[1:], len(written)], strict=True):
            assert NONE[language] in written[start:end]
        assert DAY_UNKNOWN[language] in written

    def test_names_the_documents_that_go_with_it(self, language):
        texts = transfers.TEXTS[language]
        written = text(transfers.before_the_sale(language))
        assert all(name in written for name in [*texts["minutes"], *texts["statements"]])
        assert not any(name in text(transfers.on_the_transfer(language)) for name in texts["minutes"])

    @pytest.mark.parametrize("paragraph", POINTS)
    def test_asks_the_notary_for_no_payment(self, language, paragraph):
        statement = transfers.transfer_statement(language, paragraph)
        statement.transfer_statement.addressee.jointly = True
        assert qr_codes(statement) == []
        assert plain(labels(language)["letter.jointly"]) not in text(statement)

    @pytest.mark.parametrize("kind", list(LotKind))
    def test_names_every_kind_of_lot(self, language, kind):
        statement = transfers.nothing_to_tell_on(language)
        statement.transfer_statement.lot_kind = kind
        assert f"A1.1 – {labels(language)[f'transfer_statement.lot_kind.{kind}']}" in text(statement)

    @pytest.mark.parametrize(("paragraph", "field"), [(1, "reserve_calls"), (2, "works_calls"), (2, "other_calls")])
    def test_with_sixty_calls_repeats_their_headings_on_every_page(self, language, paragraph, field):
        statement = transfers.transfer_statement(language, paragraph, empty=True)
        calls = getattr(statement.transfer_statement, field)
        calls.extend(transfers.calls([f"Tranche-{number}" for number in range(60)], "12.34"))
        with_rows = [page for page in pages(statement) if "Tranche-" in page]
        assert len(with_rows) >= 2
        assert all(FOR_THE_LOT[language] in page for page in with_rows)
        assert re.search(r"740[.,]40", with_rows[-1])
        assert not outside(printed(statement))

    def test_with_long_lists_repeats_the_headings_of_all_its_tables(self, language):
        request = transfers.before_the_sale(language)
        statement = request.transfer_statement
        statement.open_demands.extend([OpenDemand(title="Avance-", due_on="2027-01-15", open="1.00")] * 60)
        statement.proceedings.extend(transfers.at_stake(["Litige-"] * 60, *["1.00"] * 60))
        statement.minutes.extend(["Verbal-"] * 60)
        statement.balance_sheet.extend([BalanceLine(account="Compte-", assets="1.00")] * 60)
        own = labels(language)
        heads = {
            "Avance-": f"{own['reminder.paid']} {own['reminder.open']}",
            "Litige-": f"{own['transfer_statement.described']} {own['payment.amount']}",
            "Verbal-": own["transfer_statement.minutes"],
            "Compte-": f"{own['transfer_statement.assets']} {own['transfer_statement.liabilities']}",
        }
        for row, head in heads.items():
            with_rows = [page for page in pages(request) if row in page]
            assert len(with_rows) >= 2
            assert all(plain(head) in page for page in with_rows)
        assert not outside(printed(request))


class TestWhatIsWrittenInATransferStatement:
    @pytest.mark.parametrize("paragraph", POINTS)
    def test_is_printed_and_not_obeyed(self, paragraph):
        request = transfers.transfer_statement("fr", paragraph)
        statement = request.transfer_statement
        statement.owner_name = "<b>{{ 7 * 7 }}</b> {number}"
        statement.proceedings[0].text = "<i>litige</i>"
        written = text(request)
        assert "<b>{{ 7 * 7 }}</b> {number}" in written
        assert "<i>litige</i>" in written

    @pytest.mark.parametrize("paragraph", POINTS)
    def test_wraps_however_long_its_words_are(self, paragraph):
        request = transfers.transfer_statement("de", paragraph)
        statement = request.transfer_statement
        long = samples.LONG_WORD * 2
        statement.owner_name = statement.lot = statement.proceedings[0].text = statement.open_demands[0].title = long
        statement.proceedings[0].amount = statement.open_demands[0].open = "-999999999999.99"
        statement.arrears = statement.information_cost = "-999999999999.99"
        for call in [*statement.reserve_calls, *statement.works_calls]:
            call.title, call.amount = long, "-99999999999.99"
        for line in statement.balance_sheet:
            line.account, line.assets, line.liabilities = long, "99999999999.99", "99999999999.99"
        statement.minutes.append(long)
        assert not outside(printed(request))
        assert text(request).replace(" ", "").count(samples.LONG_WORD) >= 10

    @pytest.mark.parametrize(
        ("field", "value", "why"),
        [
            ("paragraph", 3, "title.3"),
            ("paragraph", 0, "title.0"),
            ("lot_kind", "castle", "castle"),
            ("arrears", "1,00", "1,00"),
        ],
    )
    def test_is_refused_when_it_is_none_of_the_law(self, field, value, why):
        request = transfers.on_the_transfer("nl")
        setattr(request.transfer_statement, field, value)
        with pytest.raises(DocumentNotRenderable, match=why):
            render(request, rendered_at=RENDERED_AT)


class TestATotal:
    @given(st.lists(st.integers(-(10**12), 10**12)))
    def test_is_exact_and_takes_what_is_empty_for_nothing(self, amounts):
        assert cents(total(["", *map(euros, amounts)])) == sum(amounts)
