"""Money, from the call for funds to books that follow the bank, through the gateway and on the real parts."""

from __future__ import annotations

import io
import subprocess
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from koprogo.stack.client import Person, eventually, handed_over, mails
from koprogo.stack.demo.bank import WORKING_IBAN, Payment, coda
from koprogo.stack.office import Office
from koprogo.stack.testing import TestInstance

from .reading import TODAY, cents, pdf_text


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
        assert written in pdf_text(pdf)


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
