"""Reads for screens of charge statements; what was stated is read as it was sent."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.adapters.postgres.statements import funds_of, lines_of
from koprogo.finance.adapters.postgres.withdrawals import withdrawal_of
from koprogo.finance.application import views_statements as views
from koprogo.finance.application.amounts import in_language
from koprogo.finance.domain.charge_statement import ChargeLine
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import euros
from koprogo.kernel.words import Language
from koprogo.kit.database import Connection

WORKS = """
select statement_id, works_id, (array_agg(titles))[1] as titles, sum(brought)::bigint as brought,
       sum(called)::bigint as called, sum(carried)::bigint as carried
from works_carried where statement_id = any($1::uuid[]) and ($2::uuid is null or party_id = $2)
group by statement_id, works_id order by min(decided_on), works_id
"""


class PostgresStatementScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def statements(
        self, association_id: UUID, limit: int, after: str | None, language: Language
    ) -> Sequence[views.ChargeStatementView]:
        rows = await self._connection.fetch(
            """
            select s.id, lower(s.period) as period_from, upper(s.period) - 1 as period_until, s.issued_on, s.due_on,
                   s.entry_id, w.withdrawn_on, w.reason as withdrawal_reason, w.entry_id as withdrawal_entry_id,
                   o.owners, o.charges, o.called, coalesce(d.open, 0)::bigint as open
            from charge_statements s left join withdrawals w on w.id = s.id
            cross join lateral (
                select count(*) as owners, coalesce(sum(charges), 0)::bigint as charges,
                       coalesce(sum(called), 0)::bigint as called
                from owner_statements o where o.statement_id = s.id) o
            cross join lateral (
                select sum(open_working_capital + open_reserve_fund) as open from demands d where d.call_id = s.id) d
            where s.association_id = $1 and ($3::text is null or s.id::text < $3) order by s.id desc limit $2
            """,
            association_id,
            limit,
            after,
        )
        works = await self._works([r["id"] for r in rows], None, language)
        return [
            views.ChargeStatementView(
                id=r["id"],
                period_from=r["period_from"],
                period_until=r["period_until"],
                issued_on=r["issued_on"],
                due_on=r["due_on"],
                owners=r["owners"],
                charges=euros(r["charges"]),
                called=euros(r["called"]),
                difference=euros(r["charges"] - r["called"]),
                open=euros(r["open"]),
                works=works[r["id"]],
                entry_id=r["entry_id"],
                withdrawal=withdrawal_of(r),
            )
            for r in rows
        ]

    async def check(self, association_id: UUID, statement_id: UUID) -> None:
        found = await self._connection.fetchval(
            "select exists(select from charge_statements where association_id = $1 and id = $2)",
            association_id,
            statement_id,
        )
        if not found:
            raise NotFound("There is no such charge statement.")

    async def owners(
        self, association_id: UUID, statement_id: UUID, limit: int, after: str | None, *, holders: Sequence[UUID] | None
    ) -> Sequence[views.OwnerStatementLine]:
        rows = await self._connection.fetch(
            """
            select o.party_id, p.name, o.charges, o.called, o.demand_id,
                   coalesce(d.open_working_capital + d.open_reserve_fund, 0)::bigint as open
            from owner_statements o join parties p on p.association_id = o.association_id and p.id = o.party_id
            left join demands d on d.id = o.demand_id
            where o.association_id = $1 and o.statement_id = $2 and ($5::uuid[] is null or p.holder_ids && $5)
              and ($4::text is null or (p.name, p.id) > (select x.name, x.id from parties x
                   where x.association_id = $1 and x.id::text = $4))
            order by p.name, p.id limit $3
            """,
            association_id,
            statement_id,
            limit,
            after,
            holders,
        )
        return [
            views.OwnerStatementLine(
                party_id=r["party_id"],
                party_name=r["name"],
                charges=euros(r["charges"]),
                called=euros(r["called"]),
                difference=euros(r["charges"] - r["called"]),
                open=euros(r["open"]),
                demand_id=r["demand_id"],
            )
            for r in rows
        ]

    async def owner(
        self,
        association_id: UUID,
        statement_id: UUID,
        party_id: UUID,
        language: Language,
        *,
        holders: Sequence[UUID] | None,
    ) -> views.OwnerStatementView:
        row = await self._connection.fetchrow(
            """
            select lower(s.period) as period_from, upper(s.period) - 1 as period_until, s.issued_on, s.due_on, p.name,
                   o.charges, o.called, o.account_balance, o.demand_id, o.lines, o.funds,
                   coalesce(d.communication, '') as communication, w.withdrawn_on, w.reason as withdrawal_reason,
                   w.entry_id as withdrawal_entry_id,
                   coalesce(d.open_working_capital + d.open_reserve_fund, 0)::bigint as open
            from owner_statements o join charge_statements s on s.id = o.statement_id
            left join withdrawals w on w.id = s.id
            join parties p on p.association_id = o.association_id and p.id = o.party_id
            left join demands d on d.id = o.demand_id
            where o.association_id = $1 and o.statement_id = $2 and o.party_id = $3
              and ($4::uuid[] is null or p.holder_ids && $4)
            """,
            association_id,
            statement_id,
            party_id,
            holders,
        )
        if row is None:
            raise NotFound("There is no such statement of this owner.")
        names = {
            r["code"]: in_language(names_of(r["names"]), language)
            for r in await self._connection.fetch(
                "select code, names from accounts where association_id = $1", association_id
            )
        }
        lines = lines_of(row["lines"])
        works = await self._works([statement_id], party_id, language)
        return views.OwnerStatementView(
            statement_id=statement_id,
            period_from=row["period_from"],
            period_until=row["period_until"],
            issued_on=row["issued_on"],
            party_id=party_id,
            party_name=row["name"],
            lines=[_line(line, names) for line in lines],
            charges=euros(row["charges"]),
            called=euros(row["called"]),
            difference=euros(row["charges"] - row["called"]),
            funds=[
                views.FundView(
                    fund=one.movement.fund,
                    opening=euros(one.movement.opening),
                    called=euros(one.movement.called),
                    spent=euros(one.movement.spent),
                    closing=euros(one.movement.closing),
                    own_part=euros(one.own_part),
                )
                for one in funds_of(row["funds"])
            ],
            account_balance=euros(row["account_balance"]),
            works=works[statement_id],
            occupant_total=euros(sum(line.occupant_part for line in lines)),
            demand_id=row["demand_id"],
            communication=row["communication"],
            due_on=row["due_on"],
            open=euros(row["open"]),
            withdrawal=withdrawal_of(row),
        )

    async def _works(
        self, statement_ids: Sequence[UUID], party_id: UUID | None, language: Language
    ) -> dict[UUID, list[views.WorksView]]:
        """Of all owners, or of one."""
        found: dict[UUID, list[views.WorksView]] = defaultdict(list)
        for r in await self._connection.fetch(WORKS, statement_ids, party_id):
            found[r["statement_id"]].append(
                views.WorksView(
                    works_id=r["works_id"],
                    title=in_language(names_of(r["titles"]), language),
                    brought=euros(r["brought"]),
                    called=euros(r["called"]),
                    set_off=euros(r["brought"] + r["called"] - r["carried"]),
                    carried=euros(r["carried"]),
                )
            )
        return found


def _line(line: ChargeLine, names: dict[str, str]) -> views.ChargeLineView:
    return views.ChargeLineView(
        account=line.account,
        account_name=names[line.account],
        label=line.label,
        dated=line.dated,
        whole=euros(line.whole),
        shares=line.shares,
        share_total=line.share_total,
        key_name=line.key_name,
        lot_id=line.lot_id,
        lot_number=line.lot_number,
        days=line.days,
        days_total=line.days_total,
        amount=euros(line.amount),
        occupant_percent=line.occupant_percent,
        occupant_part=euros(line.occupant_part),
    )
