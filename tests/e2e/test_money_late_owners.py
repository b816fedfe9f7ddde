"""A house moves to KoproGo with owners who are late: their debts keep their age, and reminders run on the first day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from koprogo.stack.client import Person, eventually, handed_over, mails
from koprogo.stack.demo.bank import WORKING_IBAN, Payment, coda
from koprogo.stack.office import Office, open_office
from koprogo.stack.testing import TestInstance

from .meetings import titles
from .reading import TODAY, cents, missing, printed

CLAUSE = "Art. 22 des statuts : 12,50 EUR par rappel"
BROUGHT = 500_000
"""What was in the bank, in cents."""
KNOWN = "+++473/0010/01178+++"


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


MOVED = ago(30)
OLD = {
    "titles": titles("Chauffage", "Verwarming", "Heizung"),
    "issued_on": str(ago(130)), "due_on": str(ago(100)),
    "demands": {"Schmitz Jürgen": {"working_capital": "400.00", "reserve_fund": "20.00"}},
}  # fmt: skip
MIDDLE = {
    "titles": titles("Appel de juin", "Oproep van juni", "Abruf von Juni"),
    "issued_on": str(ago(91)), "due_on": str(ago(61)),
    "demands": {"Schmitz Jürgen": {"working_capital": "120.00"}},
}  # fmt: skip
RECENT = {
    "titles": titles("Assurance", "Verzekering", "Versicherung"),
    "issued_on": str(ago(70)), "due_on": str(ago(40)),
    "demands": {
        name: {"working_capital": amount}
        for name, amount in {
            "Maes Ilse": "250.00", "Müller Petra": "260.00", "Claes Wouter": "150.00", "Martin Élise": "60.00",
        }.items()
    },
}  # fmt: skip
LATEST = {
    "titles": titles("Appel d'automne", "Herfstoproep", "Herbstabruf"),
    "issued_on": str(ago(50)), "due_on": str(ago(20)),
    "demands": {
        "Dupont Lucie": {"working_capital": "190.00"},
        "Janssens Bart": {"working_capital": "80.00", "communication": KNOWN},
        "Lambert Hugo": {"working_capital": "90.00"},
    },
}  # fmt: skip
ANCIENT = {
    "titles": titles("Vieux solde", "Oud saldo", "Alter Saldo"),
    "issued_on": f"{TODAY.year - 4}-05-01", "due_on": f"{TODAY.year - 4}-06-01",
    "demands": {"Keller Franz": {"working_capital": "33.00"}},
}  # fmt: skip
CALLS: list[dict[str, Any]] = [OLD, MIDDLE, RECENT, LATEST, ANCIENT]
SENT = {
    "Schmitz Jürgen": ("formal", ago(75), ago(61)),
    "Maes Ilse": ("friendly", ago(24), ago(10)),
    "Müller Petra": ("friendly", ago(24), ago(10)),
}


@pytest.fixture(scope="module")
def house(town: TestInstance, admin: Person) -> Office:
    return open_office(town.instance, admin, number="0473.001.001")


@pytest.fixture(scope="module")
def accountant(house: Office) -> Person:
    person = house.hire_accountant()
    house.open_books(person, date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 12, 31))
    house.open_year(person, date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))
    return person


@pytest.fixture(scope="module")
def lots(house: Office) -> dict[str, str]:
    """One of each owner's, by his name."""
    found: dict[str, str] = {}
    for lot in house.syndic.get(f"{house.property_}/lots?limit=200"):
        if len(lot["holders"]) == 1:
            found.setdefault(lot["holders"][0]["name"], lot["id"])
    return found


@pytest.fixture(scope="module", autouse=True)
def moved(house: Office, accountant: Person, lots: dict[str, str]) -> None:
    """What the former syndic handed over, a month ago."""
    working = sum(cents(one["working_capital"]) for call in CALLS for one in call["demands"].values())
    capital = BROUGHT + working
    accountant.post(
        f"{house.finance}/takeovers",
        {
            "dated": str(MOVED),
            "reference": "Remise du syndic sortant",
            "text": "Reprise",
            "lines": [
                {"account": "551", "debit": f"{BROUGHT / 100:.2f}"},
                {"account": "100", "credit": f"{capital / 100:.2f}"},
                {"account": "550", "debit": "2000.00"},
                {"account": "162", "credit": "2020.00"},
            ],
            "calls": [
                {**call, "demands": [{"lot_id": lots[name], **said} for name, said in call["demands"].items()]}
                for call in CALLS
            ],
            "reminders": [
                {"lot_id": lots[name], "level": level, "sent_on": str(sent_on), "pay_until": str(until)}
                for name, (level, sent_on, until) in SENT.items()
            ],
        },
    )


