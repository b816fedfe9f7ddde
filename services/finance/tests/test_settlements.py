"""The seller of a lot gets his part of the working capital back from its buyer, once (R134)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
import stdnum.be.ogm_vcs

from koprogo.kernel.errors import Unavailable

from .builders import PAST, TODAY, WORKING_IBAN, Office, call, part, sent
from .fakes import FakeProperty, Time
from .stated import CALLED_ON, sells, tells

DEED = date(PAST[0].year, 7, 1)


@pytest.fixture
async def house(office: Office, time: Time) -> Office:
    """Working capital of 1,000.00 was called before the deed; of the 367.00 of Dubois nothing was paid."""
    await calls(office, time, CALLED_ON, part("working_capital", "1000"))
    return office


async def calls(office: Office, time: Time, on: date, *parts: dict[str, Any]) -> str:
    time.day = on
    made = await office.post("calls-for-funds", call(*parts, due_on=str(on)))
    time.day = None
    return str(made["id"])


def path_of(office: Office, on: date = DEED, lot: int = 0) -> str:
    return f"transfers/{office.neighbour.debtors[0].lots[lot].id}/{on}/settlement"


async def settle(office: Office, on: date = DEED, lot: int = 0) -> str:
    return str((await office.post(path_of(office, on, lot), None, office.syndic))["id"])


async def balances_of(office: Office) -> dict[str, str]:
    return {one["name"]: one["balance"] for one in await office.get("owners")}


class TestSettlingATransfer:
    async def test_calls_from_the_buyer_what_it_gives_back_to_the_seller(self, house: Office) -> None:
        await sells(house, DEED)
        before = await house.balances()
        await settle(house)
        assert await balances_of(house) == {
            "Dubois": "34.00", "Zoe": "333.00", "Peeters": "333.00", "Maes – Claes": "300.00",
        }  # fmt: skip
        assert await house.balances() == before

    async def test_asks_the_buyer_in_thirty_days_with_a_communication_of_his_own(self, house: Office) -> None:
        await sells(house, DEED)
        (demand,) = await house.get("demands", call_id=await settle(house))
        assert (demand["party_name"], demand["total"], demand["open"], demand["due_on"]) == (
            "Zoe", "333.00", "333.00", str(TODAY + timedelta(days=30)),
        )  # fmt: skip
        assert stdnum.be.ogm_vcs.is_valid(demand["communication"])
        (line,) = demand["lines"]
        assert (line["lot_number"], line["kind"], line["whole"], line["shares"], line["share_total"]) == (
            "A1", "working_capital", "1000.00", 333, 1000,
        )  # fmt: skip

    async def test_settles_what_the_seller_still_owes(self, house: Office) -> None:
        await sells(house, DEED)
        await settle(house)
        assert {d["party_name"]: d["open"] for d in await house.get("demands")}["Dubois"] == "34.00"

    async def test_leaves_to_the_seller_the_rest_of_what_he_owes(self, house: Office, time: Time) -> None:
        await calls(house, time, CALLED_ON, part(amount="1000"))
        await sells(house, DEED)
        await settle(house)
        assert (await balances_of(house))["Dubois"] == "401.00"
        assert {d["party_name"] for d in await house.get("demands", open_only=True)} >= {"Dubois", "Zoe"}

    async def test_is_one_entry_on_the_day_of_the_deed(self, house: Office) -> None:
        await sells(house, DEED)
        made = await settle(house)
        (entry,) = [e for e in await house.get("entries") if e["voucher_kind"] == "transfer"]
        assert (entry["journal"], entry["dated"], entry["voucher_reference"]) == ("miscellaneous", str(DEED), made)
        shown = await house.get(f"entries/{entry['id']}")
        assert [(one["account"], one["party_name"], one["debit"], one["credit"]) for one in shown["lines"]] == [
            ("4101", "Zoe", "333.00", None), ("4101", "Dubois", None, "333.00"),
        ]  # fmt: skip

    async def test_in_a_closed_year_is_booked_today(self, house: Office) -> None:
        await sells(house, DEED)
        assert (await house.accountant.post(f"{house.path}/fiscal-years/{house.past}/closing")).status_code == 204
        await house.post(f"fiscal-years/{house.past}/confirmation", None, house.syndic)
        await settle(house)
        (entry,) = [e for e in await house.get("entries") if e["voucher_kind"] == "transfer"]
        assert entry["dated"] == str(TODAY)

    async def test_writes_to_the_buyer_what_it_is_for(self, house: Office) -> None:
        await sells(house, DEED)
        made = await settle(house)
        (letter,) = [r for r in (await sent(house))["documents.request"] if r.subject == f"call/{made}"]
        content = letter.call_for_funds
        assert (content.title, content.decision, content.total) == (
            f"Fonds de roulement du lot A1, mutation du {DEED:%d/%m/%Y}", "", "333.00",
        )  # fmt: skip
        assert (content.addressee.debtor_name, content.payment.iban) == ("Zoe", WORKING_IBAN)
        (shown,) = await house.get(f"calls-for-funds/{made}/letters")
        assert (shown["recipient"], shown["status"]) == ("Zoe", "requested")

    async def test_is_no_call_of_the_meeting(self, house: Office) -> None:
        await sells(house, DEED)
        made = await settle(house)
        assert made not in {one["id"] for one in await house.get("calls-for-funds")}

    async def test_leaves_the_part_in_the_reserve_fund(self, house: Office, time: Time) -> None:
        await calls(house, time, CALLED_ON, part("reserve_fund", "500"))
        await sells(house, DEED)
        (demand,) = await house.get("demands", call_id=await settle(house))
        assert (demand["working_capital"], demand["reserve_fund"]) == ("333.00", "0.00")

    async def test_counts_the_working_capital_of_the_day(self, house: Office, time: Time) -> None:
        await sells(house, DEED)
        await calls(house, time, DEED + timedelta(days=1), part("working_capital", "500"))
        (demand,) = await house.get("demands", call_id=await settle(house))
        assert demand["total"] == "333.00"

    async def test_does_not_ask_the_buyer_twice_what_he_was_called_for_on_that_day(
        self, house: Office, time: Time
    ) -> None:
        await sells(house, DEED)
        await calls(house, time, DEED, part("working_capital", "500"))
        await settle(house)
        assert (await balances_of(house))["Zoe"] == "499.50"

    async def test_gives_the_seller_nothing_of_a_call_to_the_buyer_that_was_withdrawn(
        self, house: Office, time: Time
    ) -> None:
        await sells(house, DEED)
        made = await calls(house, time, DEED, part("working_capital", "500"))
        await house.post(f"calls-for-funds/{made}/withdrawal", {"reason": "Not voted"})
        (demand,) = await house.get("demands", call_id=await settle(house))
        assert demand["total"] == "333.00"

    async def test_is_done_for_each_lot_and_each_day_apart(self, house: Office) -> None:
        buyer = await sells(house, DEED)
        again = DEED + timedelta(days=60)
        dubois, *others = house.neighbour.debtors
        house.neighbour.since[again] = [dubois, *others]
        await tells(house, buyer.lots[0].id, again, buyer, dubois)
        await settle(house)
        await settle(house, again)
        assert (await balances_of(house))["Dubois"] == "367.00"
        assert (await balances_of(house))["Zoe"] == "0.00"


class TestSettlingTwice:
    async def test_answers_the_call_that_was_issued(self, house: Office) -> None:
        await sells(house, DEED)
        assert await settle(house) == await settle(house)
        assert (await balances_of(house))["Zoe"] == "333.00"

    async def test_at_the_same_moment_settles_once(self, house: Office) -> None:
        await sells(house, DEED)
        path = f"{house.path}/{path_of(house)}"
        answers = await asyncio.gather(*(house.syndic.post(path) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert (await balances_of(house))["Zoe"] == "333.00"


class TestATransferThatCannotBeSettled:
    async def test_before_its_day_waits(self, house: Office, time: Time) -> None:
        await sells(house, TODAY + timedelta(days=10))
        refused = await house.refused(path_of(house, TODAY + timedelta(days=10)), None)
        assert refused[:2] == (409, "TRANSFER_TO_COME")
        time.day = TODAY + timedelta(days=10)
        await settle(house, time.day)
        assert (await balances_of(house))["Zoe"] == "333.00"

    async def test_without_working_capital_has_nothing_to_settle(self, office: Office) -> None:
        await sells(office, DEED)
        assert (await office.refused(path_of(office), None))[:2] == (409, "NOTHING_TO_SETTLE")
        assert await office.get("entries") == []

    async def test_of_capital_that_the_buyer_paid_in_himself_has_nothing_to_settle(
        self, office: Office, time: Time
    ) -> None:
        await sells(office, DEED)
        await calls(office, time, DEED, part("working_capital", "500"))
        assert (await office.refused(path_of(office), None))[:2] == (409, "NOTHING_TO_SETTLE")

    async def test_to_the_seller_himself_has_nothing_to_settle(self, house: Office) -> None:
        dubois = house.neighbour.debtors[0]
        await tells(house, dubois.lots[0].id, DEED, dubois, dubois)
        assert (await house.refused(path_of(house), None))[:2] == (409, "SAME_OWNER")

    async def test_between_others_than_the_register_names_stops(self, house: Office) -> None:
        await sells(house, DEED, told=False)
        dubois, peeters, _ = house.neighbour.debtors
        await tells(house, dubois.lots[0].id, DEED, dubois, peeters)
        assert (await house.refused(path_of(house), None))[:2] == (409, "OWNERSHIP_UNCLEAR")

    async def test_that_nobody_told_of_is_not_found(self, house: Office) -> None:
        await sells(house, DEED, told=False)
        assert (await house.refused(path_of(house), None))[0] == 404


class TestATransferNotedWithoutItsHolders:
    async def test_is_settled_between_those_the_register_names(self, house: Office) -> None:
        await sells(house, DEED, told=False)
        await tells(house, house.neighbour.debtors[0].lots[0].id, DEED)
        await settle(house)
        (shown,) = await house.get("transfers")
        assert (shown["seller_name"], shown["buyer_name"], shown["amount"]) == ("Dubois", "Zoe", "333.00")

    async def test_knows_them_once_they_are_told(self, house: Office) -> None:
        buyer = await sells(house, DEED, told=False)
        await tells(house, buyer.lots[0].id, DEED)
        await tells(house, buyer.lots[0].id, DEED, house.neighbour.debtors[0], buyer)
        await tells(house, buyer.lots[0].id, DEED)
        (shown,) = await house.get("transfers")
        assert (shown["seller_id"], shown["buyer_id"]) == (str(house.neighbour.debtors[0].id), str(buyer.id))

    async def test_and_with_one_owner_has_nothing_to_settle(self, house: Office) -> None:
        await tells(house, house.neighbour.debtors[0].lots[0].id, DEED)
        (shown,) = await house.get("transfers")
        assert (shown["state"], shown["reason"]) == ("nothing_to_settle", "SAME_OWNER")


class TestTheListOfTransfers:
    async def test_shows_what_settling_would_move_and_then_has_moved(self, house: Office) -> None:
        await sells(house, DEED)
        (shown,) = await house.get("transfers")
        assert (shown["state"], shown["amount"], shown["call_id"]) == ("to_settle", "333.00", None)
        assert (shown["lot_number"], shown["seller_name"], shown["buyer_name"]) == ("A1", "Dubois", "Zoe")
        made = await settle(house)
        (shown,) = await house.get("transfers")
        assert (shown["state"], shown["amount"], shown["call_id"], shown["settled_on"]) == (
            "settled", "333.00", made, str(TODAY),
        )  # fmt: skip
        assert (await house.get(f"entries/{shown['entry_id']}"))["entry"]["voucher_kind"] == "transfer"

    async def test_tells_what_is_to_come_and_what_has_nothing_to_settle(self, office: Office) -> None:
        await sells(office, DEED)
        await tells(office, uuid4(), TODAY + timedelta(days=200))
        office.neighbour.asked.clear()
        shown = await office.get("transfers")
        assert [(one["state"], one["reason"]) for one in shown] == [
            ("to_come", ""), ("nothing_to_settle", "NOTHING_TO_SETTLE"),
        ]  # fmt: skip
        assert office.neighbour.asked == []

    async def test_asks_once_for_all_lots_of_a_day(self, house: Office) -> None:
        buyer = await sells(house, DEED)
        dubois, *others = house.neighbour.debtors
        both = msgspec.structs.replace(buyer, lots=dubois.lots)
        house.neighbour.since[DEED] = [both, *others]
        await tells(house, dubois.lots[1].id, DEED, dubois, buyer)
        house.neighbour.asked.clear()
        assert sorted(one["amount"] for one in await house.get("transfers")) == ["333.00", "34.00"]
        assert house.neighbour.asked == [DEED - timedelta(days=1), DEED]

    async def test_says_of_which_the_register_is_unclear(self, house: Office) -> None:
        await tells(house, uuid4(), DEED)
        (shown,) = await house.get("transfers")
        assert (shown["state"], shown["reason"], shown["amount"]) == ("to_settle", "OWNERSHIP_UNCLEAR", None)

    async def test_is_shown_while_property_does_not_answer(
        self, house: Office, neighbour: FakeProperty, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await sells(house, DEED)

        async def silent(*_: object) -> None:
            raise Unavailable("Property does not answer; try again.")

        monkeypatch.setattr(neighbour, "owners", silent)
        (shown,) = await house.get("transfers")
        assert (shown["state"], shown["reason"]) == ("to_settle", "NEIGHBOUR_UNAVAILABLE")
        assert (await house.refused(path_of(house), None))[0] == 503

    async def test_is_read_by_pages_the_latest_first(self, office: Office) -> None:
        days = [DEED, TODAY, TODAY + timedelta(days=40)]
        for day in days:
            await tells(office, uuid4(), day)
        first = await office.accountant.get(f"{office.path}/transfers", params={"limit": 2})
        after = httpx.URL(first.headers["link"].partition(">")[0].lstrip("<")).params["after"]
        rest = await office.get("transfers", limit=2, after=after)
        read = [one["transferred_on"] for one in (*first.json(), *rest)]
        assert read == [str(day) for day in reversed(days)]
