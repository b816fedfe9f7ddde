"""Years of movements of an association, written into finance's database in bulk with every trigger at work."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from koprogo.kit.database import UnitOfWork

ENTRIES_A_YEAR = 20_000
PAYMENTS_A_DEMAND = 4
SUPPLIERS = 40
WORKING, RESERVE = "working_capital", "reserve_fund"
WORKING_CENTS, RESERVE_CENTS = 30_000, 3_000
"""Of each demand."""
LEFT_OPEN = 60
"""Of the last call; of each earlier one, one demand is never paid."""


class Line(NamedTuple):
    account: str
    fund: str
    amount: int
    party_id: UUID | None = None
    demand_id: UUID | None = None


class Entry(NamedTuple):
    dated: date
    journal: str
    lines: Sequence[Line]
    id: UUID


class Call(NamedTuple):
    id: UUID
    entry_id: UUID
    issued_on: date
    demands: Sequence[tuple[UUID, UUID]]
    """Demand and party."""


_count = itertools.count(1)


def id_of(day: date) -> UUID:
    """In the order of days, as ids that are made on their day are."""
    milliseconds = int(datetime.combine(day, time(12), UTC).timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62 | next(_count))


def calls_of(year: int, owners: Sequence[UUID]) -> list[Call]:
    days = [date(year, month, 5) for month in (1, 4, 7, 10)]
    return [Call(id_of(day), id_of(day), day, [(id_of(day), owner) for owner in owners]) for day in days]


def entries_of(year: int, calls: Sequence[Call], suppliers: Sequence[UUID], last: date) -> list[Entry]:
    """In the order of their days: calls, payments of owners, invoices and their payments, none after `last`."""
    found = [Entry(call.issued_on, "calls", list(_called(call)), call.entry_id) for call in calls]
    for call in calls:
        left = LEFT_OPEN if call.issued_on.month == 10 and year == last.year else 1
        for number, (demand, owner) in enumerate(call.demands[left:]):
            for part in range(PAYMENTS_A_DEMAND):
                day = min(call.issued_on + timedelta(days=1 + (number + part * 10) % 45), last)
                found.append(Entry(day, "bank", _paid(demand, owner), id_of(day)))
    days = (last - date(year, 1, 1)).days
    for number in range((ENTRIES_A_YEAR - len(found)) // 2):
        supplier, amount = suppliers[number % len(suppliers)], 5_000 + number
        day = date(year, 1, 1) + timedelta(days=number % (days - 14))
        invoice = [Line("6101", WORKING, amount), Line("440", WORKING, -amount, supplier)]
        payment = [Line("440", WORKING, amount, supplier), Line("551", WORKING, -amount)]
        found.append(Entry(day, "purchases", invoice, id_of(day)))
        found.append(Entry(day + timedelta(days=14), "bank", payment, id_of(day + timedelta(days=14))))
    return sorted(found, key=lambda entry: entry.id)


def _called(call: Call) -> Iterator[Line]:
    for demand, owner in call.demands:
        yield Line("4101", WORKING, WORKING_CENTS, owner, demand)
        yield Line("4100", RESERVE, RESERVE_CENTS, owner, demand)
    yield Line("7010", WORKING, -WORKING_CENTS * len(call.demands))
    yield Line("700", RESERVE, -RESERVE_CENTS * len(call.demands))


def _paid(demand: UUID, owner: UUID) -> list[Line]:
    working, reserve = WORKING_CENTS // PAYMENTS_A_DEMAND, RESERVE_CENTS // PAYMENTS_A_DEMAND
    return [
        Line("551", WORKING, working + reserve),
        Line("4101", WORKING, -working, owner, demand),
        Line("580", WORKING, -reserve),
        Line("580", RESERVE, reserve),
        Line("4100", RESERVE, -reserve, owner, demand),
    ]


async def seed(uow: UnitOfWork, association: UUID, years: int, last: date) -> int:
    """Years up to that of `last`, whose financial year is open and whose owners are known. Returns the entries."""
    count = 0
    owners, suppliers = await _parties(uow, association)
    for year in range(last.year - years + 1, last.year + 1):
        calls = calls_of(year, owners)
        entries = entries_of(year, calls, suppliers, min(last, date(year, 12, 31)))
        async with uow:
            await _write_calls(uow, association, calls)
            await _write_entries(uow, association, await _year(uow, association, year), entries)
        count += len(entries)
    return count


async def _parties(uow: UnitOfWork, association: UUID) -> tuple[list[UUID], list[UUID]]:
    suppliers = [id_of(date(2000, 1, 1)) for _ in range(SUPPLIERS)]
    async with uow:
        rows = await uow.connection.fetch(
            "select id from parties where association_id = $1 and kind = 'owner' order by name", association
        )
        await uow.connection.execute(
            "insert into parties (id, association_id, kind, name)"
            " select id, $1, 'supplier', 'Supplier ' || n from unnest($2::uuid[]) with ordinality s (id, n)",
            association,
            suppliers,
        )
    return [row["id"] for row in rows], suppliers


async def _year(uow: UnitOfWork, association: UUID, year: int) -> UUID:
    first, last = date(year, 1, 1), date(year, 12, 31)
    found: UUID | None = await uow.connection.fetchval(
        "select id from fiscal_years where association_id = $1 and days @> $2::date", association, first
    )
    if found is None:
        found = id_of(first)
        await uow.connection.execute(
            "insert into fiscal_years (id, association_id, days, state, proposed_by)"
            " values ($1, $2, daterange($3, $4, '[]'), 'open', $1)",
            found,
            association,
            first,
            last,
        )
    return found


async def _write_calls(uow: UnitOfWork, association: UUID, calls: Sequence[Call]) -> None:
    for call in calls:
        await uow.connection.execute(
            "insert into calls (id, association_id, titles, issued_on, due_on, decision, entry_id)"
            """ values ($1, $2, '{"fr": "Appel"}', $3, $3::date + 30,"""
            """ '{"decided_on": "2020-01-01", "item_number": 1, "titles": {"fr": "Budget"}}', $4)""",
            call.id,
            association,
            call.issued_on,
            call.entry_id,
        )
        demands, owners = zip(*call.demands, strict=True)
        await uow.connection.execute(
            "insert into demands (id, association_id, call_id, party_id, communication, due_on, working_capital,"
            " reserve_fund) select id, $1, $2, party, right(replace(id::text, '-', ''), 12), $3::date + 30, $6, $7"
            " from unnest($4::uuid[], $5::uuid[]) d (id, party)",
            association,
            call.id,
            call.issued_on,
            demands,
            owners,
            WORKING_CENTS,
            RESERVE_CENTS,
        )
        await uow.connection.execute(
            "insert into demand_lines (demand_id, position, lot_id, lot_number, labels, kind, whole, shares,"
            " share_total, amount)"
            """ select id, n, party, '1', '{"fr": "Charges"}', kind, amount * 400, 25, 10000, amount"""
            " from unnest($1::uuid[], $2::uuid[]) d (id, party),"
            " (values (0, 'provisions', $3::bigint), (1, 'reserve_fund', $4)) l (n, kind, amount)",
            demands,
            owners,
            WORKING_CENTS,
            RESERVE_CENTS,
        )


async def _write_entries(uow: UnitOfWork, association: UUID, year: UUID, entries: Sequence[Entry]) -> None:
    connection = uow.connection
    await connection.execute(
        "insert into entries (id, association_id, fiscal_year_id, journal, number, dated, text, voucher_kind,"
        " voucher_reference, voucher_dated)"
        " select id, $1, $2, e.journal, coalesce(before.last, 0)"
        " + row_number() over (partition by e.journal order by n), dated, 'Movement ' || n, 'other', n::text, dated"
        " from unnest($3::uuid[], $4::text[], $5::date[]) with ordinality e (id, journal, dated, n)"
        " left join (select journal, max(number) as last from entries where fiscal_year_id = $2 group by journal)"
        " before on before.journal = e.journal order by e.n",
        association,
        year,
        *zip(*((entry.id, entry.journal, entry.dated) for entry in entries), strict=True),
    )
    lines = [(entry.id, position, entry.dated, *line) for entry in entries for position, line in enumerate(entry.lines)]
    await connection.execute(
        "insert into entry_lines (association_id, entry_id, position, dated, account, fund, amount, party_id,"
        " demand_id) select $1, l.* from unnest($2::uuid[], $3::int[], $4::date[], $5::text[], $6::text[],"
        " $7::bigint[], $8::uuid[], $9::uuid[]) l",
        association,
        *zip(*lines, strict=True),
    )
