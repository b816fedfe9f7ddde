from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from koprogo.finance.domain.payment_plan import Instalment, PaymentPlan, PlanRuns
from koprogo.kernel.errors import NotFound
from koprogo.kit.database import Connection


class PostgresPaymentPlans:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def running(self, association_id: UUID) -> Mapping[UUID, PaymentPlan]:
        """By owner."""
        rows = await self._connection.fetch(
            "select id from payment_plans where association_id = $1 and ended_on is null", association_id
        )
        return {plan.party_id: plan for plan in await self.read(association_id, [row["id"] for row in rows])}

    async def running_of(self, association_id: UUID, party_id: UUID) -> PaymentPlan | None:
        return (await self.running(association_id)).get(party_id)

    async def get(self, association_id: UUID, plan_id: UUID) -> PaymentPlan:
        found = await self.read(association_id, [plan_id])
        if not found:
            raise NotFound("There is no such payment plan.")
        return found[0]

    async def read(self, association_id: UUID, plan_ids: Sequence[UUID]) -> Sequence[PaymentPlan]:
        """In the order of their ids. What is settled is what its demands have lost since it began."""
        rows = await self._connection.fetch(
            """
            select p.id, p.party_id, p.agreed_on, p.ended_on, (p.amount - coalesce((
                select sum(d.open_working_capital + d.open_reserve_fund)
                from payment_plan_demands pd join demands d on d.id = pd.demand_id where pd.plan_id = p.id), 0)
                )::bigint as settled
            from payment_plans p where p.association_id = $1 and p.id = any($2::uuid[]) order by p.id
            """,
            association_id,
            plan_ids,
        )
        instalments: dict[UUID, list[Instalment]] = defaultdict(list)
        for row in await self._connection.fetch(
            "select plan_id, due_on, amount from instalments where plan_id = any($1::uuid[]) order by due_on", plan_ids
        ):
            instalments[row["plan_id"]].append(Instalment(row["due_on"], row["amount"]))
        return [
            PaymentPlan(
                id=r["id"],
                party_id=r["party_id"],
                agreed_on=r["agreed_on"],
                instalments=tuple(instalments[r["id"]]),
                settled=r["settled"],
                ended_on=r["ended_on"],
            )
            for r in rows
        ]

    async def add(self, association_id: UUID, plan: PaymentPlan, demand_ids: Sequence[UUID], *, by: UUID) -> None:
        try:
            await self._connection.execute(
                "insert into payment_plans (id, association_id, party_id, agreed_on, agreed_by, amount)"
                " values ($1, $2, $3, $4, $5, $6)",
                plan.id,
                association_id,
                plan.party_id,
                plan.agreed_on,
                by,
                plan.amount,
            )
        except asyncpg.UniqueViolationError as twice:
            raise PlanRuns("A payment plan with this id is there already.", field="id") from twice
        await self._connection.executemany(
            "insert into instalments (plan_id, due_on, amount) values ($1, $2, $3)",
            [(plan.id, one.due_on, one.amount) for one in plan.instalments],
        )
        await self._connection.executemany(
            "insert into payment_plan_demands (plan_id, demand_id) values ($1, $2)",
            [(plan.id, demand_id) for demand_id in demand_ids],
        )

    async def end(self, plan_id: UUID, *, on: date, by: UUID) -> None:
        await self._connection.execute(
            "update payment_plans set ended_on = $2, ended_by = $3 where id = $1 and ended_on is null", plan_id, on, by
        )
