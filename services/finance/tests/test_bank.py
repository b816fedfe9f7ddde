"""What the bank tells is booked whole, matched with its reason, and never twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from koprogo.kernel.money import cents

from .bank_files.coda_files import Move, coda, file_of, lines_of
from .builders import RESERVE_IBAN, TODAY, WORKING_IBAN, Office, call, part, sent

PEETERS_IBAN, OTHER_IBAN = "BE68539007547034", "BE47435000000080"


def statement(*moves: Move, number: int = 1, opening: int = 0, day: date = TODAY, **others: Any) -> bytes:
    """Of the working capital's account; every movement is booked on its day."""
    dated = [replace(move, reference="", booked_on=day, value_on=day) for move in moves]
    return coda(*dated, number=number, opening=opening, account=WORKING_IBAN, day=day, opened_on=day, **others)


def structured(demand: dict[str, Any], amount: str | None = None, **others: Any) -> Move:
    return Move(
        amount=cents(amount or demand["total"]),
        structured="101" + demand["communication"],
        **{"name": "PAYER", "account": PEETERS_IBAN, **others},
    )


def free(amount: str, text: str = "", name: str = "SOMEBODY", account: str = OTHER_IBAN) -> Move:
    return Move(amount=cents(amount), text=text, name=name, account=account)


