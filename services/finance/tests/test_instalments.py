"""The instalments of an adopted budget sum to it exactly, and each is called once (R122, R125)."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.budget import Budget, BudgetContent, BudgetKind, BudgetLine, Schedule
from koprogo.finance.domain.call_for_funds import CallKind
from koprogo.finance.domain.instalments import NothingToCall, instalment, periods
from koprogo.kernel.words import Language
from koprogo.kit.database import UnitOfWork

from .budget_builders import DUE, adopted, decision, drafted, hears, line
from .builders import TODAY, YEAR, Office, open_year, sent
from .fakes import debtor


def asked(schedule: str = "quarterly", **others: Any) -> dict[str, Any]:
    return {"schedule": schedule, "due_on": DUE, **others}


class TestCallingAnInstalment:
    async def test_asks_the_lines_by_their_keys_and_states_the_part_for_the_reserve(self, office: Office) -> None:
        lift = uuid4()
        office.neighbour.key_names = {lift: "Lift"}
        office.neighbour.debtors = [debtor("Dubois", {"A1": 60}, keys={lift: 1}), debtor("Maes", {"G1": 40})]
        made = await adopted(
            office, line(amount="400", allocation_key_id=str(lift)), line("614", "1000"), reserve_contribution="200"
        )
        called = await office.post(f"budgets/{made}/calls", asked(instalment=2))
        demands = {one["party_name"]: one for one in await office.get("demands", call_id=called["id"])}
        assert {name: (one["working_capital"], one["reserve_fund"]) for name, one in demands.items()} == {
            "Dubois": ("250.00", "30.00"), "Maes": ("100.00", "20.00"),
        }  # fmt: skip
        assert [one["labels"]["fr"] for one in demands["Dubois"]["lines"]] == [
            "Ascenseur", "Ascenseur", "Fonds de réserve",
        ]  # fmt: skip
        (shown,) = await office.get("calls-for-funds")
        assert (shown["period_from"], shown["period_until"]) == (f"{TODAY.year}-04-01", f"{TODAY.year}-06-30")
        assert (shown["titles"]["nl"], shown["budget_id"]) == ("Oproep 2/4 – Begroting", made)
        balances = await office.balances()
        assert (balances[("7010", "working_capital")], balances[("700", "reserve_fund")]) == ("-350.00", "-50.00")
        read = await office.get(f"budgets/{made}")
        assert (read["schedule"], read["called_until"]) == ("quarterly", f"{TODAY.year}-06-30")

    async def test_rests_on_the_decision_of_the_meeting(self, office: Office) -> None:
        made = await adopted(office)
        await office.post(f"budgets/{made}/calls", asked())
        (shown,) = await office.get("calls-for-funds")
        assert shown["decision"] == (await office.get(f"budgets/{made}"))["budget"]["decision"]
        letter = (await sent(office))["documents.request"][0].call_for_funds
        assert ("2026" in letter.decision or str(TODAY.year) in letter.decision) and "4" in letter.decision

    async def test_takes_the_next_one_until_the_budget_is_called_exactly(self, office: Office) -> None:
        made = await adopted(office, line(amount="100.01"), reserve_contribution="0.03")
        for _ in range(4):
            await office.post(f"budgets/{made}/calls", asked())
        assert (await office.refused(f"budgets/{made}/calls", asked()))[:2] == (409, "ALL_INSTALMENTS_CALLED")
        calls = await office.get("calls-for-funds")
        assert [one["total"] for one in calls] == ["25.00", "25.01", "25.01", "25.02"]
        balances = await office.balances()
        assert (balances[("7010", "working_capital")], balances[("700", "reserve_fund")]) == ("-100.01", "-0.03")

    async def test_of_works_calls_for_works(self, office: Office) -> None:
        made = await adopted(office, line("611", "5000"), kind="extraordinary")
        await office.post(f"budgets/{made}/calls", asked("yearly"))
        assert (await office.balances())[("7013", "working_capital")] == "-5000.00"

    async def test_of_the_year_to_come_is_booked_in_that_year(self, office: Office) -> None:
        first, last = YEAR[1] + timedelta(days=1), date(TODAY.year + 1, 12, 31)
        made = await adopted(office, first_day=str(first), last_day=str(last))
        assert (await office.refused(f"budgets/{made}/calls", asked()))[1] == "YEAR_NOT_OPEN"
        await open_year(office, first, last)
        await office.post(f"budgets/{made}/calls", asked())
        (booked,) = await office.get("entries")
        (shown,) = await office.get("calls-for-funds")
        assert (booked["dated"], shown["issued_on"]) == (str(first), str(TODAY))


class TestAnInstalmentThatIsRefused:
    async def test_twice(self, office: Office) -> None:
        made = await adopted(office)
        await office.post(f"budgets/{made}/calls", asked(instalment=3))
        assert await office.refused(f"budgets/{made}/calls", asked(instalment=3)) == (
            409, "INSTALMENT_CALLED", "instalment",
        )  # fmt: skip

    async def test_twice_at_the_same_moment(self, office: Office) -> None:
        made = await adopted(office)
        answers = await asyncio.gather(
            *(office.accountant.post(f"{office.path}/budgets/{made}/calls", json=asked(instalment=1)) for _ in range(4))
        )
        assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
        assert {one.json()["reason"] for one in answers if one.status_code == 409} == {"INSTALMENT_CALLED"}
        assert len(await office.get("entries")) == 1

    async def test_when_nobody_adopted_the_budget(self, office: Office) -> None:
        made = await drafted(office)
        assert (await office.refused(f"budgets/{made}/calls", asked()))[:2] == (409, "BUDGET_NOT_ADOPTED")
        await hears(office, decision(office, f"finance/budget/{made}", adopted=False))
        assert (await office.refused(f"budgets/{made}/calls", asked()))[:2] == (409, "BUDGET_NOT_ADOPTED")
        assert await office.get("entries") == []

    async def test_of_another_schedule(self, office: Office) -> None:
        made = await adopted(office)
        await office.post(f"budgets/{made}/calls", asked("quarterly"))
        assert await office.refused(f"budgets/{made}/calls", asked("monthly")) == (409, "SCHEDULE_CHOSEN", "schedule")

    async def test_beyond_the_year(self, office: Office) -> None:
        made = await adopted(office)
        assert await office.refused(f"budgets/{made}/calls", asked(instalment=5)) == (
            400, "INSTALMENT_UNKNOWN", "instalment",
        )  # fmt: skip
        early = asked(due_on="2020-01-01")
        assert (await office.refused(f"budgets/{made}/calls", early))[1] == "DUE_TOO_EARLY"
        assert (await office.get(f"budgets/{made}"))["schedule"] is None


class TestTheDatabaseItself:
    async def test_keeps_an_instalment_once(self, office: Office) -> None:
        made = await adopted(office)
        await office.post(f"budgets/{made}/calls", asked())
        with pytest.raises(asyncpg.UniqueViolationError, match="calls_of_budget"):
            async with (uow := UnitOfWork(office.service.pool, office.tenant)):
                await uow.connection.execute(
                    "insert into calls (id, association_id, titles, period, issued_on, due_on, decision, budget_id,"
                    " entry_id) select gen_random_uuid(), association_id, titles, period, issued_on, due_on, decision,"
                    " budget_id, entry_id from calls"
                )


YEARS = st.tuples(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(27, 731)).map(
    lambda drawn: (drawn[0], drawn[0] + timedelta(days=drawn[1]))
)


class TestTheInstalmentsOfAYear:
    @pytest.mark.parametrize(("schedule", "count"), [("monthly", 12), ("quarterly", 4), ("yearly", 1)])
    def test_are_as_many_as_the_schedule_says(self, schedule: str, count: int) -> None:
        assert len(periods(*YEAR, Schedule(schedule))) == count

    def test_of_a_short_year_weigh_the_months_they_cover(self) -> None:
        assert periods(date(2026, 5, 1), date(2026, 12, 31), Schedule.QUARTERLY) == {
            (date(2026, 5, 1), date(2026, 7, 31)): 3, (date(2026, 8, 1), date(2026, 10, 31)): 3,
            (date(2026, 11, 1), date(2026, 12, 31)): 2,
        }  # fmt: skip

    @given(YEARS, st.sampled_from(Schedule))
    def test_cover_each_day_once(self, days: tuple[date, date], schedule: Schedule) -> None:
        found = list(periods(*days, schedule))
        assert (found[0][0], found[-1][1]) == days
        assert all(after[0] - before[1] == timedelta(days=1) for before, after in itertools.pairwise(found))
        assert all(first <= last for first, last in found)

    @given(
        YEARS,
        st.sampled_from(Schedule),
        st.lists(st.integers(0, 10**11), min_size=1, max_size=6),
        st.integers(0, 10**9),
    )
    def test_sum_to_the_budget_line_by_line(
        self, days: tuple[date, date], schedule: Schedule, amounts: list[int], reserve: int
    ) -> None:
        keys = [uuid4() for _ in amounts]
        lines = tuple(
            BudgetLine("6101", amount, {Language.FR: "x"}, key) for amount, key in zip(amounts, keys, strict=True)
        )
        budget = Budget(uuid4(), BudgetKind.ORDINARY, BudgetContent({Language.FR: "x"}, *days, lines, reserve))
        sums: dict[tuple[CallKind, UUID | None], int] = defaultdict(int)
        for number in range(1, len(periods(*days, schedule)) + 1):
            try:
                for part in instalment(budget, schedule, number, ()).parts:
                    assert part.amount > 0
                    sums[part.kind, part.key_id] += part.amount
            except NothingToCall:
                assert max(*amounts, reserve) < 25
        wanted: dict[tuple[CallKind, UUID | None], int] = {
            (CallKind.PROVISIONS, key): amount for key, amount in zip(keys, amounts, strict=True)
        }
        wanted[CallKind.RESERVE_FUND, None] = reserve
        assert dict(sums) == {place: amount for place, amount in wanted.items() if amount}
