"""What an association brings along from its former syndic is as old here as it is (R111, R114, R140, R142, R144)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from koprogo.kit.testing import InProcess

from .bank_files.coda_files import Move
from .builders import Office, call, credit, debit, open_office, sent
from .fakes import FakeProperty, Time
from .late import Late
from .taken_over import COMMUNICATION, DAY, LISTED, lot, old_call, owed, takeover
from .test_bank import OTHER_IBAN

Body = Callable[[Office], dict[str, Any]]


@pytest.fixture
async def empty(service: InProcess, neighbour: FakeProperty, time: Time) -> AsyncIterator[Late]:
    time.day = DAY
    years = (date(2025, 1, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 12, 31))
    async with open_office(service, neighbour, past=years[0], year=years[1]) as office:
        yield Late(office, time)


@pytest.fixture
async def moved(empty: Late) -> Late:
    await empty.office.post("takeovers", takeover(empty.office))
    return empty


class TestATakeover:
    async def test_opens_every_account_in_one_entry(self, moved: Late) -> None:
        assert await moved.office.balances() == {
            ("100", "working_capital"): "-1425.00",
            ("162", "reserve_fund"): "-220.00",
            ("4100", "reserve_fund"): "20.00",
            ("4101", "working_capital"): "425.00",
            ("550", "reserve_fund"): "200.00",
            ("551", "working_capital"): "1000.00",
        }
        (entry,) = await moved.office.get("entries")
        assert (entry["voucher_kind"], entry["voucher_reference"]) == ("takeover", LISTED)

    async def test_gives_each_owner_his_balance_and_his_open_demands(self, moved: Late) -> None:
        owners = {one["name"]: one["balance"] for one in await moved.office.get("owners")}
        assert owners == {"Dubois": "370.00", "Peeters": "100.00", "Maes – Claes": "-25.00"}
        demands = [(d["total"], d["open"], d["due_on"]) for d in await moved.demands("Dubois")]
        assert demands == [("320.00", "320.00", "2026-02-01"), ("50.00", "50.00", "2026-04-15")]
        assert (await moved.office.get("books/proof"))["differences"] == []

    async def test_is_no_call_and_sends_nothing(self, moved: Late) -> None:
        assert await moved.office.get("calls-for-funds") == []
        assert {"documents.request", "finance.call"} & set(await sent(moved.office)) == set()

    async def test_leaves_a_credit_that_settles_the_next_demand(self, moved: Late) -> None:
        await moved.office.post("calls-for-funds", call(due_on="2026-07-01"))
        (demand,) = await moved.demands("Maes – Claes")
        assert (demand["total"], demand["open"]) == ("300.00", "275.00")

    async def test_may_bring_a_credit_and_a_debt_of_one_owner(self, empty: Late) -> None:
        await empty.office.post(
            "takeovers",
            takeover(
                empty.office,
                calls=[old_call(owed(empty.office, "A10", "40"), issued_on="2026-01-05", due_on="2026-02-01")],
                lines=[debit("551", "985"), credit("100", "1000")],
                reminders=[],
            ),
        )
        (demand,) = await empty.demands("Maes – Claes")
        assert demand["open"] == "15.00"

    async def test_with_the_id_of_one_that_was_posted_changes_nothing(self, empty: Late) -> None:
        body = takeover(empty.office, id=str(uuid4()))
        await empty.office.post("takeovers", body)
        before = await empty.office.balances()
        assert (await empty.office.refused("takeovers", body))[:2] == (409, "ENTRY_EXISTS")
        assert await empty.office.balances() == before

    async def test_that_is_reversed_leaves_nothing_open(self, moved: Late) -> None:
        (entry,) = await moved.office.get("entries")
        await moved.office.post(f"entries/{entry['id']}/reversal", {"dated": str(DAY), "text": "Wrong list"})
        assert {d["open"] for name in ("Dubois", "Peeters") for d in await moved.demands(name)} == {"0.00"}


class TestADebtThatWasTakenOver:
    async def test_is_as_old_as_its_due_day(self, moved: Late) -> None:
        shown = await moved.office.get("arrears", on=str(DAY))
        (dubois,) = [one["ages"] for one in shown["owners"] if one["party_name"] == "Dubois"]
        assert (dubois["days_over_60"], dubois["days_31_to_60"]) == ("320.00", "50.00")
        assert (shown["total"]["overdue"], shown["total"]["credit"]) == ("470.00", "25.00")

    async def test_is_settled_by_the_communication_its_owner_knows(self, moved: Late) -> None:
        digits = "".join(one for one in COMMUNICATION if one.isdigit())
        await moved.on(DAY, Move(32_000, "DUBOIS", OTHER_IBAN, structured="101" + digits))
        assert [d["open"] for d in await moved.demands("Dubois")] == ["0.00", "50.00"]

    async def test_without_a_communication_gets_one_of_its_own(self, moved: Late) -> None:
        demands = await moved.demands("Dubois") + await moved.demands("Peeters")
        given = {d["communication"] for d in demands}
        assert len(given) == 3
        assert all(int(one[:10]) % 97 in (int(one[10:]), 0) for one in given)

    async def test_of_a_year_before_the_books_keeps_the_end_of_its_privilege(self, empty: Late) -> None:
        old = old_call(owed(empty.office, "A1", "425"), issued_on="2023-05-01", due_on="2023-06-01")
        await empty.office.post(
            "takeovers",
            takeover(
                empty.office, calls=[old], credits=[], reminders=[],
                lines=[debit("551", "1000"), credit("100", "1425")],
            ),
        )  # fmt: skip
        (shown,) = await empty.office.get("arrears/privilege", on=str(DAY))
        assert (shown["privileged_until"], shown["is_over"]) == ("2024-12-31", True)


class TestTheLadder:
    async def test_goes_on_from_the_reminder_the_former_syndic_sent(self, moved: Late) -> None:
        await moved.on(DAY)
        assert await moved.proposals() == {"Dubois": (None, "NOT_LATE_ENOUGH"), "Peeters": ("friendly", "REMINDER_DUE")}
        await moved.on(date(2026, 6, 14))
        assert (await moved.proposals())["Dubois"] == ("formal", "REMINDER_DUE")

    async def test_waits_for_the_day_that_reminder_gave(self, empty: Late) -> None:
        said = {"lot_id": lot(empty.office, "A1"), "level": "firm", "sent_on": "2026-05-25", "pay_until": "2026-06-04"}
        await empty.office.post("takeovers", takeover(empty.office, reminders=[said]))
        await empty.on(DAY)
        assert (await empty.proposals())["Dubois"][1] == "REMINDED_LATELY"
        await empty.on(date(2026, 6, 5))
        assert (await empty.proposals())["Dubois"] == ("formal", "REMINDER_DUE")

    async def test_claims_interest_from_that_formal_notice_on_since_the_debt_is_in_the_books(self, moved: Late) -> None:
        await moved.on(date(2026, 7, 1))
        (interest,) = await moved.office.get("arrears/interest", on="2026-07-01")
        # 30 days of 4.5 % on 320.00; what ran before the takeover is in the old books.
        assert (interest["since"], interest["open"], interest["interest"]) == ("2026-04-24", "320.00", "1.18")
        await moved.reminds("Dubois", "formal")
        (reminder, _) = await moved.office.get("reminders")
        assert (reminder["interest"], reminder["cost"], reminder["is_taken_over"]) == ("1.18", "0.00", False)

    async def test_shows_that_reminder_as_taken_over(self, moved: Late) -> None:
        (shown,) = await moved.office.get("reminders")
        assert (shown["level"], shown["sent_on"], shown["open"], shown["is_taken_over"]) == (
            "formal", "2026-04-10", "320.00", True,
        )  # fmt: skip


def late_call(issued_on: str, due_on: str) -> Body:
    return lambda office: {"calls": [old_call(owed(office, "A1", "425"), issued_on=issued_on, due_on=due_on)]}


def reminded(sent_on: str, pay_until: str, number: str = "A1") -> Body:
    return lambda office: {
        "reminders": [{"lot_id": lot(office, number), "level": "firm", "sent_on": sent_on, "pay_until": pay_until}]
    }


def demands(*said: dict[str, Any], numbers: tuple[str, ...]) -> Body:
    """Of one old call, each for a lot."""
    return lambda office: {
        "calls": [
            old_call(
                *({"lot_id": lot(office, number), **one} for number, one in zip(numbers, said, strict=True)),
                issued_on="2026-01-05",
                due_on="2026-02-01",
            )
        ]
    }


HALF = {"working_capital": "212.50"}


class TestATakeoverIsRefused:
    @pytest.mark.parametrize(
        ("change", "status", "reason", "field"),
        [
            (late_call("2026-06-02", "2026-07-01"), 400, "TAKEOVER_DAYS_CONTRADICT", "calls.0.issued_on"),
            (late_call("2026-02-02", "2026-02-01"), 400, "TAKEOVER_DAYS_CONTRADICT", "calls.0.issued_on"),
            (reminded("2026-02-01", "2026-02-15"), 400, "TAKEOVER_DAYS_CONTRADICT", "reminders.0.sent_on"),
            (reminded("2026-06-02", "2026-06-15"), 400, "TAKEOVER_DAYS_CONTRADICT", "reminders.0.sent_on"),
            (reminded("2026-03-02", "2026-03-01"), 400, "TAKEOVER_DAYS_CONTRADICT", "reminders.0.sent_on"),
            (reminded("2026-03-02", "2026-03-15", "A10"), 400, "TAKEOVER_DAYS_CONTRADICT", "reminders.0.sent_on"),
            (demands(HALF, HALF, numbers=("A1", "G1")), 400, "DEMAND_TWICE", "calls.0.demands.1.lot_id"),
            (demands({}, numbers=("A1",)), 400, "NOTHING_OPEN", "calls.0.demands.0"),
            (
                demands({**HALF, "communication": "+++010/8068/17184+++"}, numbers=("A1",)),
                400, "COMMUNICATION_WRONG", "calls.0.demands.0.communication",
            ),
            (
                demands(*[{**HALF, "communication": COMMUNICATION}] * 2, numbers=("A1", "A2")),
                409, "COMMUNICATION_TAKEN", "calls",
            ),
            (lambda _: {"lines": [debit("551", "9"), credit("100", "9")]}, 400, "ENTRY_DOES_NOT_BALANCE", "lines"),
            (lambda _: {"credits": [{"lot_id": str(uuid4()), "amount": "25"}]}, 404, "NOT_FOUND", "credits.0.lot_id"),
            (lambda _: {"dated": "2027-06-01"}, 409, "YEAR_NOT_OPEN", "dated"),
        ],
    )  # fmt: skip
    async def test_whole_when_something_in_it_is_wrong(
        self, empty: Late, change: Body, status: int, reason: str, field: str
    ) -> None:
        before = await empty.office.sees()
        body = {**takeover(empty.office), **change(empty.office)}
        if "calls" in change(empty.office):
            body |= {"reminders": []}
        assert await empty.office.refused("takeovers", body) == (status, reason, field)
        assert (await empty.office.sees(), await empty.office.get("demands")) == (before, [])
