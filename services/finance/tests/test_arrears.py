"""What owners owe by how late it is, on any day, and how long it is privileged (R111, R140)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.ageing import Age, Balance, age_of, aged
from koprogo.finance.domain.privilege import YearDays, is_ending, privileged_until
from koprogo.kit.testing import InProcess

from .builders import call, open_office, part
from .fakes import FakeProperty, Time
from .late import DUE, Late, days_after_due
from .test_bank import structured

DAY = date(2026, 6, 30)


class TestTheAgeOfADemand:
    @pytest.mark.parametrize(
        ("late", "age"),
        [
            (-10, Age.NOT_DUE), (0, Age.NOT_DUE), (1, Age.UP_TO_15), (15, Age.UP_TO_15), (16, Age.UP_TO_30),
            (30, Age.UP_TO_30), (31, Age.UP_TO_60), (60, Age.UP_TO_60), (61, Age.OVER_60), (4000, Age.OVER_60),
        ],
    )  # fmt: skip
    def test_is_counted_from_its_due_day(self, late: int, age: Age) -> None:
        assert age_of(DAY - timedelta(days=late), DAY) is age

    @given(st.lists(st.tuples(st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-(10**9), 10**9))))
    def test_never_changes_the_balance_of_the_account(self, amounts: list[tuple[date | None, int]]) -> None:
        party = uuid4()
        found = aged([Balance(party, "", due_on, amount) for due_on, amount in amounts], DAY)
        assert found.open - found.credit == sum(amount for _, amount in amounts)
        assert min(found.by_age.values()) >= 0


class TestArrears:
    async def ages(self, late: Late, on: date) -> dict[str, dict[str, str]]:
        shown = await late.office.get("arrears", on=str(on))
        found = {one["party_name"]: one["ages"] for one in shown["owners"]} | {"total": shown["total"]}
        return {name: {age: amount for age, amount in ages.items() if amount != "0.00"} for name, ages in found.items()}

    async def test_of_a_past_day_are_what_they_were(self, late: Late) -> None:
        peeters, dubois = (await late.demands("Peeters"))[0], (await late.demands("Dubois"))[0]
        await late.on(days_after_due(10), structured(peeters, "133.00"))
        await late.on(days_after_due(40), structured(peeters, "300.00"), structured(dubois))
        assert await self.ages(late, date(2026, 2, 28)) == {"total": {}}
        assert (await self.ages(late, DUE))["Peeters"] == {"not_due": "333.00", "open": "333.00", "balance": "333.00"}
        before = await self.ages(late, days_after_due(9))
        assert before["Peeters"]["days_1_to_15"] == "333.00"
        assert before["total"] == {
            "days_1_to_15": "1000.00", "open": "1000.00", "overdue": "1000.00", "balance": "1000.00",
        }  # fmt: skip
        between = await self.ages(late, days_after_due(31))
        assert between["Peeters"]["days_31_to_60"] == "200.00"
        after = await self.ages(late, days_after_due(61))
        assert after == {
            "Maes – Claes": {"days_over_60": "300.00", "open": "300.00", "overdue": "300.00", "balance": "300.00"},
            "Peeters": {"credit": "100.00", "balance": "-100.00"},
            "total": {
                "days_over_60": "300.00", "open": "300.00", "overdue": "300.00", "credit": "100.00",
                "balance": "200.00",
            },
        }  # fmt: skip

    async def test_are_those_of_today_unless_a_day_is_asked_for(self, late: Late) -> None:
        late.time.day = days_after_due(16)
        shown = await late.office.get("arrears")
        assert (shown["on"], shown["total"]["days_16_to_30"]) == ("2026-04-16", "1000.00")

    async def test_agree_with_the_owners_account_on_every_day(self, late: Late) -> None:
        peeters = (await late.demands("Peeters"))[0]
        await late.calls("50.01", date(2026, 4, 2), date(2026, 5, 1))
        await late.on(days_after_due(10), structured(peeters, "400.00"))
        for days in (-40, -5, 1, 5, 9, 10, 100):
            on = days_after_due(days)
            shown = await late.office.get("arrears", on=str(on))
            account = await late.office.get(f"owners/{peeters['party_id']}/account", on=str(on))
            balances = {one["party_name"]: one["ages"]["balance"] for one in shown["owners"]}
            assert balances.get("Peeters", "0.00") == account["balance"]


class TestThePolicy:
    async def test_of_an_association_has_defaults_and_is_edited_with_its_version(self, late: Late) -> None:
        path = f"{late.office.path}/arrears/policy"
        shown = await late.office.syndic.get(path)
        assert shown.json() == {"threshold": "5.00", "statement_days": 7, "safe_mode": True}
        change = {"threshold": "12.50", "statement_days": 3, "safe_mode": False}
        await late.changes("arrears/policy", change)
        assert (await late.office.syndic.get(path)).json() == change
        stale = await late.office.syndic.put(path, json=change, headers={"if-match": shown.headers["etag"]})
        assert stale.status_code == 412


SCHOOL_YEARS = [YearDays(date(2024, 7, 1), date(2025, 6, 30)), YearDays(date(2025, 7, 1), date(2026, 6, 30))]


class TestThePrivilege:
    """R140: for the current and the previous financial year, whichever days it has."""

    @pytest.mark.parametrize(
        ("issued", "until"),
        [("2024-07-01", "2026-06-30"), ("2025-06-30", "2026-06-30"), ("2025-07-01", "2027-06-30")],
    )
    def test_lasts_until_the_end_of_the_year_after_that_of_the_call(self, issued: str, until: str) -> None:
        assert privileged_until(date.fromisoformat(issued), SCHOOL_YEARS) == date.fromisoformat(until)

    def test_follows_a_long_year_and_a_leap_day(self) -> None:
        long = [YearDays(date(2025, 3, 1), date(2026, 2, 28)), YearDays(date(2026, 3, 1), date(2027, 12, 31))]
        assert privileged_until(date(2025, 5, 1), long) == date(2027, 12, 31)
        assert privileged_until(date(2027, 12, 31), long) == date(2028, 12, 31)
        leap = [YearDays(date(2027, 3, 1), date(2028, 2, 28))]
        assert privileged_until(date(2027, 5, 1), leap) == date(2029, 2, 28)
        assert privileged_until(date(2025, 5, 1), long[:1]) == date(2027, 2, 28)

    @pytest.mark.parametrize(
        ("issued", "until"),
        [("2024-06-30", "2025-06-30"), ("2023-07-01", "2025-06-30"), ("2023-06-30", "2024-06-30")],
    )
    def test_of_a_debt_from_before_the_books_takes_years_of_twelve_months(self, issued: str, until: str) -> None:
        assert privileged_until(date.fromisoformat(issued), SCHOOL_YEARS) == date.fromisoformat(until)

    @given(st.dates(date(2015, 1, 1), date(2026, 12, 31)), st.dates(date(2024, 1, 1), date(2025, 12, 31)))
    def test_lasts_between_one_year_and_two_wherever_the_books_begin(self, issued: date, first: date) -> None:
        first = first.replace(day=1)
        years = [YearDays(first, first.replace(year=first.year + 1) - timedelta(days=1))]
        if issued <= years[0].last_day:
            assert 365 <= (privileged_until(issued, years) - issued).days <= 731

    @pytest.mark.parametrize(("days", "is_listed"), [(-1, True), (0, True), (90, True), (91, False)])
    def test_is_announced_ninety_days_before_it_ends(self, days: int, is_listed: bool) -> None:
        assert is_ending(DAY + timedelta(days=days), DAY) is is_listed

    async def test_is_listed_by_demand_where_the_year_is_no_calendar_year(
        self, service: InProcess, neighbour: FakeProperty, time: Time
    ) -> None:
        time.day = date(2025, 6, 1)
        async with open_office(
            service,
            neighbour,
            past=(date(2024, 7, 1), date(2025, 6, 30)),
            year=(date(2025, 7, 1), date(2026, 6, 30)),
        ) as office:
            await office.post("calls-for-funds", call(part(), due_on="2025-07-01"))
            time.day = date(2025, 7, 1)
            await office.post("calls-for-funds", call(part(), due_on="2025-07-31"))
            late = Late(office, time)
            assert await office.get("arrears/privilege", on="2026-03-31") == []
            listed = await office.get("arrears/privilege", on="2026-04-01")
            assert [(one["party_name"], one["issued_on"], one["privileged_until"]) for one in listed] == [
                ("Dubois", "2025-06-01", "2026-06-30"),
                ("Maes – Claes", "2025-06-01", "2026-06-30"),
                ("Peeters", "2025-06-01", "2026-06-30"),
            ]
            assert not any(one["is_over"] for one in listed)
            paid = next(d for d in await late.demands("Peeters") if d["due_on"] == "2025-07-01")
            await late.on(date(2026, 6, 1), structured(paid))
            over = await office.get("arrears/privilege", on="2026-07-01")
            assert [(one["party_name"], one["is_over"], one["open"]) for one in over] == [
                ("Dubois", True, "367.00"), ("Maes – Claes", True, "300.00"),
            ]  # fmt: skip
            assert len(await office.get("arrears/privilege", on="2027-06-30")) == 5
