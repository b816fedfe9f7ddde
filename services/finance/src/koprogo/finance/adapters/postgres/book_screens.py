"""Reads for screens: one or two statements each. Balances are read from where posting keeps them."""

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from koprogo.finance.adapters.postgres.books import BooksNotOpen, names_of
from koprogo.finance.application import views
from koprogo.finance.domain.account import Account, Fund
from koprogo.finance.domain.chart_template import TRANSFERS, ReserveClass
from koprogo.finance.domain.fiscal_year import YearState
from koprogo.finance.domain.journal import Journal
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import euros
from koprogo.kit.database import Connection

ENTRY = """
select e.id, e.journal, lower(y.days) as year, e.number, e.dated, e.text, e.voucher_kind, e.voucher_reference,
       e.voucher_dated, e.voucher_document_id, e.posted_at, e.reverses, r.id as reversed_by,
       (select sum(amount) from entry_lines l where l.entry_id = e.id and amount > 0)::bigint as amount
from entries e join fiscal_years y on y.id = e.fiscal_year_id left join entries r on r.reverses = e.id
"""


ENTRIES_PAGE = """
where e.association_id = $1
  and ($3::text is null or (e.dated, e.id) <
       (select x.dated, x.id from entries x where x.association_id = $1 and x.id::text = $3))
  and ($4::text is null or e.journal = $4) and ($5::uuid is null or e.fiscal_year_id = $5)
order by e.dated desc, e.id desc limit $2
"""


class PostgresBookScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def books(self, association_id: UUID) -> views.BooksView:
        row = await self._connection.fetchrow(
            """
            select b.chart_version, b.reserve_class, b.statutes_clause, b.reminder_cost, b.version,
                   b.provisional_acceptance,
                   (select coalesce(sum(debit - credit), 0) from account_months m where m.association_id = $1
                    and m.account = $2 and m.fund = 'reserve_fund')::bigint as to_transfer,
                   coalesce((select json_agg(json_build_object('id', id, 'first_day', lower(days),
                        'last_day', upper(days) - 1, 'state', state) order by days)
                        from fiscal_years where association_id = $1), '[]') as years,
                   coalesce((select json_agg(json_build_object('id', a.id, 'iban', iban, 'holder', holder,
                        'fund', fund, 'account', account, 'balance',
                        (select coalesce(sum(debit - credit), 0) from account_months m
                         where m.association_id = $1 and m.account = a.account)) order by account)
                        from bank_accounts a where association_id = $1), '[]') as bank_accounts
            from books b where b.association_id = $1
            """,
            association_id,
            TRANSFERS,
        )
        if row is None:
            raise BooksNotOpen("Open the books of this association first.")
        return views.BooksView(
            chart_version=row["chart_version"],
            reserve_class=ReserveClass(row["reserve_class"]),
            statutes_clause=row["statutes_clause"],
            reminder_cost=euros(row["reminder_cost"]),
            provisional_acceptance=row["provisional_acceptance"],
            years=[
                views.YearView(
                    UUID(y["id"]), date.fromisoformat(y["first_day"]), date.fromisoformat(y["last_day"]),
                    YearState(y["state"]),
                )
                for y in json.loads(row["years"])
            ],
            bank_accounts=[
                views.BankAccountView(
                    UUID(a["id"]), a["iban"], a["holder"], Fund(a["fund"]), a["account"], euros(a["balance"])
                )
                for a in json.loads(row["bank_accounts"])
            ],
            to_transfer=euros(row["to_transfer"]),
            version=row["version"],
        )  # fmt: skip

    async def accounts(self, association_id: UUID) -> Sequence[views.AccountView]:
        rows = await self._connection.fetch(
            "select code, names, fund, is_heading from accounts where association_id = $1 order by code", association_id
        )
        return [
            views.AccountView(
                r["code"],
                names_of(r["names"]),
                Account(r["code"], {}).side,
                Fund(r["fund"]) if r["fund"] else None,
                r["is_heading"],
            )
            for r in rows
        ]

    async def entries(
        self, association_id: UUID, limit: int, after: str | None, journal: Journal | None, year_id: UUID | None
    ) -> Sequence[views.EntryLine]:
        rows = await self._connection.fetch(
            ENTRY + ENTRIES_PAGE,
            association_id,
            limit,
            after,
            journal,
            year_id,
        )
        return [_entry_line(row) for row in rows]

    async def entry(self, association_id: UUID, entry_id: UUID) -> views.EntryView:
        row = await self._connection.fetchrow(
            ENTRY + " where e.association_id = $1 and e.id = $2", association_id, entry_id
        )
        if row is None:
            raise NotFound("There is no such entry.")
        lines = await self._connection.fetch(
            "select l.account, l.amount, l.fund, l.party_id, coalesce(p.name, '') as party_name, l.text, l.key_id,"
            " l.occupant_percent from entry_lines l"
            " left join parties p on p.association_id = l.association_id and p.id = l.party_id"
            " where l.entry_id = $1 order by l.position",
            entry_id,
        )
        return views.EntryView(
            entry=_entry_line(row),
            voucher_dated=row["voucher_dated"],
            voucher_document_id=row["voucher_document_id"],
            posted_at=row["posted_at"],
            lines=[
                views.EntryLineView(
                    account=r["account"],
                    debit=euros(r["amount"]) if r["amount"] > 0 else None,
                    credit=euros(-r["amount"]) if r["amount"] < 0 else None,
                    fund=Fund(r["fund"]),
                    party_id=r["party_id"],
                    party_name=r["party_name"],
                    text=r["text"],
                    allocation_key_id=r["key_id"],
                    occupant_percent=r["occupant_percent"],
                )
                for r in lines
            ],
        )

    async def ledger(
        self, association_id: UUID, account: str, from_day: date, until_day: date, limit: int, after: str | None
    ) -> Sequence[views.LedgerLine]:
        """`after` is the place of the last line read: day, entry and position."""
        day, entry_id, position = after.split("/") if after and after.count("/") == 2 else (None, None, None)
        rows = await self._connection.fetch(
            """
            select l.entry_id, l.position, l.dated, e.journal, e.number, coalesce(nullif(l.text, ''), e.text) as text,
                   coalesce(p.name, '') as party_name, l.amount
            from (
                select association_id, entry_id, position, dated, text, party_id, amount from entry_lines
                where association_id = $1 and account = $2 and dated between $3 and $4
                  and ($6::text is null
                       or (dated, entry_id::text, position) > ($6::text::date, $7::text, $8::text::int))
                order by dated, entry_id::text, position limit $5) l
            join entries e on e.id = l.entry_id
            left join parties p on p.association_id = l.association_id and p.id = l.party_id
            order by l.dated, l.entry_id::text, l.position
            """,
            association_id,
            account,
            from_day,
            until_day,
            limit,
            day,
            entry_id,
            position,
        )
        return [
            views.LedgerLine(
                r["entry_id"], r["position"], r["dated"], Journal(r["journal"]), r["number"], r["text"],
                r["party_name"], euros(r["amount"]),
            )
            for r in rows
        ]  # fmt: skip


def _entry_line(row: asyncpg.Record) -> views.EntryLine:
    return views.EntryLine(
        id=row["id"],
        journal=Journal(row["journal"]),
        year=row["year"],
        number=row["number"],
        dated=row["dated"],
        text=row["text"],
        amount=euros(row["amount"]),
        voucher_kind=row["voucher_kind"],
        voucher_reference=row["voucher_reference"],
        reverses=row["reverses"],
        reversed_by=row["reversed_by"],
    )