def proposals(house: Office) -> dict[str, tuple[str | None, str]]:
    found = house.syndic.get(f"{house.finance}/reminders/proposals")
    return {one["party_name"]: (one["level"], one["reason"]) for one in found}


def demands_of(house: Office, name: str) -> list[dict[str, Any]]:
    return [one for one in house.syndic.get(f"{house.finance}/demands?limit=200") if one["party_name"] == name]


def reminds(house: Office, levels: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Sends them in one run; as they are shown, by owner."""
    chosen = [{"party_id": demands_of(house, name)[0]["party_id"], "level": level} for name, level in levels.items()]
    sent = {one["id"] for one in house.syndic.post(f"{house.finance}/reminders", {"reminders": chosen})}
    shown = house.syndic.get(f"{house.finance}/reminders?limit=200")
    return {one["party_name"]: one for one in shown if one["id"] in sent}


def letters_of(house: Office, reminder: dict[str, Any]) -> list[dict[str, Any]]:
    return handed_over(lambda: house.syndic.get(f"{house.finance}/reminders/{reminder['id']}/letters"))


def text_of(house: Office, letter: dict[str, Any]) -> str:
    return printed(house.syndic.get(f"{house.documents}/documents/{letter['document_id']}/content"))


class TestOnTheFirstDay:
    def test_each_debt_is_as_old_as_it_is(self, house: Office) -> None:
        shown = house.syndic.get(f"{house.finance}/arrears")
        ages = {one["party_name"]: one["ages"] for one in shown["owners"]}
        assert ages["Dupont Lucie"]["days_16_to_30"] == "190.00"
        assert ages["Maes Ilse"]["days_31_to_60"] == "250.00"
        assert ages["Schmitz Jürgen"]["days_over_60"] == "540.00"
        over = house.syndic.get(f"{house.finance}/arrears/privilege")
        assert [(one["party_name"], one["is_over"]) for one in over] == [("Keller Franz", True)]

    def test_nothing_is_sent_before_the_bank_has_told_who_paid(self, house: Office) -> None:
        assert {reason for _, reason in proposals(house).values()} == {"BANK_NOT_CHECKED"}

    def test_who_paid_an_hour_ago_is_left_alone(self, house: Office, accountant: Person) -> None:
        digits = "".join(one for one in KNOWN if one.isdigit())
        paid = [
            Payment(8_000, "JANSSENS BART", "", digits),
            Payment(9_000, "LAMBERT HUGO", "BE47435000000080", "", "appartement"),
        ]
        content = coda(WORKING_IBAN, 1, TODAY, BROUGHT, paid)
        (report,) = accountant.post(f"{house.finance}/bank-files", content=content)["statements"]
        assert (report["outcome"], report["entries"], report["matched"]) == ("booked", 2, 1)
        shown = proposals(house)
        assert "Janssens Bart" not in shown
        assert shown["Lambert Hugo"] == ("friendly", "BANK_NOT_MATCHED")
        (waiting,) = accountant.get(f"{house.finance}/bank-entries?open_only=true")
        (suggested,) = [one for one in waiting["suggestions"] if one["party_name"] == "Lambert Hugo"]
        choice = {"bank_entry_id": waiting["id"], "party_id": suggested["party_id"]}
        accountant.post(f"{house.finance}/bank-entries/matches", {"choices": [choice]})
        assert "Lambert Hugo" not in proposals(house)

    def test_a_plan_and_a_dispute_pause_it(self, house: Office) -> None:
        (planned,) = demands_of(house, "Claes Wouter")
        instalments = [{"due_on": str(TODAY + timedelta(days=days)), "amount": "75.00"} for days in (10, 40)]
        house.syndic.post(
            f"{house.finance}/payment-plans", {"party_id": planned["party_id"], "instalments": instalments}
        )
        (disputed,) = demands_of(house, "Martin Élise")
        house.syndic.put(
            f"{house.finance}/demands/{disputed['id']}/dispute", {"reason": "Le dégât était déjà indemnisé."}
        )
        assert proposals(house) == {
            "Claes Wouter": (None, "PLAN_KEPT"),
            "Martin Élise": (None, "ALL_DISPUTED"),
            "Dupont Lucie": ("friendly", "REMINDER_DUE"),
            "Keller Franz": ("friendly", "REMINDER_DUE"),
            "Maes Ilse": ("firm", "REMINDER_DUE"),
            "Müller Petra": ("firm", "REMINDER_DUE"),
            "Schmitz Jürgen": ("formal", "REMINDER_DUE"),
        }


class TestReminders:
    def test_cost_nothing_as_long_as_the_statutes_do_not_say_so(self, town: TestInstance, house: Office) -> None:
        sent = reminds(house, {"Dupont Lucie": "friendly", "Keller Franz": "friendly", "Maes Ilse": "firm"})
        assert {(one["cost"], one["interest"]) for one in sent.values()} == {("0.00", "0.00")}
        for name, language, words in (
            ("Dupont Lucie", "fr", ("Rappel de paiement", "Ce rappel est gratuit", "Appel d'automne", "190,00")),
            ("Keller Franz", "de", ("Alter Saldo", "33,00")),
            ("Maes Ilse", "nl", ("Verzekering", "250,00")),
        ):
            (letter,) = letters_of(house, sent[name])
            assert (letter["language"], letter["channel"], letter["status"]) == (language, "email", "sent")
            assert letter["proof"]
            arrived = {mail["message_id"].strip("<").partition("@")[0] for mail in mails(town.instance)}
            assert letter["dispatch_id"] in arrived
            assert missing(text_of(house, letter), *words) == []

    def test_cost_what_the_statutes_say_from_the_second_on(self, house: Office) -> None:
        version = house.syndic.ask("GET", f"{house.finance}/books").headers["etag"]
        clause = {"statutes_clause": CLAUSE, "reminder_cost": "12.50"}
        house.syndic.put(f"{house.finance}/books/statutes-clause", clause, headers={"if-match": version})
        (firm,) = reminds(house, {"Müller Petra": "firm"}).values()
        assert (firm["cost"], firm["interest"], firm["total"]) == ("12.50", "0.00", "272.50")
        (letter,) = letters_of(house, firm)
        assert missing(text_of(house, letter), "Versicherung", "260,00", "12,50", CLAUSE, "272,50") == []

    def test_become_a_formal_notice_by_registered_post_with_interest(self, house: Office) -> None:
        (formal,) = reminds(house, {"Schmitz Jürgen": "formal"}).values()
        # 4.50 % of 420.00, open here for the thirty days since the house moved, long after the first formal notice.
        interest = round(Fraction(42_000 * 30 * 45, 365 * 1000))
        assert (cents(formal["open"]), cents(formal["interest"]), formal["cost"]) == (54_000, interest, "12.50")
        (letter,) = letters_of(house, formal)
        assert (letter["language"], letter["channel"], letter["status"]) == ("de", "registered_post", "to_post")
        words = ("Heizung", "Abruf von Juni", "420,00", "120,00", f"{interest // 100},{interest % 100:02}", CLAUSE)
        assert missing(text_of(house, letter), *words) == []
        house.syndic.post(
            f"{house.documents}/dispatches/{letter['dispatch_id']}/posting",
            {"tracking_number": "RR123456789BE", "posted_on": str(TODAY)},
        )
        path = f"{house.finance}/reminders/{formal['id']}/letters"
        (posted,) = eventually(
            lambda: (found := house.syndic.get(path)) and found[0]["status"] == "posted" and found, seconds=30
        )
        assert "RR123456789BE" in posted["proof"]

    def test_are_sent_once_and_wait_for_the_day_they_gave(self, house: Office) -> None:
        reasons = {name: reason for name, (_, reason) in proposals(house).items()}
        assert {reasons[name] for name in ("Dupont Lucie", "Keller Franz", "Maes Ilse", "Schmitz Jürgen")} == {
            "REMINDED_LATELY"
        }
        body = {"reminders": [{"party_id": demands_of(house, "Maes Ilse")[0]["party_id"], "level": "formal"}]}
        assert house.syndic.refused("POST", f"{house.finance}/reminders", json=body) == (409, "REMINDED_LATELY")

    def test_leave_interest_running_only_where_formal_notice_was_given(self, house: Office) -> None:
        running = house.syndic.get(f"{house.finance}/arrears/interest")
        assert {one["party_name"] for one in running} == {"Schmitz Jürgen"}
        (claimed,) = [one for one in running if one["open"] == "420.00"]
        assert claimed["interest"] == claimed["claimed"] != "0.00"

    def test_leave_books_in_which_every_figure_is_the_sum_of_its_lines(self, house: Office, accountant: Person) -> None:
        assert accountant.get(f"{house.finance}/books/proof")["differences"] == []
        open_: dict[str, int] = defaultdict(int)
        for one in accountant.get(f"{house.finance}/demands?limit=200"):
            open_[one["party_name"]] += cents(one["open"])
        balances = {one["name"]: cents(one["balance"]) for one in accountant.get(f"{house.finance}/owners?limit=200")}
        assert {name: amount for name, amount in balances.items() if amount} == {
            name: amount for name, amount in open_.items() if amount
        }