async def sends(office: Office, content: bytes) -> dict[str, Any]:
    answer = await office.accountant.post(f"{office.path}/bank-files", content=content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def movements(office: Office, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await office.get("bank-entries", limit=200, **params)
    return found


@pytest.fixture
async def called(office: Office) -> dict[str, dict[str, Any]]:
    """Demands by owner: 367.00 and 36.70, 333.00 and 33.30, 300.00 and 30.00 for the two funds."""
    await office.post("calls-for-funds", call(part(amount="1000"), part("reserve_fund", "100")))
    return {demand["party_name"]: demand for demand in await office.get("demands")}


async def open_of(office: Office) -> dict[str, str]:
    return {demand["party_name"]: demand["open"] for demand in await office.get("demands")}


class TestAPayment:
    async def test_with_its_communication_and_amount_settles_the_demand(
        self, office: Office, called: dict[str, Any]
    ) -> None:
        report = await sends(office, statement(structured(called["Peeters"])))
        assert [(s["outcome"], s["entries"], s["matched"]) for s in report["statements"]] == [("booked", 1, 1)]
        (shown,) = await movements(office)
        assert (shown["state"], shown["reason"]) == ("matched", "EXACT_COMMUNICATION")
        assert (await open_of(office))["Peeters"] == "0.00"
        balances = await office.balances()
        assert (balances[("551", "working_capital")], balances[("4100", "reserve_fund")]) == ("366.30", "66.70")
        assert (await office.get("books"))["to_transfer"] == "33.30"
        told = [event for event in (await sent(office))["finance.call"] if event.DESCRIPTOR.name == "DemandPaid"]
        assert [event.demand_id for event in told] == [called["Peeters"]["id"]]

    async def test_that_is_short_leaves_the_rest_open(self, office: Office, called: dict[str, Any]) -> None:
        await sends(office, statement(structured(called["Peeters"], "100.01")))
        (shown,) = await movements(office)
        assert (shown["reason"], (await open_of(office))["Peeters"]) == ("PART_PAYMENT", "266.29")
        assert shown["figures"] == {"amount": "100.01", "open": "366.30"}

    async def test_made_twice_stays_to_the_owners_credit_and_settles_the_next_call(
        self, office: Office, called: dict[str, Any]
    ) -> None:
        twice = structured(called["Peeters"])
        await sends(office, statement(twice, twice))
        assert [one["reason"] for one in await movements(office)] == ["EXACT_COMMUNICATION", "OVER_PAYMENT"]
        owners = {one["name"]: one["balance"] for one in await office.get("owners")}
        assert owners["Peeters"] == "-366.30"
        await office.post("calls-for-funds", call(part(amount="2000")))
        opened = [d["open"] for d in await office.get("demands") if d["party_name"] == "Peeters"]
        assert sorted(opened) == ["0.00", "299.70"]
        assert {one["name"]: one["balance"] for one in await office.get("owners")}["Peeters"] == "299.70"

    async def test_from_a_known_account_with_the_amount_of_one_open_demand_is_matched(
        self, office: Office, called: dict[str, Any]
    ) -> None:
        await sends(office, statement(structured(called["Peeters"])))
        await office.post("calls-for-funds", call(part(amount="500")))
        await sends(office, statement(free("166.50", account=PEETERS_IBAN), number=2, opening=36630))
        assert (await movements(office))[-1]["reason"] == "KNOWN_ACCOUNT"

    async def test_from_an_unknown_account_without_reference_waits_for_a_person(
        self, office: Office, called: dict[str, Any]
    ) -> None:
        await sends(office, statement(free("366.30", "pour l'appel", name="Mme PEETERS")))
        (shown,) = await movements(office, open_only=True)
        assert (await office.balances())[("4990", "working_capital")] == "-366.30"
        best = shown["suggestions"][0]
        assert (best["party_name"], best["party_id"]) == ("Peeters", called["Peeters"]["party_id"])
        assert [(why["reason"], why["figures"]) for why in best["reasons"]] == [
            ("PAYER_WRITES", {"words": "peeters"}), ("OPEN_AMOUNT", {"amount": "366.30"}),
        ]  # fmt: skip

    async def test_from_a_known_account_with_another_amount_is_only_suggested(
        self, office: Office, called: dict[str, Any]
    ) -> None:
        await sends(office, statement(structured(called["Peeters"], "1.00"), free("5.00", account=PEETERS_IBAN)))
        (shown,) = await movements(office, open_only=True)
        assert [one["party_name"] for one in shown["suggestions"]] == ["Peeters"]

    async def test_that_comes_back_is_owed_again(self, office: Office, called: dict[str, Any]) -> None:
        await sends(office, statement(structured(called["Peeters"])))
        back = structured(called["Peeters"], "-366.30")
        await sends(office, statement(back, number=2, opening=36630))
        assert (await movements(office))[-1]["reason"] == "PAYMENT_RETURNED"
        assert (await open_of(office))["Peeters"] == "366.30"
        assert (await office.balances())[("4100", "reserve_fund")] == "100.00"

    async def test_is_said_in_the_language_of_the_reader(self, office: Office, called: dict[str, Any]) -> None:
        await sends(office, statement(structured(called["Peeters"], "100")))
        answer = await office.accountant.get(f"{office.path}/bank-entries", headers={"accept-language": "nl"})
        assert answer.json()[0]["sentence"].endswith("100.00 € van 366.30 € is betaald.")


class TestATransferBetweenOwnAccounts:
    async def test_brings_the_reserve_fund_what_it_is_owed(self, office: Office, called: dict[str, Any]) -> None:
        await sends(office, statement(structured(called["Peeters"])))
        assert (await office.get("books"))["to_transfer"] == "33.30"
        await sends(office, statement(free("-33.30", account=RESERVE_IBAN), number=2, opening=36630))
        arrives = [replace(free("33.30", account=WORKING_IBAN), reference="", booked_on=TODAY, value_on=TODAY)]
        await sends(office, coda(*arrives, opening=0, account=RESERVE_IBAN, day=TODAY, opened_on=TODAY))
        books = await office.get("books")
        assert books["to_transfer"] == "0.00"
        assert [one["balance"] for one in books["bank_accounts"]] == ["33.30", "333.00"]


class TestAPerson:
    async def test_says_whose_movements_are_many_at_once(self, office: Office, called: dict[str, Any]) -> None:
        await sends(office, statement(free("400"), free("-12.10", "frais", name="BANK", account="")))
        owed, costs = await movements(office, open_only=True)
        choices = [
            {"bank_entry_id": owed["id"], "party_id": called["Dubois"]["party_id"]},
            {"bank_entry_id": costs["id"], "account": "65"},
        ]
        await office.post("bank-entries/matches", {"choices": choices})
        assert await movements(office, open_only=True) == []
        balances = await office.balances()
        assert (balances[("4990", "working_capital")], balances[("65", "working_capital")]) == ("0.00", "12.10")
        assert (await open_of(office))["Dubois"] == "3.70"
        again = await office.refused("bank-entries/matches", {"choices": choices[:1]})
        assert again == (409, "MOVEMENT_NOT_OPEN", "choices.0.bank_entry_id")

    async def test_settles_the_oldest_demand_first(self, office: Office, called: dict[str, Any]) -> None:
        late = call(part(amount="10"), due_on=str(TODAY + timedelta(days=90)))
        await office.post("calls-for-funds", late)
        await sends(office, statement(free("368.30")))
        (shown,) = await movements(office, open_only=True)
        await office.post(
            "bank-entries/matches",
            {"choices": [{"bank_entry_id": shown["id"], "party_id": called["Peeters"]["party_id"]}]},
        )
        assert [d["open"] for d in await office.get("demands") if d["party_name"] == "Peeters"] == ["0.00", "1.33"]

    async def test_changes_nothing_when_one_of_the_choices_is_wrong(
        self, office: Office, called: dict[str, Any]
    ) -> None:
        await sends(office, statement(free("10"), free("20")))
        first, second = await movements(office, open_only=True)
        right = {"bank_entry_id": first["id"], "party_id": called["Dubois"]["party_id"]}
        for wrong, reason in (
            ({"bank_entry_id": second["id"]}, "CHOICE_UNCLEAR"),
            ({"bank_entry_id": second["id"], "account": "699"}, "ACCOUNT_UNKNOWN"),
            ({"bank_entry_id": called["Dubois"]["id"], "account": "65"}, "NOT_FOUND"),
        ):
            refused = await office.refused("bank-entries/matches", {"choices": [right, wrong]})
            assert refused[1] == reason
        assert len(await movements(office, open_only=True)) == 2

    @pytest.mark.parametrize("by_hand", [True, False])
    async def test_takes_a_match_back(self, office: Office, called: dict[str, Any], by_hand: bool) -> None:
        await sends(office, statement(free("366.30") if by_hand else structured(called["Peeters"])))
        (shown,) = await movements(office)
        if by_hand:
            chosen = {"bank_entry_id": shown["id"], "party_id": called["Peeters"]["party_id"]}
            await office.post("bank-entries/matches", {"choices": [chosen]})
        assert (await open_of(office))["Peeters"] == "0.00"
        undone = await office.accountant.delete(f"{office.path}/bank-entries/{shown['id']}/match")
        assert undone.status_code == 204, undone.text
        assert (await open_of(office))["Peeters"] == "366.30"
        balances = await office.balances()
        assert (balances[("4990", "working_capital")], balances[("580", "working_capital")]) == ("-366.30", "0.00")
        assert (await office.accountant.delete(f"{office.path}/bank-entries/{shown['id']}/match")).status_code == 409
        chosen = {"bank_entry_id": shown["id"], "party_id": called["Dubois"]["party_id"]}
        await office.post("bank-entries/matches", {"choices": [chosen]})
        assert (await open_of(office))["Dubois"] == "37.40"


class TestAFile:
    async def test_sent_again_changes_nothing(self, office: Office, called: dict[str, Any]) -> None:
        content = statement(structured(called["Peeters"]))
        await sends(office, content)
        before = await office.balances()
        assert (await sends(office, content))["statements"][0]["outcome"] == "known"
        assert await office.balances() == before
        assert len(await office.get("bank-files")) == 2

    async def test_with_other_content_under_the_same_number_is_refused(
        self, office: Office, called: dict[str, Any]
    ) -> None:
        await sends(office, statement(structured(called["Peeters"])))
        answer = await office.accountant.post(
            f"{office.path}/bank-files", content=statement(structured(called["Dubois"]))
        )
        assert (answer.status_code, answer.json()["statements"][0]["reason"]) == (400, "STATEMENT_CONTRADICTS")

    async def test_that_is_broken_is_refused_with_its_record_and_kept(self, office: Office) -> None:
        lines = lines_of(Move(), account=WORKING_IBAN)
        broken = file_of([line.replace("000000012500", "000000012600") if line[0] == "2" else line for line in lines])
        answer = await office.accountant.post(f"{office.path}/bank-files", content=broken)
        problem = answer.json()
        assert (answer.status_code, problem["reason"]) == (400, "BANK_FILE_REFUSED")
        assert "ecord" in problem["statements"][0]["message"]
        content = await office.accountant.get(f"{office.path}/bank-files/{problem['bank_file_id']}/content")
        assert content.content == broken
        assert await office.get("entries") == []

    async def test_of_another_account_is_refused_with_that_account(self, office: Office) -> None:
        answer = await office.accountant.post(f"{office.path}/bank-files", content=coda(Move()))
        assert answer.json()["statements"][0]["reason"] == "BANK_ACCOUNT_UNKNOWN"

    @pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 500, b"<xml/>"])
    async def test_that_is_none_says_so(self, office: Office, content: bytes) -> None:
        answer: httpx.Response = await office.accountant.post(f"{office.path}/bank-files", content=content)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


