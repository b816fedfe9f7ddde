"""What was called for works waits for their invoices: nothing of it goes back to owners before (R120, R125, R132)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.works import Works, WorksAmount, works_lines
from koprogo.kernel.words import Language

from .budget_builders import adopted, line
from .builders import PAST, TODAY, Office, call, credit, debit, entry, part, sent
from .fakes import Time
from .stated import CALLED_ON, LIFT, issue, own, owners_of, result, sells, spends

YEAR_TO_SPEND = PAST[0].year
MIDDLE = date(YEAR_TO_SPEND, 6, 30)
FIRST_HALF, SECOND_HALF = {"period_until": str(MIDDLE)}, {"period_from": str(date(YEAR_TO_SPEND, 7, 1))}
ROOF = {"decided_on": "2025-01-10", "item_number": 7, "titles": {"fr": "Toiture", "nl": "Dak"}}


@pytest.fixture
async def house(office: Office, time: Time) -> Office:
    """Works of 500.00 were called in March; the costs of the year are in its second half."""
    await spends(office, time)
    await calls(office, time, part("works", "500"), decision=ROOF)
    return office


async def calls(office: Office, time: Time, *parts: dict[str, Any], on: date = CALLED_ON, **others: Any) -> None:
    time.day = on
    await office.post("calls-for-funds", call(*parts, due_on=str(on), **others))
    time.day = TODAY


async def pays(office: Office, amount: str, *, on: date = PAST[1], account: str = "611", **others: Any) -> None:
    await office.post("entries", entry(debit(account, amount, **others), credit("551", amount), dated=on))


async def called(office: Office, statement: str) -> dict[str, str]:
    return {name: one["called"] for name, one in (await owners_of(office, statement)).items()}


async def works(office: Office, statement: str) -> list[tuple[str, str, str, str]]:
    (shown,) = [one for one in await office.get("charge-statements") if one["id"] == statement]
    return [(one["brought"], one["called"], one["set_off"], one["carried"]) for one in shown["works"]]


class TestWorksThatAreCalled:
    async def test_and_not_spent_are_carried_forward(self, house: Office) -> None:
        made = await issue(house)
        assert await called(house, made) == {"Dubois": "367.00", "Peeters": "333.00", "Maes – Claes": "300.00"}
        assert await works(house, made) == [("0.00", "500.00", "0.00", "500.00")]
        assert (await house.balances())["489", "working_capital"] == "-500.00"
        assert await result(house) == "0.00"

    async def test_and_spent_are_set_off(self, house: Office) -> None:
        await pays(house, "480")
        made = await issue(house)
        assert (await called(house, made))["Maes – Claes"] == "444.00"
        assert await works(house, made) == [("0.00", "500.00", "480.00", "20.00")]
        assert await result(house) == "0.00"

    async def test_are_brought_back_when_they_are_invoiced(self, house: Office) -> None:
        first = await issue(house, **FIRST_HALF)
        assert (await house.balances())["489", "working_capital"] == "-500.00"
        await pays(house, "500")
        second = await issue(house, **SECOND_HALF)
        assert await works(house, first) == [("0.00", "500.00", "0.00", "500.00")]
        assert await works(house, second) == [("500.00", "0.00", "500.00", "0.00")]
        assert (await called(house, second))["Maes – Claes"] == "150.00"
        assert (await house.balances()).get(("489", "working_capital"), "0.00") == "0.00"
        assert await result(house) == "0.00"

    async def test_stay_carried_while_nothing_is_invoiced(self, house: Office) -> None:
        await issue(house, **FIRST_HALF)
        second = await issue(house, **SECOND_HALF)
        assert await works(house, second) == [("500.00", "0.00", "0.00", "500.00")]
        assert await result(house) == "0.00"

    async def test_are_shown_to_each_owner_and_in_his_letter(self, house: Office) -> None:
        made = await issue(house)
        shown = (await own(house, made, "Peeters"))["works"]
        assert [(one["title"], one["called"], one["carried"]) for one in shown] == [("Toiture", "166.50", "166.50")]
        letters = [r for r in (await sent(house))["documents.request"] if r.subject == f"statement/{made}"]
        (dutch,) = [r.charge_statement for r in letters if r.language == "nl"]
        assert (dutch.works_carried, dutch.called) == ("166.50", "333.00")

    async def test_by_a_key_pay_for_what_its_owners_bear(self, house: Office, time: Time) -> None:
        await calls(house, time, part("works", "90", allocation_key_id=str(LIFT)))
        await pays(house, "90", allocation_key_id=str(LIFT))
        made = await issue(house)
        assert sorted(await works(house, made)) == [
            ("0.00", "500.00", "0.00", "500.00"),
            ("0.00", "90.00", "90.00", "0.00"),
        ]
        assert (await called(house, made))["Peeters"] == "333.00"

    async def test_and_finished_give_back_what_is_left(self, house: Office) -> None:
        first = await issue(house, **FIRST_HALF)
        (shown,) = [one for one in await house.get("charge-statements") if one["id"] == first]
        await pays(house, "400")
        second = await issue(house, finished_works=[shown["works"][0]["works_id"]], **SECOND_HALF)
        assert await works(house, second) == [("500.00", "0.00", "500.00", "0.00")]
        assert (await owners_of(house, second))["Peeters"]["called"] == "166.50"

    async def test_under_an_unknown_id_are_refused(self, house: Office) -> None:
        wrong = {"period_from": str(PAST[0]), "period_until": str(PAST[1]), "due_on": str(date(TODAY.year + 1, 1, 1))}
        refused = await house.refused("charge-statements", {**wrong, "finished_works": [str(uuid4())]}, house.syndic)
        assert refused == (400, "WORKS_UNKNOWN", "finished_works")

    async def test_for_a_budget_of_works_are_spent_on_the_accounts_it_plans(self, house: Office) -> None:
        await adopted(house, line("6107", "500"), kind="extraordinary")
        await pays(house, "200", account="6107")
        made = await issue(house)
        assert await works(house, made) == [("0.00", "500.00", "200.00", "300.00")]

    async def test_and_carried_by_hand_are_not_carried_twice(self, house: Office) -> None:
        await house.post("entries", entry(debit("7013", "500"), credit("489", "500"), dated=PAST[1]))
        made = await issue(house)
        assert await works(house, made) == [("0.00", "500.00", "500.00", "0.00")]
        assert (await house.balances())["489", "working_capital"] == "-500.00"
        assert await result(house) == "0.00"

    async def test_by_hand_wait_as_well(self, house: Office) -> None:
        party = next(one["party_id"] for one in await house.get("owners") if one["name"] == "Peeters")
        lines = debit("4101", "10", party_id=party), credit("7013", "10")
        await house.post("entries", entry(*lines, dated=PAST[1]))
        made = await issue(house)
        assert (await called(house, made))["Peeters"] == "333.00"
        assert (await house.balances())["489", "working_capital"] == "-510.00"
        assert await result(house) == "0.00"

    async def test_of_a_lot_that_is_sold_go_with_the_lot(self, house: Office) -> None:
        await issue(house, **FIRST_HALF)
        await sells(house, date(YEAR_TO_SPEND, 7, 1))
        await pays(house, "500")
        owners = await owners_of(house, await issue(house, **SECOND_HALF))
        assert (owners["Zoe"]["called"], owners["Dubois"]["called"]) == ("166.50", "17.00")
        assert await result(house) == "0.00"


LOTS = [uuid4() for _ in range(3)]
OWNERS = [uuid4() for _ in range(3)]
DECIDED = [Works(uuid4(), {Language.FR: "Toit"}, date(2025, 1, n)) for n in (1, 2, 3)]
amounts = st.lists(
    st.builds(
        WorksAmount,
        works=st.sampled_from(DECIDED),
        key_name=st.sampled_from(["", "Lift"]),
        lot_id=st.sampled_from([*LOTS, None]),
        party_id=st.sampled_from(OWNERS),
        amount=st.integers(-(10**6), 10**7).filter(bool),
    ),
    max_size=12,
)
spent_by_key = st.dictionaries(st.sampled_from(["", "Lift", "Roof"]), st.integers(-(10**6), 10**7))


class TestWhatIsCarried:
    @given(amounts, amounts, spent_by_key)
    def test_is_what_was_called_and_not_spent(
        self, brought: list[WorksAmount], called: list[WorksAmount], spent: dict[str, int]
    ) -> None:
        lines = works_lines(brought, called, spent)
        there = sum(max(one.available, 0) for one in lines)
        assert sum(one.carried for one in lines) == there - min(there, max(sum(spent.values()), 0))
        assert sum(one.available for one in lines) == sum(one.amount for one in (*brought, *called))
        assert all(0 <= one.carried <= max(one.available, 0) for one in lines)

    @given(amounts, spent_by_key)
    def test_is_used_oldest_first_within_a_key(self, called: list[WorksAmount], spent: dict[str, int]) -> None:
        untouched: dict[UUID, bool] = defaultdict(bool)
        kept: dict[UUID, int] = defaultdict(int)
        for one in works_lines([], called, {"": max(spent.get("", 0), 0)}):
            if one.key_name == "" and one.available > 0:
                untouched[one.works.id] |= one.set_off > 0
                kept[one.works.id] += one.carried
        for older, younger in pairwise(DECIDED):
            assert not (kept[older.id] and untouched[younger.id])

    @given(amounts)
    def test_of_finished_works_is_nothing(self, called: list[WorksAmount]) -> None:
        lines = works_lines([], called, {}, {one.works.id for one in called})
        assert sum(one.carried for one in lines) == 0
