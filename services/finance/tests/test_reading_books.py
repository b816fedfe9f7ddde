"""Trial balance, ledger and open demands say the same whichever way they are read: by months, by days, by pages."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.kernel.money import euros

from .builders import PAST, YEAR, Office, call, credit, debit, entry, part
from .test_bank import sends, statement, structured

Y = PAST[0].year
DAYS = (
    date(Y, 1, 1), date(Y, 1, 31), date(Y, 2, 1), date(Y, 2, 15), date(Y, 2, 28), date(Y, 3, 1), date(Y, 12, 31),
    date(Y + 1, 1, 1),
)  # fmt: skip


@pytest.fixture
async def spent(office: Office) -> dict[date, int]:
    """Cents by day; no two sums of them are alike."""
    amounts = {day: 2**number for number, day in enumerate(DAYS)}
    for day, amount in amounts.items():
        await office.post("entries", entry(debit("6101", euros(amount)), credit("551", euros(amount)), dated=day))
    return amounts


async def pages(office: Office, path: str, limit: int, **params: Any) -> list[Any]:
    """All pages, one after the other by their links."""
    found: list[Any] = []
    answer = await office.accountant.get(f"{office.path}/{path}", params={"limit": limit, **params})
    while True:
        assert answer.status_code == 200, answer.text
        assert len(answer.json()) <= limit
        found += answer.json()
        if "next" not in answer.links:
            return found
        answer = await office.accountant.get(answer.url.join(answer.links["next"]["url"]))


class TestATrialBalance:
    async def test_divides_every_period_between_before_and_within(self, office: Office, spent: dict[date, int]) -> None:
        for first, last in itertools.combinations_with_replacement(DAYS, 2):
            rows = await office.get("trial-balance", from_day=str(first), until_day=str(last))
            found = {row["account"]: row for row in rows}
            before = sum(amount for day, amount in spent.items() if day < first)
            within = sum(amount for day, amount in spent.items() if first <= day <= last)
            costs, bank = found["6101"], found["551"]
            assert (costs["opening"], costs["debit"], costs["closing"]) == (
                euros(before), euros(within), euros(before + within),
            ), (first, last)  # fmt: skip
            assert (bank["opening"], bank["credit"], bank["closing"]) == (
                euros(-before), euros(within), euros(-before - within),
            ), (first, last)  # fmt: skip

    async def test_has_no_end_but_that_of_the_calendar(self, office: Office, spent: dict[date, int]) -> None:
        rows = await office.get("trial-balance", from_day="0001-01-01", until_day="9999-12-31")
        assert {row["account"]: row["closing"] for row in rows}["6101"] == euros(sum(spent.values()))

    async def test_reads_the_lines_of_its_days_by_their_index(self, office: Office, spent: dict[date, int]) -> None:
        plans: list[str] = []
        async with (uow := PostgresUnitOfWork(office.service.pool, office.tenant)):
            await uow.connection.execute("set local enable_seqscan = off")
            fetch = uow.connection.fetch

            async def explained(query: str, *arguments: object) -> list[Any]:
                plans.extend(row[0] for row in await fetch("explain " + query, *arguments))
                return []

            uow.reports._connection = type("Explaining", (), {"fetch": staticmethod(explained)})()
            await uow.reports.moved(office.association, YEAR[0], date(YEAR[0].year, 6, 20))
        (scan,) = [n for n, line in enumerate(plans) if "on entry_lines" in line]
        assert "lines_of_account" in plans[scan]
        assert all(column in plans[scan + 1] for column in ("association_id", "account", "dated"))


class TestALedger:
    async def test_goes_on_where_its_page_ended_also_within_a_day(self, office: Office) -> None:
        for number in range(1, 6):
            lines = debit("6101", f"{number}.00"), credit("551", f"{number}.00")
            await office.post("entries", entry(*lines, dated=PAST[0], text=f"Invoice {number}"))
        period = {"account": "551", "from_day": str(PAST[0]), "until_day": str(YEAR[1])}
        whole = await office.get("ledger", **period)
        assert sorted(line["text"] for line in whole) == [f"Invoice {number}" for number in range(1, 6)]
        assert await pages(office, "ledger", 2, **period) == whole


class TestOpenDemands:
    async def test_are_those_not_paid_whole_in_pages_by_their_day(self, office: Office) -> None:
        made = await office.post("calls-for-funds", call(part(amount="100.00")))
        await office.post("calls-for-funds", call(part(amount="200.00")))
        paid = (await office.get("demands", call_id=made["id"]))[0]
        await sends(office, statement(structured(paid)))
        everything = await office.get("demands")
        still_open = [one for one in everything if one["id"] != paid["id"]]
        assert len(still_open) == 5
        assert await pages(office, "demands", 2, open_only=True) == still_open
        assert await pages(office, "demands", 2) == everything
