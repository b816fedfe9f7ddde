"""Money, from the call for funds to books that follow the bank, through the gateway and on the real parts."""

from __future__ import annotations

import io
import subprocess
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from beancount import loader
from beancount.core.data import Transaction
from PIL import Image
from pypdf import PdfReader

from koprogo.stack.client import Person, eventually, handed_over, mails
from koprogo.stack.demo.bank import WORKING_IBAN, Payment, coda
from koprogo.stack.office import Office, open_office
from koprogo.stack.testing import TestInstance

from .test_from_deed_to_minutes import Assembly, titles

TODAY = date.today()  # noqa: DTZ011


def cents(amount: str) -> int:
    return int(amount.replace(".", ""))


@pytest.fixture(scope="module")
def house(town: TestInstance, admin: Person) -> Office:
    return open_office(town.instance, admin, number="0428.759.497")


@pytest.fixture(scope="module")
def accountant(house: Office) -> Person:
    person = house.hire_accountant()
    house.open_books(person, date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 12, 31))
    house.open_year(person, date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))
    return person


@pytest.fixture(scope="module")
def budget(house: Office, accountant: Person) -> str:
    """Of this year: a quarter is 24,600.01 and 100.00 for the lift, and 2,500.00 for the reserve fund."""
    lots = house.syndic.get(f"{house.property_}/lots?limit=200")
    lift = house.syndic.post(
        f"{house.property_}/allocation-keys",
        {"name": "Ascenseur / Lift", "shares": {lots[4]["id"]: 2, lots[5]["id"]: 1}},
    )["id"]
    current = titles("Charges courantes", "Gewone lasten", "Laufende Kosten")
    made = accountant.post(
        f"{house.finance}/budgets",
        {
            "titles": titles("Budget ordinaire", "Gewone begroting", "Ordentlicher Haushalt"),
            "first_day": f"{TODAY.year}-01-01",
            "last_day": f"{TODAY.year}-12-31",
            "lines": [
                {"account": "6105", "amount": "98400.04", "labels": current, "occupant_percent": 80},
                {
                    "account": "6101",
                    "amount": "400.00",
                    "allocation_key_id": lift,
                    "labels": titles("Ascenseur", "Lift", "Aufzug"),
                },
            ],
            "reserve_contribution": "10000.00",
        },
    )
    return str(made["id"])


@pytest.fixture(scope="module")
def decided(house: Office, budget: str) -> str:
    """The meeting votes the budget and a roof; returns the id of the decision about the roof."""
    assembly = Assembly(
        house,
        [
            {
                "title": titles("Budget", "Begroting", "Haushalt"),
                "nature": "ordinary",
                "about": f"finance/budget/{budget}",
            },
            {
                "title": titles("Nouvelle toiture", "Nieuw dak", "Neues Dach"),
                "nature": "works_on_common_parts",
                "about": f"finance/works/{uuid.uuid4()}",
            },
        ],
    )
    assert house.syndic.get(f"{house.finance}/budgets/{budget}")["budget"]["state"] == "draft"
    assembly.convene()
    assembly.open("Peeters An")
    voters = [name for name, line in house.roll.items() if not line["is_suspended"]]
    assembly.arrive(*voters)
    house.syndic.post(f"{assembly.path}/quorum")
    for item in range(2):
        assembly.open_vote(item)
        assert assembly.vote(item, voters, lambda name: "for")["adopted"]
    house.syndic.post(f"{assembly.path}/closing")

    def told() -> list[dict[str, Any]]:
        found = house.syndic.get(f"{house.finance}/decisions")
        return found if len(found) == 2 else []

    decisions = eventually(told)
    (roof,) = [one["decision"] for one in decisions if "toiture" in one["decision"]["titles"]["fr"]]
    return str(roof["id"])


