"""Reads for screens of budgets: planned, voted, called and spent."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.adapters.postgres.budgets import CALLED, read_budget, spent_of, taken_of
from koprogo.finance.application import views_budgets as views
from koprogo.finance.application.views import DecisionView
from koprogo.finance.domain.budget import Budget, BudgetKind, BudgetState
from koprogo.finance.domain.call_for_funds import Decision
from koprogo.finance.domain.decisions import OF_BUDGET, RESERVE_FUND_WAIVER
from koprogo.finance.domain.reserve_floor import is_ordinary, reserve_floor
from koprogo.finance.domain.variance import Figures, compare, total
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import euros
from koprogo.kit.database import Connection

REPLACED_BY = """
select b.id, o.id as replaced_by from budgets b join budgets o on o.association_id = b.association_id
    and o.days && b.days and o.kind = 'ordinary' and o.state = 'adopted'
where b.association_id = $1 and b.state = 'replaced' order by o.id
"""
SUMMARY = """
select b.id, b.kind, b.titles, lower(b.days) as first_day, upper(b.days) - 1 as last_day, b.state, b.decision,
       b.reserve, b.convened_on, b.version,
       (select coalesce(sum(amount), 0) from budget_lines l where l.budget_id = b.id)::bigint as total
from budgets b
where b.association_id = $1 and ($3::text is null or b.id::text < $3) order by b.id desc limit $2
"""
BEFORE = """
select b.provisional_acceptance, upper(y.days) - 1 as last_day,
       exists (
           select from decisions d
           where d.association_id = $1 and d.adopted and d.nature = $3
             and (exists (select from budgets o where o.association_id = $1 and d.about = $4 || o.id::text
                          and o.days && (select days from budgets where id = $2))
                  or (d.about = '' and d.meeting_id = (
                          select t.meeting_id from decisions t join budgets v on t.id = (v.decision ->> 'id')::uuid
                          where v.id = $2)))) as waived,
       (select coalesce(json_object_agg(account, amount), '{}') from (
           select l.account, sum(l.amount)::bigint as amount
           from entry_lines l join entries e on e.id = l.entry_id
           where l.association_id = $1 and l.account like '6%' and l.fund = 'working_capital'
             and l.dated between lower(y.days) and upper(y.days) - 1 and e.voucher_kind <> 'closing'
           group by l.account) charged) as charged
from books b left join fiscal_years y on y.association_id = b.association_id
    and upper(y.days) = (select lower(days) from budgets where id = $2)
where b.association_id = $1
"""
"""What the floor of R121 is made of: a waiver names a budget of that year, or was voted with this one."""


class PostgresBudgetScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def budgets(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.BudgetSummary]:
        rows = await self._connection.fetch(SUMMARY, association_id, limit, after)
        replaced_by = await self._replaced_by(association_id)
        return [_summary_of(row, replaced_by.get(row["id"])) for row in rows]

    async def budget(self, association_id: UUID, budget_id: UUID) -> views.BudgetView:
        budget = await self._budget(association_id, budget_id)
        content = budget.content
        return views.BudgetView(
            budget=views.BudgetSummary(
                id=budget.id,
                kind=budget.kind,
                titles=content.titles,
                first_day=content.first_day,
                last_day=content.last_day,
                state=budget.state,
                decision=None if budget.decision is None else _decision(budget.decision),
                total=euros(content.total),
                reserve_contribution=euros(content.reserve),
                convened_on=budget.convened_on,
                replaced_by=(await self._replaced_by(association_id)).get(budget_id),
                version=budget.version,
            ),
            lines=[
                views.BudgetLineView(line.account, line.key_id, euros(line.amount), line.labels, line.occupant_percent)
                for line in content.lines
            ],
            reserve_floor=await self._floor(association_id, budget),
            schedule=budget.schedule,
            called_until=await self._connection.fetchval("select max(upper(period)) - 1 from" + CALLED, budget_id),
        )

    async def _replaced_by(self, association_id: UUID) -> dict[UUID, UUID]:
        rows = await self._connection.fetch(REPLACED_BY, association_id)
        return {row["id"]: row["replaced_by"] for row in rows}

    async def _budget(self, association_id: UUID, budget_id: UUID) -> Budget:
        budget = await read_budget(self._connection, association_id, budget_id, lock=False)
        if budget is None:
            raise NotFound("There is no such budget.")
        return budget

    async def _floor(self, association_id: UUID, budget: Budget) -> views.ReserveFloorView | None:
        if budget.kind is not BudgetKind.ORDINARY:
            return None
        row = await self._connection.fetchrow(BEFORE, association_id, budget.id, RESERVE_FUND_WAIVER, OF_BUDGET)
        assert row is not None
        charged = msgspec.json.decode(row["charged"], type=dict[str, int])
        floor = reserve_floor(
            budget.content.reserve,
            last_day=budget.content.last_day,
            charges=None
            if row["last_day"] is None
            else sum(amount for account, amount in charged.items() if is_ordinary(account)),
            acceptance=row["provisional_acceptance"],
            waived=row["waived"],
        )
        return views.ReserveFloorView(
            floor.status,
            None if floor.charges is None else euros(floor.charges),
            None if floor.floor is None else euros(floor.floor),
        )

    async def variance(self, association_id: UUID, budget_id: UUID) -> views.VarianceView:
        budget = await self._budget(association_id, budget_id)
        compared = compare(budget.content, await spent_of(self._connection, association_id, budget))
        names = {
            r["code"]: names_of(r["names"])
            for r in await self._connection.fetch(
                "select code, names from accounts where association_id = $1 and code = any($2::text[])",
                association_id,
                [one.place[0] for one in compared],
            )
        }
        return views.VarianceView(
            budget_id=budget_id,
            first_day=budget.content.first_day,
            last_day=budget.content.last_day,
            year=_figures(total(one.year for one in compared)),
            lines=[
                views.VarianceLine(
                    account=one.place[0],
                    names=names[one.place[0]],
                    allocation_key_id=one.place[1],
                    year=_figures(one.year),
                    months=[views.MonthView(month, _figures(figures)) for month, figures in one.months.items()],
                )
                for one in compared
            ],
        )

    async def decisions(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.TakenView]:
        rows = await self._connection.fetch(
            "select id, association_id, meeting_id, decision, nature, adopted, about from decisions"
            " where association_id = $1 and ($3::text is null or id::text < $3) order by id desc limit $2",
            association_id,
            limit,
            after,
        )
        return [
            views.TakenView(_decision(one.decision), one.meeting_id, one.nature, one.adopted, one.about)
            for one in map(taken_of, rows)
        ]


def _summary_of(row: asyncpg.Record, replaced_by: UUID | None) -> views.BudgetSummary:
    return views.BudgetSummary(
        id=row["id"],
        kind=BudgetKind(row["kind"]),
        titles=names_of(row["titles"]),
        first_day=row["first_day"],
        last_day=row["last_day"],
        state=BudgetState(row["state"]),
        decision=None if row["decision"] is None else msgspec.json.decode(row["decision"], type=DecisionView),
        total=euros(row["total"]),
        reserve_contribution=euros(row["reserve"]),
        convened_on=row["convened_on"],
        replaced_by=replaced_by,
        version=row["version"],
    )


def _decision(decision: Decision) -> DecisionView:
    return DecisionView(decision.decided_on, decision.item_number, decision.titles, decision.id)


def _figures(figures: Figures) -> views.FiguresView:
    return views.FiguresView(
        euros(figures.budgeted),
        euros(figures.spent),
        euros(figures.difference),
        None if figures.ratio is None else euros(figures.ratio),
    )
