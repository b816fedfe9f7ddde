"""What a house buys, how it calls for its roof, and how its year is stated, closed and read by others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction

from koprogo.stack.client import Person, eventually, handed_over
from koprogo.stack.demo.bank import WORKING_IBAN, Payment, coda
from koprogo.stack.office import Office
from koprogo.stack.testing import TestInstance

from .reading import TODAY, cents, pdf_text


@pytest.fixture(scope="module")
def past(house: Office, accountant: Person) -> str:
    """The id of the year before this one."""
    return str(house.syndic.get(f"{house.finance}/books")["years"][0]["id"])


class TestSuppliers:
    def test_are_paid_by_two_persons_and_booked_when_the_bank_confirms(
        self, house: Office, accountant: Person, call: dict[str, Any]
    ) -> None:
        firm = accountant.post(
            f"{house.finance}/suppliers",
            {"name": "Schoonmaak Peeters BV", "enterprise_number": "0403.019.261", "iban": "BE68539007547034"},
        )["id"]
        lines = [
            {"account": "6105", "net": "1000.00", "vat_rate": 21, "vat": "210.00", "occupant_percent": 80},
            {"account": "6107", "net": "500.00", "vat_rate": 6, "vat": "30.00"},
        ]
        bill = accountant.post(
            f"{house.finance}/invoices",
            {
                "supplier_id": firm, "number": "2026-77", "dated": str(TODAY), "due_on": str(TODAY),
                "total": "1740.00", "lines": lines, "communication": "+++010/8068/17183+++",
            },
        )["id"]  # fmt: skip
        accountant.post(f"{house.finance}/invoices/{bill}/submission", {})
        assert accountant.refused("POST", f"{house.finance}/invoices/{bill}/approval") == (403, "NOT_ADMITTED")
        house.syndic.post(f"{house.finance}/invoices/{bill}/approval")
        batch = accountant.post(
            f"{house.finance}/payment-batches", {"invoice_ids": [bill], "execution_day": str(TODAY)}
        )["id"]
        path = f"{house.finance}/payment-batches/{batch}"
        assert accountant.refused("POST", f"{path}/release") == (409, "SECOND_PERSON_NEEDED")
        house.syndic.post(f"{path}/release")
        content = accountant.get(f"{path}/file")
        assert b'<InstdAmt Ccy="EUR">1740.00</InstdAmt>' in content
        statements = accountant.get(f"{house.finance}/bank-statements")
        opening = cents(statements[0]["closing"]) if statements else 0
        (ordered,) = accountant.get(f"{house.finance}/payment-batches")[0]["payments"]
        carried_out = Payment(
            -174_000, "SCHOONMAAK PEETERS", "BE68539007547034", end_to_end_id=ordered["end_to_end_id"]
        )
        (report,) = accountant.post(
            f"{house.finance}/bank-files",
            content=coda(WORKING_IBAN, len(statements) + 1, TODAY, opening, [carried_out]),
        )["statements"]
        assert (report["outcome"], report["matched"]) == ("booked", 1)
        assert accountant.get(f"{house.finance}/invoices/{bill}")["state"] == "paid"
        (supplier,) = accountant.get(f"{house.finance}/suppliers")
        assert supplier["balance"] == "0.00"


class TestTheRoof:
    def test_is_called_on_the_decision_of_the_meeting(self, roof: dict[str, Any], decided: str) -> None:
        assert (roof["total"], roof["decision"]["id"]) == ("48500.00", decided)


class TestAYear:
    """The year before: what it has cost is stated to every owner, and it is closed by two persons."""

    def test_is_stated_so_that_the_statements_sum_to_the_books(
        self, town: TestInstance, house: Office, accountant: Person, past: str
    ) -> None:
        year = TODAY.year - 1
        for account, amount in (("6105", "1234.56"), ("614", "4321.09"), ("6101", "0.01")):
            accountant.post(
                f"{house.finance}/entries",
                {
                    "dated": f"{year}-12-15",
                    "text": "Factuur",
                    "voucher": {"reference": f"{year}/{account}", "dated": f"{year}-12-15", "kind": "invoice"},
                    "lines": [{"account": account, "debit": amount}, {"account": "551", "credit": amount}],
                },
            )
        made = house.syndic.post(
            f"{house.finance}/charge-statements",
            {
                "period_from": f"{year}-01-01",
                "period_until": f"{year}-12-31",
                "due_on": str(TODAY + timedelta(days=30)),
            },
        )["id"]
        owners = house.syndic.get(f"{house.finance}/charge-statements/{made}/owners?limit=200")
        assert sum(cents(one["charges"]) for one in owners) == 123_456 + 432_109 + 1

        letters = handed_over(
            lambda: house.syndic.get(f"{house.finance}/charge-statements/{made}/letters?limit=200"), seconds=240
        )
        pdf = house.syndic.get(f"{house.documents}/documents/{letters[0]['document_id']}/content")
        assert "4321" in pdf_text(pdf).replace(".", "")

    def test_is_closed_by_two_persons_and_takes_nothing_more(
        self, house: Office, accountant: Person, past: str
    ) -> None:
        accountant.post(f"{house.finance}/fiscal-years/{past}/closing")
        confirm = f"{house.finance}/fiscal-years/{past}/confirmation"
        assert accountant.refused("POST", confirm) == (409, "SECOND_PERSON_NEEDED")
        assert house.syndic.post(confirm)["state"] == "closed"
        late = {
            "dated": f"{TODAY.year - 1}-12-31",
            "text": "Late",
            "voucher": {"reference": "x", "dated": str(TODAY)},
            "lines": [{"account": "65", "debit": "1"}, {"account": "551", "credit": "1"}],
        }
        assert accountant.refused("POST", f"{house.finance}/entries", json=late) == (409, "YEAR_NOT_OPEN")

    def test_leaves_books_that_another_program_accepts(
        self, house: Office, accountant: Person, past: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "ledger.beancount"
        file.write_bytes(accountant.get(f"{house.finance}/reports/ledger.beancount"))
        entries, errors, _ = loader.load_file(str(file))
        assert errors == []
        theirs: dict[str, int] = {}
        for posting in (p for e in entries if isinstance(e, Transaction) for p in e.postings):
            code = posting.account.split(":")[1].split("-")[0]
            theirs[code] = theirs.get(code, 0) + int(posting.units.number * 100)
        ours: dict[str, int] = {}
        period = f"from_day={TODAY.year - 1}-01-01&until_day={TODAY}"
        for line in accountant.get(f"{house.finance}/trial-balance?{period}"):
            ours[line["account"]] = ours.get(line["account"], 0) + cents(line["closing"])
        assert {code: amount for code, amount in theirs.items() if amount} == {
            code: amount for code, amount in ours.items() if amount
        }

    def test_is_printed_as_a_balance_sheet(self, house: Office, accountant: Person, past: str) -> None:
        on = f"{TODAY.year - 1}-12-31"
        made = accountant.post(
            f"{house.finance}/reports/balance-sheet/documents?on={on}", headers={"accept-language": "nl"}
        )["id"]
        path = f"{house.documents}/documents/{made}/content"
        pdf = eventually(lambda: (a := accountant.ask("GET", path)).status_code == 200 and a.content, seconds=60)
        printed = pdf_text(pdf)
        assert "Mede-eigenaars, werkkapitaal" in printed
        assert "0428.759.497" in printed
