"""The yearly contribution to the reserve fund is at least 5 % of last year's ordinary common charges (R121)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.reserve_floor import FloorStatus, is_ordinary, reserve_floor

from .budget_builders import decision, drafted, hears, line
from .builders import PAST, TODAY, Office, credit, debit, entry

LAST_DAY = date(2026, 12, 31)


class TestTheFloor:
    @pytest.mark.parametrize(
        ("contribution", "charges", "acceptance", "waived", "status"),
        [
            (50_000, 1_000_000, date(2015, 3, 1), False, "ok"),
            (49_999, 1_000_000, date(2015, 3, 1), False, "below"),
            (50_000, 1_000_001, date(2015, 3, 1), False, "below"),
            (0, 1_000_000, date(2015, 3, 1), True, "waived"),
            (60_000, 1_000_000, date(2015, 3, 1), True, "ok"),
            (0, 1_000_000, date(2021, 12, 31), False, "below"),
            (0, 1_000_000, date(2022, 1, 1), False, "not_yet_due"),
            (0, 1_000_000, date(2024, 2, 29), False, "not_yet_due"),
            (0, 1_000_000, None, False, "below"),
            (0, 0, date(2015, 3, 1), False, "ok"),
            (0, -100, date(2015, 3, 1), False, "ok"),
            (10, None, date(2015, 3, 1), False, "unknown"),
            (10, None, date(2025, 3, 1), False, "not_yet_due"),
        ],
    )
    def test_is_watched(
        self, contribution: int, charges: int | None, acceptance: date | None, waived: bool, status: str
    ) -> None:
        found = reserve_floor(contribution, last_day=LAST_DAY, charges=charges, acceptance=acceptance, waived=waived)
        assert found.status == status

    @given(st.integers(0, 10**13))
    def test_is_the_least_whole_cent_that_is_five_percent(self, charges: int) -> None:
        floor = reserve_floor(0, last_day=LAST_DAY, charges=charges, acceptance=None, waived=False).floor
        assert floor is not None
        assert floor * 20 >= charges > (floor - 1) * 20
        met = reserve_floor(floor, last_day=LAST_DAY, charges=charges, acceptance=None, waived=False)
        assert met.status is FloorStatus.OK

    @pytest.mark.parametrize(
        ("account", "counts"),
        [("6101", True), ("614", True), ("640", True), ("611", False), ("6111", False), ("66", False), ("643", False),
         ("7010", False), ("440", False)],
    )  # fmt: skip
    def test_counts_ordinary_common_charges(self, account: str, counts: bool) -> None:
        assert is_ordinary(account) is counts


class TestABudget:
    @pytest.fixture
    async def charged(self, office: Office) -> Office:
        """Last year: 1000.01 ordinary, and what does not count."""
        for lines in (
            (debit("6101", "900"), credit("551", "900")),
            (debit("614", "100.01"), credit("551", "100.01")),
            (debit("611", "5000"), credit("551", "5000")),
            (debit("66", "70"), credit("551", "70")),
            (debit("6101", "800", fund="reserve_fund"), credit("550", "800")),
        ):
            await office.post("entries", entry(*lines, dated=PAST[1]))
        await office.post("entries", entry(debit("6101", "9"), credit("551", "9")))
        return office

    async def floor(self, office: Office, budget_id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await office.get(f"budgets/{budget_id}"))["reserve_floor"]
        return found

    async def accepted(self, office: Office, day: date | None) -> None:
        path = f"{office.path}/books"
        version = (await office.accountant.get(path)).headers["etag"]
        answer = await office.accountant.put(
            f"{path}/provisional-acceptance",
            json={"provisional_acceptance": day and str(day)},
            headers={"if-match": version},
        )
        assert answer.status_code == 204

    async def test_below_it_can_be_drafted_and_warns_in_the_readers_language(self, charged: Office) -> None:
        made = await drafted(charged, reserve_contribution="50.00")
        floor = await self.floor(charged, made)
        assert (floor["status"], floor["ordinary_charges"], floor["floor"]) == ("below", "1000.01", "50.01")
        assert floor["warning"].startswith("The contribution to the reserve fund is below 50.01")
        dutch = await charged.accountant.get(f"{charged.path}/budgets/{made}", headers={"accept-language": "nl"})
        assert "lager dan 50.01 €" in dutch.json()["reserve_floor"]["warning"]

    async def test_that_contributes_enough_is_ok(self, charged: Office) -> None:
        floor = await self.floor(charged, await drafted(charged, reserve_contribution="50.01"))
        assert (floor["status"], floor["warning"]) == ("ok", "")

    async def test_of_a_new_building_need_not_contribute_yet(self, charged: Office) -> None:
        made = await drafted(charged)
        for day, status in (
            (date(TODAY.year - 5, 12, 31), "below"), (date(TODAY.year - 4, 1, 1), "not_yet_due"), (None, "below"),
        ):  # fmt: skip
            await self.accepted(charged, day)
            assert (await charged.get("books"))["provisional_acceptance"] == (day and str(day))
            assert (await self.floor(charged, made))["status"] == status

    async def test_sees_the_charges_of_a_year_that_is_closed(self, charged: Office) -> None:
        await charged.post(f"fiscal-years/{charged.past}/closing")
        await charged.post(f"fiscal-years/{charged.past}/confirmation", None, charged.syndic)
        assert (await self.floor(charged, await drafted(charged)))["ordinary_charges"] == "1000.01"

    async def test_whose_year_before_is_not_in_the_books_does_not_know(self, charged: Office) -> None:
        made = await drafted(charged, first_day="2070-01-01", last_day="2070-12-31")
        floor = await self.floor(charged, made)
        assert (floor["status"], floor["floor"]) == ("unknown", None)

    async def test_of_works_has_none(self, charged: Office) -> None:
        made = await drafted(charged, line("611", "9000"), kind="extraordinary")
        assert await self.floor(charged, made) is None

    async def test_is_freed_by_a_waiver_about_a_budget_of_its_year(self, charged: Office) -> None:
        made = await drafted(charged)
        waiver: dict[str, Any] = {"nature": "reserve_fund_waiver"}
        other = await drafted(charged, first_day=f"{TODAY.year + 1}-01-01", last_day=f"{TODAY.year + 1}-12-31")
        await hears(
            charged,
            decision(charged, f"finance/budget/{other}", **waiver),
            decision(charged, f"finance/budget/{made}", adopted=False, **waiver),
            decision(charged, **waiver),
        )
        assert (await self.floor(charged, made))["status"] == "below"
        await hears(charged, decision(charged, f"finance/budget/{made}", **waiver))
        shown = await charged.get(f"budgets/{made}")
        assert (shown["reserve_floor"]["status"], shown["budget"]["state"]) == ("waived", "draft")

    async def test_is_freed_by_a_waiver_of_the_meeting_that_voted_it(self, charged: Office) -> None:
        made = await drafted(charged)
        meeting = str(uuid4())
        await hears(
            charged,
            decision(charged, nature="reserve_fund_waiver", meeting_id=meeting),
            decision(charged, f"finance/budget/{made}", meeting_id=meeting),
        )
        assert (await self.floor(charged, made))["status"] == "waived"
