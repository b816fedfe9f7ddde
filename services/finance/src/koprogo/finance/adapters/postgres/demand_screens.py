"""Reads for screens of what is called and owed; open amounts and balances are read from where posting keeps them."""

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.adapters.postgres.withdrawals import withdrawal_of
from koprogo.finance.application import views
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.call_for_funds import CallKind
from koprogo.finance.domain.reminder import CHARGE_TITLES
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import euros
from koprogo.kernel.words import Language
from koprogo.kit.database import Connection

# The page first, then what belongs to its rows.
DEMANDS = """
select d.id, d.call_id, d.reminder_id, c.titles, d.party_id, d.party_name, d.communication, d.due_on, d.working_capital,
       d.reserve_fund, d.open_working_capital + d.open_reserve_fund as open, d.disputed_since, w.withdrawn_on,
       (select coalesce(json_agg(json_build_object('lot_id', lot_id, 'lot_number', lot_number, 'labels', labels,
            'kind', kind, 'whole', whole, 'shares', shares, 'share_total', share_total, 'key_name', key_name,
            'amount', amount) order by position), '[]')
        from demand_lines l where l.demand_id = d.id) as lines
from (
    select d.id, d.call_id, d.reminder_id, d.party_id, p.name as party_name, d.communication, d.due_on,
           d.working_capital, d.reserve_fund, d.open_working_capital, d.open_reserve_fund, d.disputed_since
    from demands d join parties p on p.association_id = d.association_id and p.id = d.party_id
    where d.association_id = $1 and ($4::uuid is null or d.call_id = $4) {open}
      and ($5::uuid[] is null or p.holder_ids && $5)
      and ($3::text is null or (d.due_on, d.id) > (select x.due_on, x.id from demands x where x.id::text = $3))
    order by d.due_on, d.id limit $2) d
left join calls c on c.id = d.call_id
left join withdrawals w on w.id = d.call_id
order by d.due_on, d.id
"""


class PostgresDemandScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def calls(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.CallView]:
        rows = await self._connection.fetch(
            """
            select c.id, c.titles, lower(c.period) as period_from, upper(c.period) - 1 as period_until, c.issued_on,
                   c.due_on, c.decision, c.entry_id, c.budget_id, d.demands, d.working, d.reserve, d.open,
                   w.withdrawn_on, w.reason as withdrawal_reason, w.entry_id as withdrawal_entry_id
            from calls c left join withdrawals w on w.id = c.id cross join lateral (
                select count(*) as demands, sum(working_capital)::bigint as working,
                       sum(reserve_fund)::bigint as reserve,
                       sum(open_working_capital + open_reserve_fund)::bigint as open
                from demands d where d.call_id = c.id) d
            where c.association_id = $1 and c.decision is not null and ($3::text is null or c.id::text < $3)
            order by c.id desc limit $2
            """,
            association_id,
            limit,
            after,
        )
        return [
            views.CallView(
                id=r["id"],
                titles=names_of(r["titles"]),
                period_from=r["period_from"],
                period_until=r["period_until"],
                issued_on=r["issued_on"],
                due_on=r["due_on"],
                decision=msgspec.json.decode(r["decision"], type=views.DecisionView),
                demands=r["demands"],
                working_capital=euros(r["working"]),
                reserve_fund=euros(r["reserve"]),
                total=euros(r["working"] + r["reserve"]),
                open=euros(r["open"]),
                entry_id=r["entry_id"],
                budget_id=r["budget_id"],
                withdrawal=withdrawal_of(r),
            )
            for r in rows
        ]

    async def demands(
        self,
        association_id: UUID,
        limit: int,
        after: str | None,
        *,
        call_id: UUID | None,
        open_only: bool,
        holders: Sequence[UUID] | None,
    ) -> Sequence[views.DemandView]:
        # The condition of the index of open demands stands in the text: a plan made once for all values cannot use it.
        open_ = "and (d.open_working_capital <> 0 or d.open_reserve_fund <> 0)" if open_only else ""
        rows = await self._connection.fetch(DEMANDS.format(open=open_), association_id, limit, after, call_id, holders)
        return [_demand(row) for row in rows]

    async def owners(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.OwnerBalance]:
        rows = await self._connection.fetch(
            """
            select p.id, p.name, p.holder_ids,
                   coalesce(b.working, 0)::bigint as working, coalesce(b.reserve, 0)::bigint as reserve
            from parties p left join lateral (
                select sum(amount) filter (where fund = 'working_capital') as working,
                       sum(amount) filter (where fund = 'reserve_fund') as reserve
                from party_balances b where b.association_id = p.association_id and b.party_id = p.id) b on true
            where p.association_id = $1 and p.kind = 'owner'
              and ($3::text is null or (p.name, p.id) > (select x.name, x.id from parties x
                   where x.association_id = $1 and x.id::text = $3))
            order by p.name, p.id limit $2
            """,
            association_id,
            limit,
            after,
        )
        return [
            views.OwnerBalance(
                r["id"], r["name"], r["holder_ids"], euros(r["working"]), euros(r["reserve"]),
                euros(r["working"] + r["reserve"]),
            )
            for r in rows
        ]  # fmt: skip

    async def owed_on(
        self, association_id: UUID, on: date, party_ids: Sequence[UUID] | None
    ) -> Sequence[tuple[UUID, int, int]]:
        """The balances of today, less what is dated after the day."""
        rows = await self._connection.fetch(
            """
            select b.party_id,
                   coalesce(sum(b.amount - l.moved) filter (where b.fund = 'working_capital'), 0)::bigint as working,
                   coalesce(sum(b.amount - l.moved) filter (where b.fund = 'reserve_fund'), 0)::bigint as reserve
            from party_balances b cross join lateral (
                select coalesce(sum(amount), 0) as moved from entry_lines l
                where l.association_id = $1 and l.party_id = b.party_id and l.account = b.account and l.fund = b.fund
                  and l.dated > $2) l
            where b.association_id = $1 and b.account like '410%' and ($3::uuid[] is null or b.party_id = any($3))
            group by b.party_id order by b.party_id
            """,
            association_id,
            on,
            party_ids,
        )
        return [(row["party_id"], row["working"], row["reserve"]) for row in rows]

    async def owner_account(
        self, association_id: UUID, party_id: UUID, on: date, limit: int, holders: Sequence[UUID] | None
    ) -> views.OwnerAccount:
        """The balance of today, less what is dated after the day."""
        party = await self._connection.fetchrow(
            """
            select p.name,
                   (coalesce(b.working, 0) - coalesce(l.working, 0))::bigint as working,
                   (coalesce(b.reserve, 0) - coalesce(l.reserve, 0))::bigint as reserve
            from parties p
            left join lateral (
                select sum(amount) filter (where fund = 'working_capital') as working,
                       sum(amount) filter (where fund = 'reserve_fund') as reserve
                from party_balances where association_id = $1 and party_id = $2) b on true
            left join lateral (
                select sum(amount) filter (where fund = 'working_capital') as working,
                       sum(amount) filter (where fund = 'reserve_fund') as reserve
                from entry_lines where association_id = $1 and party_id = $2 and dated > $3) l on true
            where p.association_id = $1 and p.id = $2 and p.kind = 'owner'
              and ($4::uuid[] is null or p.holder_ids && $4)
            """,
            association_id,
            party_id,
            on,
            holders,
        )
        if party is None:
            raise NotFound("There is no such owner's account.")
        rows = await self._connection.fetch(
            "select l.entry_id, l.dated, coalesce(nullif(l.text, ''), e.text) as text, l.fund, l.amount,"
            " d.communication from entry_lines l join entries e on e.id = l.entry_id"
            " left join demands d on d.id = l.demand_id"
            " where l.association_id = $1 and l.party_id = $2 and l.dated <= $3"
            " order by l.dated desc, l.entry_id desc, l.position limit $4",
            association_id,
            party_id,
            on,
            limit,
        )
        return views.OwnerAccount(
            party_id=party_id,
            name=party["name"],
            on=on,
            working_capital=euros(party["working"]),
            reserve_fund=euros(party["reserve"]),
            balance=euros(party["working"] + party["reserve"]),
            movements=[
                views.Movement(
                    r["entry_id"], r["dated"], r["text"], Fund(r["fund"]), euros(r["amount"]), r["communication"]
                )
                for r in rows
            ],
        )

    async def letters(
        self, association_id: UUID, subject: str, limit: int, after: str | None
    ) -> Sequence[views.LetterView]:
        rows = await self._connection.fetch(
            "select document_id, dispatch_id, party_id, recipient, language, channel, status, proof, sha256, changed_at"
            " from letters where association_id = $1 and subject = $2 and ($4::text is null or document_id::text > $4)"
            " order by document_id limit $3",
            association_id,
            subject,
            limit,
            after,
        )
        return [views.LetterView(**{**dict(r), "language": Language(r["language"])}) for r in rows]


def _demand(row: asyncpg.Record) -> views.DemandView:
    return views.DemandView(
        id=row["id"],
        call_id=row["call_id"],
        reminder_id=row["reminder_id"],
        titles=names_of(row["titles"]) if row["titles"] else CHARGE_TITLES,
        party_id=row["party_id"],
        party_name=row["party_name"],
        communication=row["communication"],
        due_on=row["due_on"],
        working_capital=euros(row["working_capital"]),
        reserve_fund=euros(row["reserve_fund"]),
        total=euros(row["working_capital"] + row["reserve_fund"]),
        open=euros(row["open"]),
        disputed_since=row["disputed_since"],
        withdrawn_on=row["withdrawn_on"],
        lines=[
            views.DemandLineView(
                lot_id=UUID(line["lot_id"]),
                lot_number=line["lot_number"],
                labels={Language(language): text for language, text in line["labels"].items()},
                kind=CallKind(line["kind"]),
                whole=euros(line["whole"]),
                shares=line["shares"],
                share_total=line["share_total"],
                key_name=line["key_name"],
                amount=euros(line["amount"]),
            )
            for line in json.loads(row["lines"] or "[]")
        ],
    )
