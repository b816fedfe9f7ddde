"""A charge statement settles what a period has cost, with every owner, and leaves nothing in the books (R124)."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import stdnum.be.ogm_vcs

from koprogo.kernel.money import cents

from .builders import PAST, TODAY, YEAR, Office, call, credit, debit, entry, part
from .fakes import Time, debtor
from .stated import issue, own, owners_of, period, result, spends
from .test_bank import sends, statement, structured


@pytest.fixture
async def spent(office: Office, time: Time) -> Office:
    return await spends(office, time)


class TestIssuingAChargeStatement:
    async def test_states_every_expense_to_the_cent_and_leaves_no_result(self, spent: Office) -> None:
        assert await result(spent) == "-87.76"
        made = await issue(spent)
        owners = await owners_of(spent, made)
        assert sum(cents(one["charges"]) for one in owners.values()) == 108776
        assert {name: one["called"] for name, one in owners.items()} == {
            "Dubois": "367.00", "Peeters": "333.00", "Maes – Claes": "300.00",
        }  # fmt: skip
        assert await result(spent) == "0.00"

    async def test_charges_each_by_shares_and_keys_lot_by_lot(self, spent: Office) -> None:
        found = await own(spent, await issue(spent), "Dubois")
        assert [(one["account"], one["lot_number"], one["amount"], one["key_name"]) for one in found["lines"]] == [
            ("6101", "A1", "100.04", "Lift"), ("6101", "G1", "100.03", "Lift"),
            ("614", "A1", "266.40", ""), ("614", "G1", "27.20", ""),
            ("742", "A1", "-4.11", ""), ("742", "G1", "-0.42", ""),
        ]  # fmt: skip
        assert (found["charges"], found["called"], found["difference"]) == ("489.14", "367.00", "122.14")

    async def test_asks_for_what_is_missing_and_gives_credit_for_the_rest(self, spent: Office) -> None:
        before = {d["id"] for d in await spent.get("demands")}
        made = await issue(spent)
        demands = {d["party_name"]: d for d in await spent.get("demands") if d["id"] not in before}
        assert {name: (d["total"], d["open"], d["lines"]) for name, d in demands.items()} == {
            "Dubois": ("122.14", "122.14", []), "Maes – Claes": ("36.33", "36.33", []),
        }  # fmt: skip
        assert all(stdnum.be.ogm_vcs.is_valid(d["communication"]) for d in demands.values())
        assert (await owners_of(spent, made))["Peeters"]["difference"] == "-70.71"

    async def test_settles_open_demands_with_the_credit_it_gives(self, spent: Office) -> None:
        await issue(spent)
        open_ = {}
        for demand in await spent.get("demands"):
            open_[demand["party_name"]] = open_.get(demand["party_name"], 0) + cents(demand["open"])
        balances = {one["name"]: cents(one["balance"]) for one in await spent.get("owners")}
        assert open_ == balances

    async def test_keeps_what_is_left_of_a_credit_for_demands_to_come(self, spent: Office) -> None:
        (demand,) = [d for d in await spent.get("demands") if d["party_name"] == "Peeters"]
        await sends(spent, statement(structured(demand)))
        await issue(spent)
        assert {one["name"]: one["balance"] for one in await spent.get("owners")}["Peeters"] == "-70.71"
        await spent.post("calls-for-funds", call(part(amount="100")))
        opened = [d["open"] for d in await spent.get("demands") if d["party_name"] == "Peeters"]
        assert sorted(opened) == ["0.00", "0.00"]

    async def test_is_paid_with_its_communication(self, spent: Office) -> None:
        made = await issue(spent)
        found = await own(spent, made, "Dubois")
        await sends(spent, statement(structured({"communication": found["communication"]}, found["open"])))
        assert (await own(spent, made, "Dubois"))["open"] == "0.00"

    async def test_is_listed_with_its_figures_and_not_among_the_calls(self, spent: Office) -> None:
        made = await issue(spent)
        (shown,) = await spent.get("charge-statements")
        assert (shown["id"], shown["charges"], shown["called"], shown["difference"], shown["owners"]) == (
            made, "1087.76", "1000.00", "87.76", 3,
        )  # fmt: skip
        assert shown["open"] == "158.47"
        assert len(await spent.get("calls-for-funds")) == 1

    async def test_closes_a_year_with_nothing_to_carry_forward(self, spent: Office) -> None:
        await issue(spent)
        closing = await spent.accountant.post(f"{spent.path}/fiscal-years/{spent.past}/closing")
        assert closing.status_code == 204
        await spent.post(f"fiscal-years/{spent.past}/confirmation", None, spent.syndic)
        assert ("489", "working_capital") not in await spent.balances()

    async def test_shows_each_fund_with_the_owners_part(self, spent: Office) -> None:
        found = await own(spent, await issue(spent), "Peeters")
        assert [(f["fund"], f["opening"], f["called"], f["spent"], f["closing"], f["own_part"])
                for f in found["funds"]] == [
            ("working_capital", "0.00", "1137.76", "1087.76", "50.00", "16.65"),
            ("reserve_fund", "0.00", "100.00", "70.00", "30.00", "9.99"),
        ]  # fmt: skip
        assert found["account_balance"] == "312.24"

    async def test_of_a_quarter_leaves_the_rest_of_the_year_alone(self, spent: Office) -> None:
        made = await issue(spent, period_until=str(date(PAST[0].year, 6, 30)))
        assert {one["charges"] for one in (await owners_of(spent, made)).values()} == {"0.00"}
        rest = await issue(spent, period_from=str(date(PAST[0].year, 7, 1)))
        assert sum(cents(one["charges"]) for one in (await owners_of(spent, rest)).values()) == 108776
        assert await result(spent) == "0.00"


class TestWhatWasCalled:
    async def test_and_withdrawn_is_not_set_off(self, spent: Office) -> None:
        (one,) = await spent.get("calls-for-funds")
        await spent.post(f"calls-for-funds/{one['id']}/withdrawal", {"reason": "Wrong amount"})
        owners = await owners_of(spent, await issue(spent))
        assert {one["called"] for one in owners.values()} == {"0.00"}
        assert await result(spent) == "0.00"

    async def test_by_hand_is_set_off_for_those_it_names(self, spent: Office) -> None:
        party = next(one["party_id"] for one in await spent.get("owners") if one["name"] == "Peeters")
        lines = debit("4101", "10", party_id=party), credit("7010", "10")
        await spent.post("entries", entry(*lines, dated=PAST[1]))
        owners = await owners_of(spent, await issue(spent))
        assert owners["Peeters"]["called"] == "343.00"
        assert await result(spent) == "0.00"

    async def test_without_saying_from_whom_lowers_the_charges_of_all(self, spent: Office) -> None:
        await spent.post("entries", entry(debit("551", "100"), credit("7010", "100"), dated=PAST[1]))
        made = await issue(spent)
        assert sum(cents(one["charges"]) for one in (await owners_of(spent, made)).values()) == 98776
        assert "7010" in {line["account"] for line in (await own(spent, made, "Peeters"))["lines"]}
        assert await result(spent) == "0.00"

    async def test_from_who_owns_nothing_any_more_is_given_back(self, spent: Office) -> None:
        stranger = debtor("Gone", {"Z9": 1})
        spent.neighbour.since[TODAY] = [*spent.neighbour.debtors, stranger]
        await spent.post("calls-for-funds", call(part(amount="1")))
        lines = debit("4101", "10", party_id=str(stranger.id)), credit("7010", "10")
        await spent.post("entries", entry(*lines, dated=PAST[1]))
        owners = await owners_of(spent, await issue(spent))
        assert (owners["Gone"]["charges"], owners["Gone"]["difference"]) == ("0.00", "-10.00")
        assert await result(spent) == "0.00"


class TestAStatementThatIsWrong:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"period_from": str(PAST[1]), "period_until": str(PAST[0])}, "PERIOD_WRONG"),
            ({"period_until": str(TODAY)}, "PERIOD_NOT_OVER"),
            ({"due_on": "2020-01-01"}, "DUE_TOO_EARLY"),
            ({"period_from": "2001-01-01"}, "YEAR_NOT_OPEN"),
            ({"period_until": str(PAST[0])}, "NOTHING_TO_STATE"),
        ],
    )
    async def test_says_so_and_changes_nothing(self, spent: Office, change: dict[str, Any], reason: str) -> None:
        entries = await spent.get("entries")
        assert (await spent.refused("charge-statements", period(**change)))[1] == reason
        assert await spent.get("charge-statements") == []
        assert await spent.get("entries") == entries

    async def test_of_two_years_is_refused(self, spent: Office, time: Time) -> None:
        time.day = YEAR[1]
        change = {"period_until": str(YEAR[0]), "due_on": str(YEAR[1])}
        assert (await spent.refused("charge-statements", period(**change)))[1] == "PERIOD_WRONG"

    @pytest.mark.parametrize(
        "change", [{}, {"period_from": str(PAST[1])}, {"period_until": str(date(PAST[0].year, 4, 1))}]
    )
    async def test_of_days_that_are_stated_is_refused(self, spent: Office, change: dict[str, Any]) -> None:
        await issue(spent)
        await spent.post("entries", entry(debit("614", "1"), credit("551", "1"), dated=PAST[1]))
        await spent.post("entries", entry(debit("614", "1"), credit("551", "1"), dated=PAST[0]))
        assert (await spent.refused("charge-statements", period(**change)))[:2] == (409, "STATEMENT_OVERLAPS")
        assert len(await spent.get("charge-statements")) == 1

    async def test_sent_twice_at_the_same_moment_is_issued_once(self, spent: Office) -> None:
        path = f"{spent.path}/charge-statements"
        answers = await asyncio.gather(*(spent.syndic.post(path, json=period()) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert await result(spent) == "0.00"

    async def test_in_a_closed_year_is_refused(self, spent: Office) -> None:
        assert (await spent.accountant.post(f"{spent.path}/fiscal-years/{spent.past}/closing")).status_code == 204
        await spent.post(f"fiscal-years/{spent.past}/confirmation", None, spent.syndic)
        assert (await spent.refused("charge-statements", period()))[1] == "YEAR_NOT_OPEN"

    async def test_names_the_charge_that_nobody_bears(self, spent: Office) -> None:
        lines = debit("6103", "10", allocation_key_id=str(uuid4()), text="Boiler"), credit("551", "10")
        await spent.post("entries", entry(*lines, dated=PAST[1]))
        answer = await spent.syndic.post(
            f"{spent.path}/charge-statements", json=period(), headers={"accept-language": "fr"}
        )
        assert (answer.status_code, answer.json()["reason"]) == (409, "CHARGE_WITHOUT_BEARER")
        assert "« Boiler »" in answer.json()["detail"]
