"""The money of the demo, as its syndic and accountant would enter it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from koprogo.stack.client import Person, eventually
from koprogo.stack.demo.bank import HOLDER, RESERVE_IBAN, WORKING_IBAN, Payment, coda

LATE = ("Dupont Lucie", "Keller Franz", "Simon Aïcha")
"""Owners who have not paid yet."""
BUDGET = (
    ("6105", "18600.00", "Nettoyage", "Schoonmaak", "Reinigung"),
    ("6121", "7400.00", "Électricité", "Elektriciteit", "Strom"),
    ("6101", "5200.00", "Ascenseurs", "Liften", "Aufzüge"),
    ("614", "14800.00", "Assurances", "Verzekeringen", "Versicherungen"),
    ("6160", "19200.00", "Syndic", "Syndicus", "Verwalter"),
)


def open_books(syndic: Person, accountant: Person, association: str) -> str:
    """Chart, bank accounts, this year, and next year's budget as a draft; returns the budget's id."""
    finance, today = f"finance/v1/associations/{association}", date.today()  # noqa: DTZ011
    syndic.post(f"{finance}/books", {})
    for fund, iban in (("working_capital", WORKING_IBAN), ("reserve_fund", RESERVE_IBAN)):
        syndic.post(f"{finance}/bank-accounts", {"iban": iban, "holder": HOLDER, "fund": fund})
    year = accountant.post(
        f"{finance}/fiscal-years", {"first_day": f"{today.year}-01-01", "last_day": f"{today.year}-12-31"}
    )["id"]
    syndic.post(f"{finance}/fiscal-years/{year}/confirmation")
    budget = accountant.post(
        f"{finance}/budgets",
        {
            "titles": _texts(f"Budget {today.year + 1}", f"Begroting {today.year + 1}", f"Haushalt {today.year + 1}"),
            "first_day": f"{today.year + 1}-01-01",
            "last_day": f"{today.year + 1}-12-31",
            "lines": [
                {"account": account, "amount": amount, "labels": _texts(*labels)} for account, amount, *labels in BUDGET
            ],
            "reserve_contribution": "6000.00",
        },
    )
    return str(budget["id"])


def call_and_pay(syndic: Person, accountant: Person, association: str) -> None:
    """The repair that the meeting has voted is called, paid by most, and its first invoice is booked."""
    finance, today = f"finance/v1/associations/{association}", date.today()  # noqa: DTZ011
    (decision,) = eventually(lambda: syndic.get(f"{finance}/decisions"))
    syndic.post(
        f"{finance}/calls-for-funds",
        {
            "titles": _texts("Réparation de la toiture", "Herstelling van het dak", "Reparatur des Daches"),
            "due_on": str(today + timedelta(days=30)),
            "decision_id": decision["decision"]["id"],
            "parts": [
                {"kind": "works", "amount": "48500.00", "labels": _texts("Toiture", "Dak", "Dach")},
                {"kind": "reserve_fund", "amount": "1500.00", "labels": _texts("Réserve", "Reserve", "Rücklage")},
            ],
        },
    )
    demands = syndic.get(f"{finance}/demands?limit=200")
    paid = [Payment(_cents(one), one["party_name"], "", one["communication"]) for one in demands if _pays(one)]
    unclear = Payment(25_000, "L. DUPONT", "BE47435000000080", "", "acompte toiture")
    accountant.post(f"{finance}/bank-files", content=coda(WORKING_IBAN, 1, today, 0, [*paid, unclear]))
    roofer = accountant.post(
        f"{finance}/suppliers",
        {"name": "Dakwerken Peeters BV", "enterprise_number": "0417.497.106", "iban": "BE68539007547034"},
    )["id"]
    invoice = accountant.post(
        f"{finance}/invoices",
        {
            "supplier_id": roofer,
            "number": "2026/0815",
            "dated": str(today),
            "due_on": str(today + timedelta(days=30)),
            "total": "15900.00",
            "lines": [{"account": "611", "net": "15000.00", "vat_rate": 6, "vat": "900.00", "text": "Toiture / dak"}],
        },
    )["id"]
    accountant.post(f"{finance}/invoices/{invoice}/submission", {})
    syndic.post(f"{finance}/invoices/{invoice}/approval")


def _pays(demand: dict[str, Any]) -> bool:
    return demand["party_name"] not in LATE


def _cents(demand: dict[str, Any]) -> int:
    return int(demand["total"].replace(".", ""))


def _texts(fr: str, nl: str, de: str) -> dict[str, str]:
    return {"fr": fr, "nl": nl, "de": de}
