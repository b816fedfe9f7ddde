"""What reports are made from. Whole months are read from where posting keeps them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.application import views, views_reports
from koprogo.finance.domain.account import Account, Fund
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.finance.domain.ledger import NumberedEntry
from koprogo.finance.domain.months import last_of
from koprogo.finance.domain.report import Moved, Result
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import euros
from koprogo.kit.database import Connection


class PostgresReports:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def accounts(self, association_id: UUID) -> Mapping[str, Account]:
        rows = await self._connection.fetch(
            "select code as account, names, is_heading from accounts where association_id = $1 order by code",
            association_id,
        )
        return {row["account"]: _account(row) for row in rows}

    async def year(self, association_id: UUID, year_id: UUID) -> tuple[date, date]:
        row = await self._connection.fetchrow(
            "select lower(days) as first, upper(days) - 1 as last from fiscal_years"
            " where association_id = $1 and id = $2",
            association_id,
            year_id,
        )
        if row is None:
            raise NotFound("There is no such financial year.")
        return row["first"], row["last"]

    async def year_on(self, association_id: UUID, day: date) -> tuple[date, date] | None:
        row = await self._connection.fetchrow(
            "select lower(days) as first, upper(days) - 1 as last from fiscal_years"
            " where association_id = $1 and days @> $2::date",
            association_id,
            day,
        )
        return (row["first"], row["last"]) if row is not None else None

    async def moved(self, association_id: UUID, from_day: date, until_day: date) -> Sequence[Moved]:
        """Whole months from where posting keeps them, the days of a month that is begun from its lines."""
        begun = _begun(from_day, until_day)
        rows = await self._connection.fetch(
            # The lines of one account at a time, by its index: never those of all years.
            """
            with moved as (
                select account, fund, month < $2 as earlier, debit, credit from account_months
                where association_id = $1 and month < date_trunc('month', $3::date + 1) and month <> all($4::date[])
                union all
                select a.code, l.fund, l.earlier, l.debit, l.credit
                from accounts a, unnest($4::date[], $5::date[]) b (first_day, last_day) cross join lateral (
                    select fund, dated < $2 as earlier, sum(greatest(amount, 0)) as debit,
                           sum(greatest(-amount, 0)) as credit
                    from entry_lines l where l.association_id = $1 and l.account = a.code
                      and l.dated between b.first_day and b.last_day
                    group by 1, 2) l
                where a.association_id = $1
            )
            select m.account, a.names, a.is_heading, m.fund, m.opening, m.debit, m.credit
            from (
                select account, fund, coalesce(sum(debit - credit) filter (where earlier), 0)::bigint as opening,
                       coalesce(sum(debit) filter (where not earlier), 0)::bigint as debit,
                       coalesce(sum(credit) filter (where not earlier), 0)::bigint as credit
                from moved group by account, fund) m
            join accounts a on a.association_id = $1 and a.code = m.account
            order by m.account, m.fund desc
            """,
            association_id,
            from_day,
            until_day,
            [first for first, _ in begun],
            [last for _, last in begun],
        )
        return [
            Moved(_account(r), Fund(r["fund"]), r["opening"], r["debit"], r["credit"])
            for r in rows
            if r["opening"] or r["debit"] or r["credit"]
        ]

    async def results(self, association_id: UUID, from_day: date, until_day: date) -> Sequence[Result]:
        rows = await self._connection.fetch(
            "select l.account, a.names, a.is_heading, l.fund, sum(l.amount)::bigint as amount from entry_lines l"
            " join entries e on e.id = l.entry_id"
            " join accounts a on a.association_id = l.association_id and a.code = l.account"
            " where l.association_id = $1 and l.dated between $2 and $3"
            " and (l.account like '6%' or l.account like '7%')"
            " and e.voucher_kind <> 'closing' group by l.account, a.names, a.is_heading, l.fund order by l.account",
            association_id,
            from_day,
            until_day,
        )
        return [Result(_account(r), Fund(r["fund"]), r["amount"]) for r in rows]

    async def postings(
        self, association_id: UUID, from_day: date, until_day: date, account: str | None
    ) -> Sequence[views_reports.Posting]:
        rows = await self._connection.fetch(
            "select l.account, l.fund, l.entry_id, l.dated, e.journal, e.number,"
            " coalesce(nullif(l.text, ''), e.text) as text, coalesce(p.name, '') as party_name,"
            " e.voucher_reference as voucher, l.amount"
            " from entry_lines l join entries e on e.id = l.entry_id"
            " left join parties p on p.association_id = l.association_id and p.id = l.party_id"
            " where l.association_id = $1 and l.dated between $2 and $3 and ($4::text is null or l.account = $4)"
            " order by l.account, l.fund desc, l.dated, l.entry_id, l.position",
            association_id,
            from_day,
            until_day,
            account,
        )
        return [
            views_reports.Posting(
                account=r["account"],
                fund=Fund(r["fund"]),
                entry_id=r["entry_id"],
                dated=r["dated"],
                journal=Journal(r["journal"]),
                number=r["number"],
                text=r["text"],
                party_name=r["party_name"],
                voucher=r["voucher"],
                amount=euros(r["amount"]),
            )
            for r in rows
        ]

    async def entries(self, association_id: UUID) -> Sequence[NumberedEntry]:
        lines: dict[UUID, list[Line]] = defaultdict(list)
        for r in await self._connection.fetch(
            "select entry_id, account, fund, amount, party_id, text from entry_lines where association_id = $1"
            " order by entry_id, position",
            association_id,
        ):
            lines[r["entry_id"]].append(
                Line(
                    account=r["account"],
                    amount=r["amount"],
                    fund=Fund(r["fund"]),
                    party_id=r["party_id"],
                    text=r["text"],
                )
            )
        rows = await self._connection.fetch(
            "select id, journal, number, dated, text, voucher_kind, voucher_reference, voucher_dated, reverses"
            " from entries where association_id = $1 order by dated, id",
            association_id,
        )
        return [
            NumberedEntry(
                Entry(
                    id=r["id"],
                    journal=Journal(r["journal"]),
                    dated=r["dated"],
                    text=r["text"],
                    voucher=Voucher(r["voucher_kind"], r["voucher_reference"], r["voucher_dated"]),
                    lines=tuple(lines[r["id"]]),
                    reverses=r["reverses"],
                ),
                r["number"],
            )
            for r in rows
        ]

    async def party_names(self, association_id: UUID) -> dict[UUID, str]:
        rows = await self._connection.fetch("select id, name from parties where association_id = $1", association_id)
        return {r["id"]: r["name"] for r in rows}

    async def owners(self, association_id: UUID, on: date) -> Sequence[views.OwnerBalance]:
        """The balance of today, less what is dated after the day."""
        rows = await self._connection.fetch(
            """
            select p.id, p.name, p.holder_ids,
                   coalesce(sum(b.amount) filter (where b.fund = 'working_capital'), 0)::bigint as working,
                   coalesce(sum(b.amount) filter (where b.fund = 'reserve_fund'), 0)::bigint as reserve
            from parties p left join (
                select party_id, fund, amount from party_balances where association_id = $1
                union all
                select party_id, fund, -amount from entry_lines
                where association_id = $1 and party_id is not null and dated > $2) b on b.party_id = p.id
            where p.association_id = $1 and p.kind = 'owner' group by p.id, p.name, p.holder_ids order by p.name, p.id
            """,
            association_id,
            on,
        )
        return [
            views.OwnerBalance(
                r["id"], r["name"], r["holder_ids"], euros(r["working"]), euros(r["reserve"]),
                euros(r["working"] + r["reserve"]),
            )
            for r in rows
        ]  # fmt: skip


def _account(row: asyncpg.Record) -> Account:
    return Account(row["account"], names_of(row["names"]), is_heading=row["is_heading"])


def _begun(from_day: date, until_day: date) -> list[tuple[date, date]]:
    """Of the months that begin before the period or end after it: their days until it ends or they do."""
    first, last = from_day.replace(day=1), until_day.replace(day=1)
    ends = until_day == last_of(last)
    found = [] if from_day == first and (first != last or ends) else [(first, min(until_day, last_of(first)))]
    return found if ends or first == last else [*found, (last, until_day)]
