"""kill -9 between any two steps of a call (posted, rendered, sent) or of an import: nothing is missing or doubled."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from koprogo.stack.client import Person, handed_over, mails
from koprogo.stack.demo.bank import WORKING_IBAN, Payment, coda
from koprogo.stack.office import Office, open_office
from koprogo.stack.testing import TestInstance

from .test_crashes import until_answered

TODAY = date.today()  # noqa: DTZ011


@pytest.fixture(scope="module")
def house(town: TestInstance, admin: Person) -> Office:
    return open_office(town.instance, admin, number="0878.065.378")


@pytest.fixture(scope="module")
def accountant(house: Office) -> Person:
    person = house.hire_accountant()
    house.open_books(person, date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))
    return person


def while_dying(town: TestInstance, victim: str, after: float, ask: Any) -> httpx.Response:
    """Asks, kills `victim` a moment later, starts it again, and asks until there is an answer."""
    answers: list[httpx.Response] = []

    def first() -> None:
        try:
            answers.append(ask())
        except httpx.TransportError:
            answers.append(httpx.Response(503))

    asking = threading.Thread(target=first)
    asking.start()
    time.sleep(after)
    town.kill(victim)
    asking.join()
    town.start(victim, *(name for name in town.names if town.instance.running(name).pid is None))
    return answers[0] if answers[0].status_code < 500 else until_answered(ask)


@pytest.mark.parametrize(
    ("victim", "after"),
    [("finance", 0.03), ("finance", 0.12), ("finance", 0.6), ("documents", 1.5), ("kafka", 0.3), ("postgres", 0.1)],
)
class TestACallDuringWhich:
    def test_something_dies_reaches_everybody_once(
        self, town: TestInstance, house: Office, accountant: Person, victim: str, after: float
    ) -> None:
        call_id = str(uuid.uuid4())
        body = {
            "id": call_id,
            "titles": {"fr": f"Appel {victim} {after}"},
            "due_on": str(TODAY + timedelta(days=30)),
            "decision": {"decided_on": str(TODAY), "item_number": 1, "titles": {"fr": "Budget"}},
            "parts": [{"kind": "provisions", "amount": "1000.01", "labels": {"fr": "Charges"}}],
        }
        # Each person its own connections: the first may still wait in one of them.
        syndic = house.syndic
        answer = while_dying(
            town, victim, after, lambda: syndic.ask("POST", f"{house.finance}/calls-for-funds", json=body)
        )
        assert answer.status_code == 201 or answer.json()["reason"] == "CALL_EXISTS", answer.text
        demands = syndic.get(f"{house.finance}/demands?call_id={call_id}&limit=200")
        assert sum(int(one["total"].replace(".", "")) for one in demands) == 100_001
        (shown,) = [one for one in syndic.get(f"{house.finance}/calls-for-funds") if one["id"] == call_id]
        assert shown["demands"] == len(demands) == len({one["party_id"] for one in demands})

        path = f"{house.finance}/calls-for-funds/{call_id}/letters?limit=200"
        letters = handed_over(
            lambda: until_answered(lambda: syndic.ask("GET", path)).json(), settled=("sent", "to_post", "unconfirmed")
        )
        assert {one["party_id"] for one in letters} == {one["party_id"] for one in demands}
        mine = {one["dispatch_id"] for one in letters}
        arrived = [letter["message_id"].strip("<").partition("@")[0] for letter in mails(town.instance)]
        sent = [one for one in arrived if one in mine]
        assert len(sent) == len(set(sent)), "a letter was sent twice"
        assert {one["dispatch_id"] for one in letters if one["status"] == "sent"} <= set(sent)
        assert sum(one["status"] == "unconfirmed" for one in letters) <= 1


class TestAnImportDuringWhich:
    @pytest.mark.parametrize(("victim", "after"), [("finance", 0.1), ("finance", 0.4), ("postgres", 0.2)])
    def test_something_dies_books_everything_once(
        self, town: TestInstance, house: Office, accountant: Person, victim: str, after: float
    ) -> None:
        before = accountant.get(f"{house.finance}/bank-statements")
        opening = int(before[0]["closing"].replace(".", "")) if before else 0
        number = len(before) + 1
        payments = [Payment(100 + n, f"PAYER {n}", "", "", f"n {n}") for n in range(150)]
        content = coda(WORKING_IBAN, number, TODAY, opening, payments)
        answer = while_dying(
            town, victim, after, lambda: accountant.ask("POST", f"{house.finance}/bank-files", content=content)
        )
        assert answer.json()["statements"][0]["outcome"] in ("booked", "known"), answer.text
        shown = accountant.get(f"{house.finance}/bank-statements")
        assert [one["state"] for one in shown] == ["booked"] * number
        assert shown[0]["entries"] == len(payments)
        books = accountant.get(f"{house.finance}/books")
        assert books["bank_accounts"][1]["balance"] == shown[0]["closing"]