class TestStatements:
    def files(self, called: dict[str, Any]) -> Sequence[bytes]:
        """Three days that follow each other."""
        days = [TODAY - timedelta(days=back) for back in (3, 2, 1)]
        return [
            statement(structured(called["Peeters"], "100"), number=1, opening=0, day=days[0]),
            statement(structured(called["Peeters"], "300"), free("50"), number=2, opening=10000, day=days[1]),
            statement(structured(called["Dubois"]), free("-5", account=""), number=3, opening=45000, day=days[2]),
        ]

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    async def test_bring_the_same_books_in_whatever_order_they_come(
        self, office: Office, called: dict[str, Any], order: tuple[int, ...]
    ) -> None:
        files = self.files(called)
        for index in order:
            await sends(office, files[index])
        assert {one["state"] for one in await office.get("bank-statements")} == {"booked"}
        assert await open_of(office) == {"Dubois": "0.00", "Peeters": "0.00", "Maes – Claes": "330.00"}
        balances = await office.balances()
        assert balances[("551", "working_capital")] == "848.70"
        assert balances[("4990", "working_capital")] == "-45.00"
        assert {one["name"]: one["balance"] for one in await office.get("owners")}["Peeters"] == "-33.70"

    async def test_wait_for_the_one_that_is_missing(self, office: Office, called: dict[str, Any]) -> None:
        first, second, third = self.files(called)
        await sends(office, first)
        report = (await sends(office, third))["statements"][0]
        assert (report["outcome"], report["reason"]) == ("waiting", "STATEMENT_MISSING")
        assert "450.00" in report["message"]
        assert "100.00" in report["message"]
        assert (await office.balances())[("551", "working_capital")] == "100.00"
        report = await sends(office, second)
        assert [s["outcome"] for s in report["statements"]] == ["booked", "booked"]

    async def test_are_booked_once_when_they_arrive_together(self, office: Office, called: dict[str, Any]) -> None:
        content = statement(structured(called["Peeters"]))
        reports = await asyncio.gather(*(sends(office, content) for _ in range(4)))
        assert sorted(r["statements"][0]["outcome"] for r in reports) == ["booked", "known", "known", "known"]

    async def test_keep_the_books_equal_to_the_bank(self, office: Office, called: dict[str, Any]) -> None:
        for content in self.files(called):
            await sends(office, content)
        shown = await office.get("bank-statements")
        assert shown[0]["closing"] == (await office.get("books"))["bank_accounts"][1]["balance"]
