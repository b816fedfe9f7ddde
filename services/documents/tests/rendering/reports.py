"""What the books of the building of samples.py show, on paper."""

from __future__ import annotations

from koprogo.kernel.money import cents, euros
from koprogo_api.documents.events.v1.money_pb2 import Report, ReportColumn, ReportRow
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

from .samples import letterhead, request

TITLES = {
    "fr": ("Bilan", "Charges par rubrique", "Grand livre"),
    "nl": ("Balans", "Kosten per rubriek", "Grootboek"),
    "de": ("Bilanz", "Aufwendungen nach Rubrik", "Hauptbuch"),
    "en": ("Balance sheet", "Charges by heading", "General ledger"),
}
LABELS = {
    "fr": {
        "account": "Compte", "name": "Libellé", "working": "Fonds de roulement", "reserve": "Fonds de réserve",
        "total": "Total", "dated": "Date", "journal": "Journal", "number": "Numéro", "text": "Texte", "party": "Tiers",
        "voucher": "Pièce", "debit": "Débit", "credit": "Crédit", "balance": "Solde",
    },
    "nl": {
        "account": "Rekening", "name": "Naam", "working": "Werkkapitaal", "reserve": "Reservekapitaal",
        "total": "Totaal", "dated": "Datum", "journal": "Dagboek", "number": "Nummer", "text": "Omschrijving",
        "party": "Derde", "voucher": "Verantwoordingsstuk", "debit": "Debet", "credit": "Credit", "balance": "Saldo",
    },
    "de": {
        "account": "Konto", "name": "Bezeichnung", "working": "Betriebskapital", "reserve": "Rücklage",
        "total": "Summe", "dated": "Datum", "journal": "Journal", "number": "Nummer", "text": "Text", "party": "Partei",
        "voucher": "Beleg", "debit": "Soll", "credit": "Haben", "balance": "Saldo",
    },
    "en": {
        "account": "Account", "name": "Name", "working": "Working capital", "reserve": "Reserve fund", "total": "Total",
        "dated": "Date", "journal": "Journal", "number": "Number", "text": "Text", "party": "Party",
        "voucher": "Voucher", "debit": "Debit", "credit": "Credit", "balance": "Balance",
    },
}  # fmt: skip
WORDS = {
    "fr": {
        "assets": "Actif", "liabilities": "Passif", "total_assets": "Total de l'actif",
        "total_liabilities": "Total du passif", "result": "Résultat de l'exercice en cours",
        "capital": "Fonds de roulement", "reserve": "Fonds de réserve", "bank": "Banque, fonds de roulement",
        "savings": "Banque, fonds de réserve", "owners": "Copropriétaires, fonds de roulement",
        "suppliers": "Fournisseurs", "opening": "Ouverture", "closing": "Clôture", "purchases": "Achats",
        "lift": "Entretien trimestriel des ascenseurs", "expenses": "Total des charges", "heading": "Entretien",
        "lifts": "Ascenseurs", "cleaning": "Nettoyage et déchets", "insurance": "Assurances",
    },
    "nl": {
        "assets": "Activa", "liabilities": "Passiva", "total_assets": "Totaal van de activa",
        "total_liabilities": "Totaal van de passiva", "result": "Resultaat van het lopende boekjaar",
        "capital": "Werkkapitaal", "reserve": "Reservekapitaal", "bank": "Bank, werkkapitaal",
        "savings": "Bank, reservekapitaal", "owners": "Mede-eigenaars, werkkapitaal", "suppliers": "Leveranciers",
        "opening": "Beginsaldo", "closing": "Eindsaldo", "purchases": "Aankopen",
        "lift": "Driemaandelijks onderhoud van de liften", "expenses": "Totaal van de kosten", "heading": "Onderhoud",
        "lifts": "Liften", "cleaning": "Schoonmaak en afval", "insurance": "Verzekeringen",
    },
    "de": {
        "assets": "Aktiva", "liabilities": "Passiva", "total_assets": "Summe der Aktiva",
        "total_liabilities": "Summe der Passiva", "result": "Ergebnis des laufenden Jahres",
        "capital": "Betriebskapital", "reserve": "Rücklage", "bank": "Bank, Betriebskapital",
        "savings": "Bank, Rücklage", "owners": "Miteigentümer, Betriebskapital", "suppliers": "Lieferanten",
        "opening": "Anfangssaldo", "closing": "Endsaldo", "purchases": "Einkäufe",
        "lift": "Vierteljährliche Wartung der Aufzüge", "expenses": "Summe der Aufwendungen", "heading": "Unterhalt",
        "lifts": "Aufzüge", "cleaning": "Reinigung und Abfall", "insurance": "Versicherungen",
    },
    "en": {
        "assets": "Assets", "liabilities": "Liabilities", "total_assets": "Total assets",
        "total_liabilities": "Total liabilities", "result": "Result of the running year", "capital": "Working capital",
        "reserve": "Reserve fund", "bank": "Bank, working capital", "savings": "Bank, reserve fund",
        "owners": "Owners, working capital", "suppliers": "Suppliers", "opening": "Opening", "closing": "Closing",
        "purchases": "Purchases", "lift": "Quarterly maintenance of the lifts", "expenses": "Total expenses",
        "heading": "Maintenance", "lifts": "Lifts", "cleaning": "Cleaning and waste", "insurance": "Insurance",
    },
}  # fmt: skip
BY_FUND = {"account": "text", "name": "text", "working": "amount", "reserve": "amount", "total": "amount"}
LEDGER = {
    "dated": "day", "journal": "text", "number": "count", "text": "text", "party": "text", "voucher": "text",
    "debit": "amount", "credit": "amount", "balance": "amount",
}  # fmt: skip


