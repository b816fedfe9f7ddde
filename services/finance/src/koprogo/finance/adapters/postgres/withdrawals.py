from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from koprogo.finance.adapters.postgres.calls import DEMAND, demand_of
from koprogo.finance.application.views import WithdrawalView
from koprogo.finance.domain.settling import OpenDemand
from koprogo.finance.domain.withdrawal import ToWithdraw, Withdrawal
from koprogo.kernel.errors import NotFound
from koprogo.kit.database import Connection

MARKED = ("calls set is_withdrawn = true where id", "charge_statements set is_withdrawn = true where id",
          "transfer_settlements set is_withdrawn = true where call_id")  # fmt: skip


class PostgresWithdrawals:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def call(self, association_id: UUID, call_id: UUID) -> ToWithdraw:
        row = await self._connection.fetchrow(
            "select id, entry_id, is_withdrawn from calls"
            " where association_id = $1 and id = $2 and decision is not null",
            association_id,
            call_id,
        )
        if row is None:
            raise NotFound("There is no such call for funds.")
        return ToWithdraw(**dict(row))

    async def statement(self, association_id: UUID, statement_id: UUID) -> ToWithdraw:
        row = await self._connection.fetchrow(
            "select id, entry_id, is_withdrawn from charge_statements where association_id = $1 and id = $2",
            association_id,
            statement_id,
        )
        if row is None:
            raise NotFound("There is no such charge statement.")
        return ToWithdraw(**dict(row))

    async def settlement(self, association_id: UUID, lot_id: UUID, on: date) -> ToWithdraw:
        row = await self._connection.fetchrow(
            "select c.id, c.entry_id from transfer_settlements s join calls c on c.id = s.call_id"
            " where s.association_id = $1 and s.lot_id = $2 and s.transferred_on = $3 and not s.is_withdrawn",
            association_id,
            lot_id,
            on,
        )
        if row is None:
            raise NotFound("No settlement of this transfer stands.")
        return ToWithdraw(**dict(row))

    async def is_brought_forward(self, association_id: UUID, statement_id: UUID) -> bool:
        found: bool = await self._connection.fetchval(
            "select exists(select from charge_statements s join charge_statements later"
            " on later.association_id = s.association_id and later.period >> s.period and not later.is_withdrawn"
            " join works_carried w on w.statement_id = s.id and w.carried <> w.brought"
            " where s.association_id = $1 and s.id = $2)",
            association_id,
            statement_id,
        )
        return found

    async def is_stated(self, association_id: UUID, day: date) -> bool:
        found: bool = await self._connection.fetchval(
            "select exists(select from charge_statements"
            " where association_id = $1 and period @> $2::date and not is_withdrawn)",
            association_id,
            day,
        )
        return found

    async def withdrawn(self, demand_ids: Sequence[UUID]) -> frozenset[UUID]:
        rows = await self._connection.fetch(
            "select d.id from demands d join calls c on c.id = d.call_id"
            " where d.id = any($1::uuid[]) and c.is_withdrawn",
            demand_ids,
        )
        return frozenset(row["id"] for row in rows)

    async def demands(self, association_id: UUID, call_id: UUID) -> Sequence[OpenDemand]:
        rows = await self._connection.fetch(
            DEMAND + " where d.association_id = $1 and d.call_id = $2 order by d.id", association_id, call_id
        )
        return [demand_of(row) for row in rows]

    async def add(self, association_id: UUID, withdrawal: Withdrawal) -> None:
        await self._connection.execute(
            "insert into withdrawals (id, association_id, reason, withdrawn_on, withdrawn_by, entry_id)"
            " values ($1, $2, $3, $4, $5, $6)",
            withdrawal.id,
            association_id,
            withdrawal.reason,
            withdrawal.on,
            withdrawal.by,
            withdrawal.entry_id,
        )
        for marked in MARKED:
            await self._connection.execute(f"update {marked} = $1", withdrawal.id)

    async def beyond_demands(self, association_id: UUID, party_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        rows = await self._connection.fetch(
            """
            select b.party_id, (b.amount - coalesce(d.open, 0))::bigint as beyond
            from (select party_id, sum(amount) as amount from party_balances
                  where association_id = $1 and account like '410%' and party_id = any($2::uuid[])
                  group by party_id) b
            left join (select party_id, sum(open_working_capital + open_reserve_fund) as open from demands
                       where association_id = $1 and (open_working_capital <> 0 or open_reserve_fund <> 0)
                       group by party_id) d on d.party_id = b.party_id
            """,
            association_id,
            party_ids,
        )
        return {row["party_id"]: row["beyond"] for row in rows}

    async def settled_by_credit(
        self, association_id: UUID, party_ids: Sequence[UUID]
    ) -> Mapping[UUID, Sequence[tuple[OpenDemand, int]]]:
        settled = {
            row["demand_id"]: row["settled"]
            for row in await self._connection.fetch(
                """
                select l.demand_id, -sum(l.amount)::bigint as settled
                from entry_lines l join entries e on e.id = l.entry_id join demands d on d.id = l.demand_id
                left join calls c on c.id = d.call_id
                where l.association_id = $1 and l.party_id = any($2::uuid[]) and l.account like '410%'
                  and e.voucher_kind = 'settlement' and not coalesce(c.is_withdrawn, false)
                group by l.demand_id having sum(l.amount) < 0
                """,
                association_id,
                party_ids,
            )
        }
        rows = await self._connection.fetch(
            DEMAND + " where d.association_id = $1 and d.id = any($2::uuid[])", association_id, list(settled)
        )
        found: dict[UUID, list[tuple[OpenDemand, int]]] = defaultdict(list)
        for row in rows:
            found[row["party_id"]].append((demand_of(row), settled[row["id"]]))
        return found


def withdrawal_of(row: asyncpg.Record) -> WithdrawalView | None:
    """From a row with the columns of `withdrawals`, where there is one."""
    if row["withdrawn_on"] is None:
        return None
    return WithdrawalView(row["withdrawn_on"], row["withdrawal_reason"], row["withdrawal_entry_id"])
