"""The chart of accounts for co-ownerships (plan comptable, rekeningstelsel) of the royal decree of 12 July 2012, as
amended on 18 April 2013 (R110, R113).

Where the charts in use differ, the class of the reserve fund is a policy of each association; the rest follows the
kernel in which they agree.
"""

from enum import StrEnum

import msgspec

from koprogo.finance.domain.account import Account, Chart, Fund
from koprogo.kernel.words import Language

VERSION = "2012.2"


class ReserveClass(StrEnum):
    """R113: the reserve fund stands in class 16 in one chart in use, in class 13 in another."""

    CLASS_16 = "16"
    CLASS_13 = "13"


WORKING_CAPITAL = "100"
OWNERS_RESERVE = "4100"
OWNERS_WORKING = "4101"
SUPPLIERS = "440"
CARRIED_FORWARD = "489"
BANK_RESERVE = "550"
BANK_WORKING = "551"
TRANSFERS = "580"
"""What one fund owes the other until the money is moved between the two bank accounts."""
CALLS_RESERVE = "700"
CALLS_PROVISIONS = "7010"
CALLS_WORKS = "7013"
SUSPENSE_MOVEMENTS = "4990"
LATE_INTEREST = "756"
REMINDER_COSTS = "745"
ROUNDING = "4991"


def reserve_account(reserve_class: ReserveClass) -> str:
    return {ReserveClass.CLASS_16: "162", ReserveClass.CLASS_13: "130"}[reserve_class]