def report(language: str, title: str, columns: dict[str, str], rows: list[ReportRow], **days: str) -> DocumentRequested:
    return request(
        language,
        report=Report(
            letterhead=letterhead(language),
            title=title,
            dated="2027-02-15",
            columns=[ReportColumn(label=LABELS[language][name], kind=kind) for name, kind in columns.items()],
            rows=rows,
            **days,
        ),
    )


def row(level: str, *cells: str) -> ReportRow:
    return ReportRow(level=level, cells=cells)


def by_fund(level: str, account: str, name: str, working: str, reserve: str) -> ReportRow:
    return row(level, account, name, working, reserve, euros(cents(working) + cents(reserve)))


def balance_sheet(language: str) -> DocumentRequested:
    said = WORDS[language]
    return report(
        language,
        TITLES[language][0],
        BY_FUND,
        [
            row("heading", said["assets"]),
            by_fund("line", "4101", said["owners"], "8412.33", "0.00"),
            by_fund("line", "550", said["savings"], "0.00", "167000.00"),
            by_fund("line", "551", said["bank"], "23187.52", "0.00"),
            by_fund("total", "", said["total_assets"], "31599.85", "167000.00"),
            row("heading", said["liabilities"]),
            by_fund("line", "100", said["capital"], "25000.00", "0.00"),
            by_fund("line", "162", said["reserve"], "0.00", "148250.00"),
            by_fund("line", "440", said["suppliers"], "8412.33", "0.00"),
            by_fund("line", "", said["result"], "-1812.48", "18750.00"),
            by_fund("total", "", said["total_liabilities"], "31599.85", "167000.00"),
        ],
        day="2026-12-31",
    )


def charge_report(language: str) -> DocumentRequested:
    said, total = WORDS[language], LABELS[language]["total"]
    return report(
        language,
        TITLES[language][1],
        BY_FUND,
        [
            row("heading", f"610 {said['heading']}"),
            by_fund("line", "6101", said["lifts"], "3613.85", "0.00"),
            by_fund("line", "6105", said["cleaning"], "8421.60", "1250000.00"),
            by_fund("subtotal", "", total, "12035.45", "1250000.00"),
            row("heading", f"614 {said['insurance']}"),
            by_fund("line", "614", said["insurance"], "18432.16", "0.00"),
            by_fund("subtotal", "", total, "18432.16", "0.00"),
            by_fund("total", "", said["expenses"], "30467.61", "1250000.00"),
        ],
        period_from="2026-01-01",
        period_until="2026-12-31",
    )


def general_ledger(language: str, *, postings: int = 60, account: str = "6101") -> DocumentRequested:
    said = WORDS[language]
    rows = [
        row("heading", account, said["lifts"], said["capital"]),
        row("line", "2026-01-01", "", "", said["opening"], "", "", "", "", "0.00"),
    ]
    rows += [
        row(
            "line", f"2026-{1 + number % 12:02}-28", said["purchases"], str(number), said["lift"], "Schindler SA",
            f"2026/{number:04}", "486.00", "0.00", euros(48600 * number),
        )
        for number in range(1, postings + 1)
    ]  # fmt: skip
    rows.append(row("subtotal", "2026-12-31", "", "", said["closing"], "", "", "", "", euros(48600 * postings)))
    return report(language, TITLES[language][2], LEDGER, rows, period_from="2026-01-01", period_until="2026-12-31")