@pytest.fixture(scope="module")
def call(house: Office, budget: str, decided: str) -> dict[str, Any]:
    """The first quarter of the budget that was voted."""
    shown = house.syndic.get(f"{house.finance}/budgets/{budget}")["budget"]
    assert (shown["state"], shown["decision"]["item_number"]) == ("adopted", 1)
    made = house.syndic.post(
        f"{house.finance}/budgets/{budget}/calls",
        {
            "schedule": "quarterly",
            "due_on": str(TODAY + timedelta(days=30)),
            "titles": titles("Appel du 1er trimestre", "Oproep eerste kwartaal", "Abruf erstes Quartal"),
        },
    )
    assert house.syndic.refused(
        "POST", f"{house.finance}/budgets/{budget}/calls",
        json={"schedule": "quarterly", "instalment": 1, "due_on": str(TODAY + timedelta(days=30))},
    )[0] == 409  # fmt: skip
    (found,) = house.syndic.get(f"{house.finance}/calls-for-funds")
    assert found["id"] == made["id"]
    return dict(found)


@pytest.fixture(scope="module")
def demands(house: Office, call: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = house.syndic.get(f"{house.finance}/demands?limit=200&call_id={call['id']}")
    return {demand["party_name"]: demand for demand in found}


class TestACallForFunds:
    def test_asks_every_owner_once_and_sums_to_the_amount(self, call: dict[str, Any], demands: dict[str, Any]) -> None:
        assert (call["total"], call["reserve_fund"], call["demands"]) == ("27200.01", "2500.00", len(demands))
        assert sum(cents(demand["total"]) for demand in demands.values()) == 2_720_001
        assert len({line["lot_number"] for demand in demands.values() for line in demand["lines"]}) == 48
        assert len({demand["communication"] for demand in demands.values()}) == len(demands)

    def test_reaches_everybody_in_his_language_with_proof(
        self, town: TestInstance, house: Office, call: dict[str, Any], demands: dict[str, Any]
    ) -> None:
        letters = handed_over(
            lambda: house.syndic.get(f"{house.finance}/calls-for-funds/{call['id']}/letters?limit=200"), seconds=240
        )
        assert {one["language"] for one in letters} == {"fr", "nl", "de"}
        assert all(one["proof"] for one in letters if one["status"] == "sent")
        assert {one["party_id"] for one in letters} == {demand["party_id"] for demand in demands.values()}
        arrived = [letter["message_id"].strip("<").partition("@")[0] for letter in mails(town.instance)]
        mailed = sorted(one["dispatch_id"] for one in letters if one["channel"] == "email")
        assert sorted(one for one in arrived if one in mailed) == mailed

    @pytest.mark.parametrize("name", ["Peeters An", "Dupont Lucie", "Schmitz Jürgen"])
    def test_is_paid_by_the_code_on_its_letter(
        self, house: Office, call: dict[str, Any], demands: dict[str, Any], name: str
    ) -> None:
        letters = house.syndic.get(f"{house.finance}/calls-for-funds/{call['id']}/letters?limit=200")
        party = demands[name]["party_id"]
        (letter,) = [one for one in letters if (one["recipient"], one["party_id"]) == (name, party)]
        pdf = house.syndic.get(f"{house.documents}/documents/{letter['document_id']}/content")
        demand = demands[name]
        drawn = subprocess.run(
            ["pdftoppm", "-r", "120", "-gray", "-singlefile"], input=pdf, capture_output=True, check=True
        )
        page = Image.open(io.BytesIO(drawn.stdout))
        payments = [code.text for code in zxingcpp.read_barcodes(page) if code.text.startswith("BCD")]
        communication = demand["communication"]
        written = f"+++{communication[:3]}/{communication[3:7]}/{communication[7:]}+++"
        assert len(payments) == 1
        assert WORKING_IBAN in payments[0].split("\n")
        assert written in payments[0]
        (amount,) = [line for line in payments[0].split("\n") if line.startswith("EUR")]
        assert round(float(amount[3:]) * 100) == cents(demand["total"])
        assert written in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


class TestTheBank:
    def test_pays_most_of_it_and_the_books_follow(
        self, house: Office, accountant: Person, demands: dict[str, Any]
    ) -> None:
        paying = dict(demands)
        short, twice = paying.pop("Dupont Lucie"), paying.pop("Schmitz Jürgen")
        without, ill = paying.pop("Janssens Bart"), paying.pop("Lambert Hugo")
        known = {"Peeters An": "BE68539007547034"}
        payments = [
            Payment(cents(one["total"]), name[:35], known.get(name, ""), one["communication"])
            for name, one in paying.items()
        ]
        payments += [
            Payment(cents(short["total"]) - 1_000, "DUPONT", "", short["communication"]),
            Payment(cents(twice["total"]), "SCHMITZ", "", twice["communication"]),
            Payment(cents(twice["total"]), "SCHMITZ", "", twice["communication"]),
            Payment(cents(without["total"]), "JANSSENS BART", "BE47435000000080", "", "voor het appartement"),
            Payment(cents(ill["total"]), "TANTE VAN HUGO", "BE47435000000080", ill["communication"]),
        ]
        content = coda(WORKING_IBAN, 1, TODAY, 0, payments)
        (report,) = accountant.post(f"{house.finance}/bank-files", content=content)["statements"]
        assert (report["outcome"], report["entries"], report["matched"]) == (
            "booked", len(payments), len(payments) - 1,
        )  # fmt: skip
        (waiting,) = accountant.get(f"{house.finance}/bank-entries?open_only=true")
        assert waiting["suggestions"][0]["party_name"] == "Janssens Bart"
        accountant.post(
            f"{house.finance}/bank-entries/matches",
            {"choices": [{"bank_entry_id": waiting["id"], "party_id": waiting["suggestions"][0]["party_id"]}]},
        )
        left = accountant.get(f"{house.finance}/demands?open_only=true&limit=200")
        assert {one["party_name"]: one["open"] for one in left} == {"Dupont Lucie": "10.00"}
        returned = coda(
            WORKING_IBAN, 2, TODAY, sum(p.amount for p in payments),
            [Payment(-cents(ill["total"]), "RETOUR", "", ill["communication"])],
        )  # fmt: skip
        accountant.post(f"{house.finance}/bank-files", content=returned)
        left = accountant.get(f"{house.finance}/demands?open_only=true&limit=200")
        assert {one["party_name"] for one in left} == {"Dupont Lucie", "Lambert Hugo"}
        books = accountant.get(f"{house.finance}/books")
        statements = accountant.get(f"{house.finance}/bank-statements")
        assert books["bank_accounts"][1]["balance"] == statements[0]["closing"]
        owners = {one["name"]: one["balance"] for one in accountant.get(f"{house.finance}/owners?limit=200")}
        assert owners["Schmitz Jürgen"] == f"-{twice['total']}"

    def test_sent_the_same_file_changes_nothing(self, house: Office, accountant: Person) -> None:
        files = accountant.get(f"{house.finance}/bank-files")
        before = accountant.get(f"{house.finance}/trial-balance?from_day={TODAY.year}-01-01&until_day={TODAY}")
        content = accountant.get(f"{house.finance}/bank-files/{files[-1]['id']}/content")
        (report,) = accountant.post(f"{house.finance}/bank-files", content=content)["statements"]
        assert report["outcome"] == "known"
        after = accountant.get(f"{house.finance}/trial-balance?from_day={TODAY.year}-01-01&until_day={TODAY}")
        assert before == after


class TestAnOwner:
    def test_sees_his_own_account_and_nobody_elses(self, house: Office, demands: dict[str, Any]) -> None:
        house.invite("Peeters An")
        peeters = house.owners["Peeters An"]
        own = eventually(lambda: peeters.get(f"{house.finance}/demands"))
        assert {one["party_name"] for one in own} == {"Peeters An", "Peeters An – Mertens Nele"}
        account = peeters.get(f"{house.finance}/owners/{demands['Peeters An']['party_id']}/account")
        assert account["balance"] == "0.00"
        other = demands["Dupont Lucie"]["party_id"]
        assert peeters.refused("GET", f"{house.finance}/owners/{other}/account") == (404, "NOT_FOUND")
        assert peeters.refused("GET", f"{house.finance}/entries") == (403, "NOT_ADMITTED")


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
    def test_is_called_on_the_decision_of_the_meeting(self, house: Office, call: dict[str, Any], decided: str) -> None:
        made = house.syndic.post(
            f"{house.finance}/calls-for-funds",
            {
                "titles": titles("Nouvelle toiture", "Nieuw dak", "Neues Dach"),
                "due_on": str(TODAY + timedelta(days=60)),
                "decision_id": decided,
                "parts": [{"kind": "works", "amount": "48500.00", "labels": titles("Toiture", "Dak", "Dach")}],
            },
        )
        shown = {one["id"]: one for one in house.syndic.get(f"{house.finance}/calls-for-funds")}[made["id"]]
        assert (shown["total"], shown["decision"]["id"]) == ("48500.00", decided)


class TestASale:
    def test_is_told_to_the_notary_with_the_minutes_in_time(
        self, town: TestInstance, house: Office, call: dict[str, Any], decided: str
    ) -> None:
        lots = house.syndic.get(f"{house.property_}/lots?limit=200")
        (sold,) = [lot for lot in lots if [h["name"] for h in lot["holders"]] == ["Dupont Lucie"]][:1]
        notary = {"name": "Notaire Lambert", "language": "fr", "address": ["Place 1", "1000 Bruxelles"],
                  "email": "etude@lambert-notaire.example"}  # fmt: skip
        asked = house.syndic.post(
            f"{house.finance}/transfer-requests",
            {"lot_id": sold["id"], "paragraph": 1, "requested_on": str(TODAY), "requester": notary},
        )["id"]
        (clock,) = house.syndic.get(f"{house.finance}/transfer-requests")
        assert clock["days_left"] == 15
        house.syndic.post(f"{house.finance}/transfer-requests/{asked}/statement", {})
        (letter,) = eventually(lambda: mails(town.instance, notary["email"]), seconds=60)
        assert "Zavelhof" in letter["subject"]

    def test_settles_the_working_capital_between_seller_and_buyer(
        self, house: Office, accountant: Person, call: dict[str, Any], decided: str
    ) -> None:
        house.syndic.post(
            f"{house.finance}/calls-for-funds",
            {
                "titles": titles("Fonds de roulement", "Werkkapitaal", "Betriebskapital"),
                "due_on": str(TODAY + timedelta(days=30)),
                "decision_id": decided,
                "parts": [
                    {"kind": "working_capital", "amount": "10000.00", "labels": titles("Fonds", "Kapitaal", "Kapital")}
                ],
            },
        )
        lots = house.syndic.get(f"{house.property_}/lots?limit=200")
        (sold, *_) = [lot for lot in lots if [h["name"] for h in lot["holders"]] == ["Martin Élise"]]
        buyer = {
            "reference": "B-1", "kind": "natural_person", "name": "Vandamme Joke", "language": "nl",
            "address": ["Nieuwstraat 1", "1000 Brussel"], "email": "joke@vandamme.example", "accepts_email": True,
        }  # fmt: skip
        house.syndic.post(
            f"{house.property_}/lots/{sold['id']}/transfers",
            {"transferred_on": str(TODAY), "holdings": [{"co_owner": buyer}]},
        )
        (noted,) = eventually(lambda: house.syndic.get(f"{house.finance}/transfers"))
        # 10,000 shares of 10,000.00: a euro a share.
        assert (noted["state"], cents(noted["amount"])) == ("to_settle", sold["shares"] * 100)
        house.syndic.post(f"{house.finance}/transfers/{sold['id']}/{TODAY}/settlement")
        owners = {one["name"]: one for one in house.syndic.get(f"{house.finance}/owners?limit=200")}
        assert owners["Vandamme Joke"]["balance"] == noted["amount"]


class TestAYear:
    """The year before: what it has cost is stated to every owner, and it is closed by two persons."""

    @pytest.fixture(scope="class")
    def past(self, house: Office, accountant: Person, call: dict[str, Any]) -> str:
        books = house.syndic.get(f"{house.finance}/books")
        return str(books["years"][0]["id"])

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
        assert "4321" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace(".", "")

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
        printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        assert "Mede-eigenaars, werkkapitaal" in printed
        assert "0428.759.497" in printed