W, R = Fund.WORKING, Fund.RESERVE
# code, fund, then French, Dutch, German, English. A heading's code ends in "+".
_ROWS: tuple[tuple[str, Fund | None, str, str, str, str], ...] = (
    ("10+", None, "Fonds de roulement", "Werkkapitaal", "Betriebskapital", "Working capital"),
    ("100", W, "Fonds de roulement", "Werkkapitaal", "Betriebskapital", "Working capital"),
    ("17", None, "Dettes à plus d'un an", "Schulden op meer dan één jaar", "Schulden über ein Jahr",
     "Debts over a year"),
    ("173", None, "Établissements de crédit", "Kredietinstellingen", "Kreditinstitute", "Credit institutions"),
    ("24+", None, "Mobilier et matériel", "Meubilair en materieel", "Mobiliar und Material", "Furniture and equipment"),
    ("2400", None, "Matériel, valeur", "Materieel, waarde", "Material, Wert", "Equipment, value"),
    ("2409", None, "Matériel, amortissements", "Materieel, afschrijvingen", "Material, Abschreibungen",
     "Equipment, depreciation"),
    ("41+", None, "Créances", "Vorderingen", "Forderungen", "Receivables"),
    ("4100", R, "Copropriétaires, fonds de réserve", "Mede-eigenaars, reservekapitaal", "Miteigentümer, Rücklage",
     "Co-owners, reserve fund"),
    ("4101", W, "Copropriétaires, fonds de roulement", "Mede-eigenaars, werkkapitaal",
     "Miteigentümer, Betriebskapital", "Co-owners, working capital"),
    ("416", None, "Créances diverses", "Diverse vorderingen", "Sonstige Forderungen", "Sundry receivables"),
    ("417", None, "Créances douteuses", "Dubieuze debiteuren", "Zweifelhafte Forderungen", "Doubtful receivables"),
    ("423", None, "Emprunts bancaires", "Bankleningen", "Bankdarlehen", "Bank loans"),
    ("440", None, "Fournisseurs", "Leveranciers", "Lieferanten", "Suppliers"),
    ("444", None, "Factures à recevoir", "Te ontvangen facturen", "Zu erhaltende Rechnungen", "Invoices to receive"),
    ("450", None, "Impôts et taxes", "Belastingen", "Steuern", "Taxes"),
    ("455", None, "Personnel", "Personeel", "Personal", "Staff"),
    ("489", None, "Résultat reporté", "Overgedragen resultaat", "Ergebnisvortrag", "Carried forward"),
    ("490", None, "Charges à reporter", "Over te dragen kosten", "Vorauszahlungen", "Deferred charges"),
    ("492", None, "Charges à imputer", "Toe te rekenen kosten", "Abzugrenzende Kosten", "Accrued charges"),
    ("499+", None, "Comptes d'attente", "Wachtrekeningen", "Zwischenkonten", "Suspense accounts"),
    ("4990", None, "Opérations à identifier", "Te identificeren verrichtingen", "Zu klärende Vorgänge",
     "Movements to be identified"),
    ("4991", None, "Écarts d'arrondi", "Afrondingsverschillen", "Rundungsdifferenzen", "Rounding"),
    ("4996", None, "Sinistres", "Schadegevallen", "Schadensfälle", "Insurance claims"),
    ("53", R, "Comptes à terme", "Termijnrekeningen", "Termingelder", "Term deposits"),
    ("550", R, "Banque, fonds de réserve", "Bank, reservekapitaal", "Bank, Rücklage", "Bank, reserve fund"),
    ("551", W, "Banque, fonds de roulement", "Bank, werkkapitaal", "Bank, Betriebskapital", "Bank, working capital"),
    ("57", W, "Caisse", "Kas", "Kasse", "Cash"),
    ("580", None, "Virements internes", "Interne overboekingen", "Interne Übertragungen", "Internal transfers"),
    ("610+", None, "Entretien", "Onderhoud", "Unterhalt", "Maintenance"),
    ("6100", None, "Incendie et sécurité", "Brand en veiligheid", "Brandschutz und Sicherheit", "Fire and safety"),
    ("6101", None, "Ascenseurs", "Liften", "Aufzüge", "Lifts"),
    ("6102", None, "Installations électriques", "Elektrische installaties", "Elektrische Anlagen",
     "Electrical installations"),
    ("6103", None, "Chauffage et sanitaire", "Verwarming en sanitair", "Heizung und Sanitär",
     "Heating and sanitary"),
    ("6104", None, "Menuiserie et porte de garage", "Schrijnwerk en garagepoort", "Schreinerei und Garagentor",
     "Joinery and garage door"),
    ("6105", None, "Nettoyage et déchets", "Schoonmaak en afval", "Reinigung und Abfall", "Cleaning and waste"),
    ("6106", None, "Jardin et parking", "Tuin en parking", "Garten und Parkplatz", "Garden and parking"),
    ("6107", None, "Bâtiment", "Gebouw", "Gebäude", "Building"),
    ("6108", None, "Piscine", "Zwembad", "Schwimmbad", "Pool"),
    ("6109", None, "Autres entretiens", "Ander onderhoud", "Sonstiger Unterhalt", "Other maintenance"),
    ("611", None, "Travaux", "Werken", "Arbeiten", "Works"),
    ("612+", None, "Fournitures", "Leveringen", "Lieferungen", "Supplies"),
    ("6120", None, "Eau", "Water", "Wasser", "Water"),
    ("6121", None, "Électricité", "Elektriciteit", "Strom", "Electricity"),
    ("6122", None, "Gaz", "Gas", "Erdgas", "Gas (mains)"),
    ("6123", None, "Mazout", "Stookolie", "Heizöl", "Heating oil"),
    ("6124", None, "Chauffage collectif", "Collectieve verwarming", "Gemeinschaftsheizung", "Collective heating"),
    ("6125", None, "Autres fournitures", "Andere leveringen", "Sonstige Lieferungen", "Other supplies"),
    ("613+", None, "Honoraires", "Erelonen", "Honorare", "Fees"),
    ("6130", None, "Honoraires", "Erelonen", "Honorare", "Fees"),
    ("6131", None, "Conseil et commissaire aux comptes", "Raad en commissaris van de rekeningen",
     "Miteigentumsrat und Rechnungskommissar", "Council and accounts auditor"),
    ("614", None, "Assurances", "Verzekeringen", "Versicherungen", "Insurance"),
    ("615", None, "Conciergerie", "Conciërge", "Hausmeister", "Caretaker"),
    ("616+", None, "Administration", "Administratie", "Verwaltung", "Administration"),
    ("6160", None, "Syndic", "Syndicus", "Verwalter", "Syndic"),
    ("6161", None, "Assemblées", "Algemene vergaderingen", "Versammlungen", "General meetings"),
    ("6162", None, "Frais de bureau et de port", "Kantoor- en portkosten", "Büro und Porto", "Office and postage"),
    ("62", None, "Personnel", "Personeel", "Personalkosten", "Staff costs"),
    ("63", None, "Amortissements", "Afschrijvingen", "Abschreibungen", "Depreciation"),
    ("640", None, "Taxes", "Taksen", "Abgaben", "Duties"),
    ("643", None, "Frais privatifs", "Privatieve kosten", "Private Kosten", "Private costs"),
    ("65", None, "Frais bancaires", "Bankkosten", "Bankgebühren", "Bank costs"),
    ("66", None, "Charges exceptionnelles", "Uitzonderlijke kosten", "Außerordentliche Kosten", "Exceptional costs"),
    ("700", R, "Appels pour le fonds de réserve", "Oproepen voor het reservekapitaal", "Abrufe für die Rücklage",
     "Calls for the reserve fund"),
    ("701+", W, "Appels pour le fonds de roulement", "Oproepen voor het werkkapitaal",
     "Abrufe für das Betriebskapital", "Calls for the working capital"),
    ("7010", W, "Provisions pour charges", "Provisies voor kosten", "Vorauszahlungen auf Kosten",
     "Provisions for charges"),
    ("7013", W, "Appels pour travaux", "Oproepen voor werken", "Abrufe für Arbeiten", "Calls for works"),
    ("74+", None, "Autres produits", "Andere opbrengsten", "Sonstige Erträge", "Other income"),
    ("742", None, "Loyers", "Huur", "Mieten", "Rents"),
    ("744", None, "Indemnités de déménagement", "Verhuisvergoedingen", "Umzugsgebühren", "Moving fees"),
    ("745", W, "Frais de rappel récupérés", "Teruggevorderde aanmaningskosten", "Erstattete Mahnkosten",
     "Reminder costs recovered"),
    ("75+", None, "Produits financiers", "Financiële opbrengsten", "Finanzerträge", "Financial income"),
    ("750", None, "Intérêts bancaires", "Bankrente", "Bankzinsen", "Bank interest"),
    ("756", W, "Intérêts de retard", "Verwijlinteresten", "Verzugszinsen", "Late interest"),
    ("76", None, "Produits exceptionnels", "Uitzonderlijke opbrengsten", "Außerordentliche Erträge",
     "Exceptional income"),
)  # fmt: skip
_RESERVE: dict[ReserveClass, tuple[tuple[str, Fund | None, str, str, str, str], ...]] = {
    ReserveClass.CLASS_16: (
        ("16+", R, "Fonds de réserve", "Reservekapitaal", "Rücklage", "Reserve fund"),
        ("162", R, "Fonds de réserve", "Reservekapitaal", "Rücklage", "Reserve fund"),
    ),
    ReserveClass.CLASS_13: (
        ("13+", R, "Fonds de réserve", "Reservekapitaal", "Rücklage", "Reserve fund"),
        ("130", R, "Fonds de réserve", "Reservekapitaal", "Rücklage", "Reserve fund"),
    ),
}


def chart(reserve_class: ReserveClass) -> Chart:
    """The template's accounts, as they are copied when books are opened."""
    accounts = [
        Account(
            code.rstrip("+"),
            {Language.FR: fr, Language.NL: nl, Language.DE: de, Language.EN: en},
            fund=fund,
            is_heading=code.endswith("+"),
        )
        for code, fund, fr, nl, de, en in (*_ROWS, *_RESERVE[reserve_class])
    ]
    return Chart({account.code: account for account in sorted(accounts, key=lambda account: account.code)})


class Policies(msgspec.Struct, frozen=True):
    """What the association has chosen where the chart is disputed (R113)."""

    reserve_class: ReserveClass = ReserveClass.CLASS_16
