"""Reads for screens of arrears; past days from the lines, which never change."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.adapters.postgres.payment_plans import PostgresPaymentPlans
from koprogo.finance.application import views_arrears as views
from koprogo.finance.domain.ageing import Balance
from koprogo.finance.domain.arrears import Level
from koprogo.finance.domain.privilege import YearDays, is_ending, privileged_until
from koprogo.kernel.money import euros
from koprogo.kit.database import Connection


class PostgresArrearsScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def balances(self, association_id: UUID, on: date) -> Sequence[Balance]:
        rows = await self._connection.fetch(
            """
            select l.party_id, p.name, d.due_on, l.amount
            from (select party_id, demand_id, sum(amount)::bigint as amount from entry_lines
                  where association_id = $1 and party_id is not null and account like '410%' and dated <= $2
                  group by party_id, demand_id having sum(amount) <> 0) l
            join parties p on p.association_id = $1 and p.id = l.party_id
            left join demands d on d.id = l.demand_id
            order by p.name, l.party_id
            """,
            association_id,
            on,
        )
        return [Balance(*row) for row in rows]

    async def privileges(self, association_id: UUID, on: date) -> Sequence[views.PrivilegeView]:
        years = [
            YearDays(*row)
            for row in await self._connection.fetch(
                "select lower(days), upper(days) - 1 from fiscal_years where association_id = $1", association_id
            )
        ]
        rows = await self._connection.fetch(
            """
            select d.id, d.party_id, p.name, c.titles, c.issued_on, l.amount
            from (select demand_id, sum(amount)::bigint as amount from entry_lines
                  where association_id = $1 and party_id is not null and demand_id is not null
                    and account like '410%' and dated <= $2
                  group by demand_id having sum(amount) > 0) l
            join demands d on d.id = l.demand_id join calls c on c.id = d.call_id
            join parties p on p.association_id = $1 and p.id = d.party_id
            order by c.issued_on, p.name, d.id
            """,
            association_id,
            on,
        )
        found = [
            views.PrivilegeView(
                demand_id=r["id"],
                party_id=r["party_id"],
                party_name=r["name"],
                titles=names_of(r["titles"]),
                issued_on=r["issued_on"],
                open=euros(r["amount"]),
                privileged_until=until,
                is_over=until < on,
            )
            for r in rows
            if is_ending(until := privileged_until(r["issued_on"], years), on)
        ]
        return sorted(found, key=lambda one: one.privileged_until)

    async def reminders(
        self, association_id: UUID, limit: int, after: str | None, party_id: UUID | None
    ) -> Sequence[views.ReminderView]:
        rows = await self._connection.fetch(
            """
            select r.id, r.party_id, p.name as party_name, r.level, r.sent_on, r.pay_until, r.open, r.cost, r.interest,
                   r.entry_id, r.is_taken_over, r.bank_checked_until,
                   array(select demand_id from reminder_demands d where d.reminder_id = r.id
                         order by demand_id) as demand_ids
            from reminders r join parties p on p.association_id = r.association_id and p.id = r.party_id
            where r.association_id = $1 and ($4::uuid is null or r.party_id = $4)
              and ($3::text is null or r.id::text < $3)
            order by r.id desc limit $2
            """,
            association_id,
            limit,
            after,
            party_id,
        )
        return [
            views.ReminderView(
                **{
                    **dict(r),
                    "level": Level(r["level"]),
                    "open": euros(r["open"]),
                    "cost": euros(r["cost"]),
                    "interest": euros(r["interest"]),
                    "total": euros(r["open"] + r["cost"] + r["interest"]),
                }
            )
            for r in rows
        ]

    async def disputes(self, association_id: UUID, demand_id: UUID) -> Sequence[views.DisputeView]:
        rows = await self._connection.fetch(
            "select id, reason, started_on, ended_on from disputes where association_id = $1 and demand_id = $2"
            " order by id",
            association_id,
            demand_id,
        )
        return [views.DisputeView(*row) for row in rows]

    async def payment_plans(
        self, association_id: UUID, limit: int, after: str | None, today: date
    ) -> Sequence[views.PaymentPlanView]:
        rows = await self._connection.fetch(
            "select p.id, o.name from payment_plans p"
            " join parties o on o.association_id = p.association_id and o.id = p.party_id"
            " where p.association_id = $1 and ($3::text is null or p.id::text < $3) order by p.id desc limit $2",
            association_id,
            limit,
            after,
        )
        names = {row["id"]: row["name"] for row in rows}
        plans = await PostgresPaymentPlans(self._connection).read(association_id, list(names))
        return [
            views.PaymentPlanView(
                id=plan.id,
                party_id=plan.party_id,
                party_name=names[plan.id],
                agreed_on=plan.agreed_on,
                ended_on=plan.ended_on,
                state=plan.state_on(today),
                amount=euros(plan.amount),
                settled=euros(plan.settled),
                due=euros(plan.due_by(today)),
                instalments=[views.InstalmentView(one.due_on, euros(one.amount)) for one in plan.instalments],
            )
            for plan in reversed(plans)
        ]
