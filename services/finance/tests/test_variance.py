"""Planned against spent, by account, key and month."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.budget import BudgetContent, BudgetLine
from koprogo.finance.domain.variance import Figures, compare, total
from koprogo.kernel.words import Language

from .budget_builders import adopted, drafted, line
from .builders import PAST, TODAY, Office, credit, debit, entry
from .fakes import debtor


async def spend(
    office: Office, account: str, amount: str, dated: date, fund: str = "working_capital", **of: Any
) -> None:
    bank = "550" if fund == "reserve_fund" else "551"
    await office.post("entries", entry(debit(account, amount, fund=fund, **of), credit(bank, amount), dated=dated))


def by_place(variance: dict[str, Any]) -> dict[tuple[str, str | None], dict[str, Any]]:
    return {(one["account"], one["allocation_key_id"]): one for one in variance["lines"]}


class TestTheVariance:
    async def test_compares_each_month_and_the_year(self, office: Office) -> None:
        made = await adopted(office, line(amount="100.00"), line("614", "60"))
        await spend(office, "6101", "10.00", date(TODAY.year, 1, 1))
        await spend(office, "6101", "5.50", date(TODAY.year, 1, 31))
        await spend(office, "6101", "100.50", date(TODAY.year, 3, 15))
        await spend(office, "6101", "77", PAST[1])
        shown = await office.get(f"budgets/{made}/variance")
        lift = by_place(shown)["6101", None]
        assert lift["names"]["nl"] == "Liften"
        assert lift["year"] == {"budgeted": "100.00", "spent": "116.00", "difference": "-16.00", "ratio": "116.00"}
        months = {one["month"]: one["figures"] for one in lift["months"]}
        assert len(months) == 12
        assert months[f"{TODAY.year}-01-01"] == {
            "budgeted": "8.34", "spent": "15.50", "difference": "-7.16", "ratio": "185.85",
        }  # fmt: skip
        assert (months[f"{TODAY.year}-03-01"]["spent"], months[f"{TODAY.year}-04-01"]["spent"]) == ("100.50", "0.00")
        assert shown["year"] == {"budgeted": "160.00", "spent": "116.00", "difference": "44.00", "ratio": "72.50"}

    async def test_tells_keys_apart_and_shows_what_nobody_planned(self, office: Office) -> None:
        lift = uuid4()
        office.neighbour.key_names = {lift: "Lift"}
        office.neighbour.debtors = [debtor("Dubois", {"A1": 1}, keys={lift: 1})]
        made = await drafted(office, line(amount="30"), line(amount="70", allocation_key_id=str(lift)))
        await spend(office, "6101", "9", TODAY)
        await spend(office, "6101", "21", TODAY, allocation_key_id=str(lift))
        await spend(office, "6120", "4", TODAY)
        places = by_place(await office.get(f"budgets/{made}/variance"))
        assert {place: (one["year"]["spent"], one["year"]["ratio"]) for place, one in places.items()} == {
            ("6101", None): ("9.00", "30.00"), ("6101", str(lift)): ("21.00", "30.00"), ("6120", None): ("4.00", None),
        }  # fmt: skip

    async def test_of_the_ordinary_budget_leaves_out_works_and_the_reserve_fund(self, office: Office) -> None:
        ordinary = await drafted(office)
        works = await drafted(office, line("611", "900"), kind="extraordinary")
        await spend(office, "611", "300", TODAY, "reserve_fund")
        await spend(office, "611", "200", TODAY)
        await spend(office, "6101", "50", TODAY, "reserve_fund")
        assert (await office.get(f"budgets/{ordinary}/variance"))["year"]["spent"] == "0.00"
        assert (await office.get(f"budgets/{works}/variance"))["year"] == {
            "budgeted": "900.00", "spent": "500.00", "difference": "400.00", "ratio": "55.56",
        }  # fmt: skip

    async def test_is_the_same_when_the_year_is_closed(self, office: Office) -> None:
        made = await drafted(office, first_day=str(PAST[0]), last_day=str(PAST[1]))
        await spend(office, "6101", "80", PAST[1])
        before = await office.get(f"budgets/{made}/variance")
        await office.post(f"fiscal-years/{office.past}/closing")
        await office.post(f"fiscal-years/{office.past}/confirmation", None, office.syndic)
        assert before["year"]["spent"] == "80.00"
        assert await office.get(f"budgets/{made}/variance") == before


class TestComparing:
    @given(
        st.lists(st.tuples(st.sampled_from(["6101", "614"]), st.integers(0, 10**11)), min_size=1, max_size=5),
        st.dictionaries(
            st.tuples(
                st.tuples(st.sampled_from(["6101", "65"]), st.none()),
                st.integers(1, 12).map(lambda n: date(2026, n, 1)),
            ),
            st.integers(-(10**9), 10**11),
        ),
    )
    def test_loses_no_cent(self, planned: list[tuple[str, int]], spent: dict[Any, int]) -> None:
        lines = tuple(BudgetLine(account, amount, {Language.FR: "x"}) for account, amount in planned)
        content = BudgetContent({Language.FR: "x"}, date(2026, 1, 1), date(2026, 12, 31), lines, 0)
        compared = compare(content, spent)
        assert total(one.year for one in compared) == Figures(content.total, sum(spent.values()))
        assert all(len(one.months) == 12 for one in compared)

    def test_says_percents_exactly(self) -> None:
        assert [Figures(300, n).ratio for n in (100, 200, -200, 0)] == [3333, 6667, -6667, 0]
        assert Figures(20_000, 1).ratio == 1
        assert Figures(0, 5).ratio is None
