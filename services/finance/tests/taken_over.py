"""An association that comes to KoproGo on 1 June 2026 with owners who are late."""

from __future__ import annotations

from datetime import date
from typing import Any

from .builders import Office, credit, debit

DAY = date(2026, 6, 1)
COMMUNICATION = "+++010/8068/17183+++"
LISTED = "Overdrachtslijst 2026/1"


def lot(office: Office, number: str) -> str:
    (found,) = [str(one.id) for debtor in office.neighbour.debtors for one in debtor.lots if one.number == number]
    return found


def owed(office: Office, number: str, amount: str, **others: Any) -> dict[str, Any]:
    return {"lot_id": lot(office, number), "working_capital": amount, **others}


def old_call(*demands: dict[str, Any], issued_on: str, due_on: str) -> dict[str, Any]:
    return {
        "titles": {"fr": "Ancien appel", "nl": "Oude oproep"},
        "issued_on": issued_on,
        "due_on": due_on,
        "demands": list(demands),
    }


def takeover(office: Office, **others: Any) -> dict[str, Any]:
    """Dubois owes 320.00 since February, for which he had a formal notice in April, and 50.00 since April; Peeters
    owes 100.00 since February; Maes and Claes have paid 25.00 too much.
    """
    return {
        "dated": str(DAY),
        "reference": LISTED,
        "text": "Reprise",
        "lines": [debit("551", "1000"), credit("100", "1425"), debit("550", "200"), credit("162", "220")],
        "calls": [
            old_call(
                owed(office, "A1", "300", reserve_fund="20", communication=COMMUNICATION),
                owed(office, "A2", "100"),
                issued_on="2026-01-05",
                due_on="2026-02-01",
            ),
            old_call(owed(office, "G1", "50"), issued_on="2026-03-20", due_on="2026-04-15"),
        ],
        "credits": [{"lot_id": lot(office, "A10"), "amount": "25.00"}],
        "reminders": [
            {"lot_id": lot(office, "A1"), "level": "formal", "sent_on": "2026-04-10", "pay_until": "2026-04-24"}
        ],
        **others,
    }
