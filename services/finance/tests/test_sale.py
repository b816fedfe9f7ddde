"""A lot that is sold in the middle of a year, from the deed to the statement (R132, R134, R135)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from koprogo.kernel.money import cents

from .builders import PAST, TODAY, Office
from .fakes import Time
from .stated import issue, own, result, sells, spends

DEED = date(PAST[0].year, 7, 1)


@pytest.fixture
async def sold(office: Office, time: Time) -> Office:
    """Provisions, reserve and 50.00 of working capital were called before the deed; then A1 went to Zoe."""
    await spends(office, time)
    await sells(office, DEED)
    return office


async def settle_and_state(office: Office) -> str:
    lot = office.neighbour.debtors[0].lots[0]
    await office.post(f"transfers/{lot.id}/{DEED}/settlement", None, office.syndic)
    return await issue(office)


async def account(office: Office, name: str) -> dict[str, Any]:
    (party,) = [one["party_id"] for one in await office.get("owners") if one["name"] == name]
    found: dict[str, Any] = await office.get(f"owners/{party}/account", on=str(TODAY))
    return found


class TestASaleInMidPeriod:
    async def test_shares_the_charges_of_the_lot_by_days(self, sold: Office) -> None:
        made = await settle_and_state(sold)
        lines = [
            line
            for name in ("Dubois", "Zoe")
            for line in (await own(sold, made, name))["lines"]
            if line["lot_number"] == "A1"
        ]
        of_lot = {
            code: sum(cents(one["amount"]) for one in lines if one["account"] == code)
            for code in ("614", "6101", "742")
        }
        assert of_lot == {"614": 26640, "6101": 10004, "742": -411}
        of_buyer = [one for one in lines if one["days"] == (PAST[1] - DEED).days + 1]
        of_seller = [one for one in lines if one["days"] == (DEED - PAST[0]).days]
        assert len(of_buyer) == len(of_seller) == 3
        assert {one["days_total"] for one in lines} == {(PAST[1] - PAST[0]).days + 1}

    async def test_leaves_the_working_capital_and_the_result_as_they_are(self, sold: Office) -> None:
        before = await sold.balances()
        await settle_and_state(sold)
        after = await sold.balances()
        assert after["100", "working_capital"] == before["100", "working_capital"] == "-50.00"
        assert await result(sold) == "0.00"
        assert sum(cents(amount) for amount in after.values()) == 0
        for fund in ("working_capital", "reserve_fund"):
            assert sum(cents(amount) for (_, of), amount in after.items() if of == fund) == 0

    async def test_explains_what_buyer_and_seller_owe(self, sold: Office) -> None:
        made = await settle_and_state(sold)
        buyer, seller = await own(sold, made, "Zoe"), await own(sold, made, "Dubois")
        zoe, dubois = await account(sold, "Zoe"), await account(sold, "Dubois")
        # Of the 50.00 the lot had 16.65; the provisions of the whole year were called from the seller.
        assert cents(zoe["balance"]) == cents(buyer["charges"]) + 1665
        called = 36700 + 3670 + 1835
        assert cents(dubois["balance"]) == called - 1665 + cents(seller["difference"])
        for one in (zoe, dubois):
            assert sum(cents(move["amount"]) for move in one["movements"]) == cents(one["balance"])
        text = f"Fonds de roulement du lot A1, mutation du {DEED:%d/%m/%Y}"
        assert [move["amount"] for move in zoe["movements"] if move["text"] == text] == ["16.65"]
        assert [move["amount"] for move in dubois["movements"] if move["text"] == text] == ["-16.65"]

    async def test_leaves_to_each_the_demands_that_are_his(self, sold: Office) -> None:
        await settle_and_state(sold)
        opened: dict[str, int] = {}
        for demand in await sold.get("demands"):
            opened[demand["party_name"]] = opened.get(demand["party_name"], 0) + cents(demand["open"])
        assert opened == {one["name"]: cents(one["balance"]) for one in await sold.get("owners")}
