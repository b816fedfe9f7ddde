import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.adapters.postgres.books import names_of
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.budget import Budget, BudgetContent, BudgetKind, BudgetLine, BudgetState, Schedule
from koprogo.finance.domain.call_for_funds import Decision
from koprogo.finance.domain.decisions import Taken
from koprogo.finance.domain.instalments import Period
from koprogo.finance.domain.reserve_floor import is_ordinary
from koprogo.finance.domain.variance import Place
from koprogo.kernel.errors import Conflict, NotFound, Stale
from koprogo.kit.database import Connection

BUDGET = """
select id, kind, titles, lower(days) as first_day, upper(days) - 1 as last_day, reserve, state, decision, schedule,
       convened_on, version
from budgets where association_id = $1 and id = $2
"""
SPENT = """
select l.account, l.key_id, date_trunc('month', l.dated)::date as month, sum(l.amount)::bigint as amount
from entry_lines l join entries e on e.id = l.entry_id
where l.association_id = $1 and l.account like '6%' and l.dated between $2 and $3
  and ($4::text is null or l.fund = $4) and e.voucher_kind <> 'closing'
group by 1, 2, 3
"""
"""Not from account_months, which know no key, count whole months, and are brought to nothing by a closing."""


CALLED = """
(select c.period from calls c where not c.is_withdrawn and c.budget_id in (
    select $1 union all
    select o.id from budgets b join budgets o on o.association_id = b.association_id and o.days && b.days
    where b.id = $1 and b.kind = 'ordinary' and o.kind = 'ordinary' and o.state = 'replaced')) called
"""
"""What was called of a budget counts for the one that replaces it; the charge statement settles the difference."""


class BudgetExists(Conflict):
    reason = "BUDGET_EXISTS"


async def read_budget(connection: Connection, association_id: UUID, budget_id: UUID, *, lock: bool) -> Budget | None:
    row = await connection.fetchrow(BUDGET + ("for update" if lock else ""), association_id, budget_id)
    if row is None:
        return None
    lines = await connection.fetch(
        "select account, key_id, amount, labels, occupant_percent from budget_lines where budget_id = $1"
        " order by position",
        budget_id,
    )
    return Budget(
        id=row["id"],
        kind=BudgetKind(row["kind"]),
        content=BudgetContent(
            titles=names_of(row["titles"]),
            first_day=row["first_day"],
            last_day=row["last_day"],
            lines=tuple(
                BudgetLine(r["account"], r["amount"], names_of(r["labels"]), r["key_id"], r["occupant_percent"])
                for r in lines
            ),
            reserve=row["reserve"],
        ),
        state=BudgetState(row["state"]),
        decision=None if row["decision"] is None else msgspec.json.decode(row["decision"], type=Decision),
        schedule=None if row["schedule"] is None else Schedule(row["schedule"]),
        convened_on=row["convened_on"],
        version=row["version"],
    )


async def spent_of(connection: Connection, association_id: UUID, budget: Budget) -> dict[tuple[Place, date], int]:
    content, is_ordinary_budget = budget.content, budget.kind is BudgetKind.ORDINARY
    planned = {line.account for line in content.lines}
    fund = Fund.WORKING.value if is_ordinary_budget else None
    rows = await connection.fetch(SPENT, association_id, content.first_day, content.last_day, fund)
    return {
        ((r["account"], r["key_id"]), r["month"]): r["amount"]
        for r in rows
        if r["account"] in planned or (is_ordinary_budget and is_ordinary(r["account"]))
    }


class PostgresBudgets:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, association_id: UUID, budget_id: UUID) -> Budget | None:
        return await read_budget(self._connection, association_id, budget_id, lock=True)

    async def get(self, association_id: UUID, budget_id: UUID) -> Budget:
        budget = await self.find(association_id, budget_id)
        if budget is None:
            raise NotFound("There is no such budget.")
        return budget

    async def save(self, association_id: UUID, budget: Budget) -> None:
        content = budget.content
        values = (
            budget.id,
            association_id,
            json.dumps(content.titles),
            content.first_day,
            content.last_day,
            content.reserve,
            budget.state.value,
            None if budget.decision is None else msgspec.json.encode(budget.decision).decode(),
            budget.schedule,
            budget.convened_on,
        )
        if budget.version == 0:
            try:
                await self._connection.execute(
                    "insert into budgets (id, association_id, titles, days, reserve, state, decision, schedule,"
                    " convened_on, kind) values ($1, $2, $3, daterange($4, $5, '[]'), $6, $7, $8, $9, $10, $11)",
                    *values,
                    budget.kind.value,
                )
            except asyncpg.UniqueViolationError as twice:
                raise BudgetExists("A budget with this id is there already.", field="id") from twice
        else:
            done = await self._connection.execute(
                "update budgets set titles = $3, days = daterange($4, $5, '[]'), reserve = $6, state = $7,"
                " decision = $8, schedule = $9, convened_on = $10, version = version + 1"
                " where id = $1 and association_id = $2 and version = $11",
                *values,
                budget.version,
            )
            if done != "UPDATE 1":
                raise Stale("The budget was changed at the same moment; read it again.")
        await self._save_lines(association_id, budget)
        budget.version += 1
        await self._connection.execute(
            "insert into budget_versions (budget_id, version, content, written_at) values ($1, $2, $3, now())",
            budget.id,
            budget.version,
            msgspec.json.encode(content).decode(),
        )

    async def _save_lines(self, association_id: UUID, budget: Budget) -> None:
        await self._connection.execute("delete from budget_lines where budget_id = $1", budget.id)
        await self._connection.executemany(
            "insert into budget_lines (budget_id, position, association_id, account, key_id, amount, labels,"
            " occupant_percent) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                (
                    budget.id,
                    position,
                    association_id,
                    line.account,
                    line.key_id,
                    line.amount,
                    json.dumps(line.labels),
                    line.occupant_percent,
                )
                for position, line in enumerate(budget.content.lines)
            ],
        )

    async def delete(self, budget_id: UUID) -> None:
        await self._connection.execute("delete from budgets where id = $1", budget_id)

    async def content_at(self, budget: Budget, moment: datetime) -> BudgetContent:
        content: str = await self._connection.fetchval(
            "select content from budget_versions where budget_id = $1"
            " order by written_at > $2, case when written_at <= $2 then -version else version end limit 1",
            budget.id,
            moment,
        )
        return msgspec.json.decode(content, type=BudgetContent)

    async def standing(self, association_id: UUID, budget: Budget) -> Sequence[Budget]:
        rows = await self._connection.fetch(
            "select id from budgets where association_id = $1 and id <> $2 and kind = 'ordinary'"
            " and state = 'adopted' and days && daterange($3, $4, '[]') order by id",
            association_id,
            budget.id,
            budget.content.first_day,
            budget.content.last_day,
        )
        return [await self.get(association_id, row["id"]) for row in rows]

    async def called(self, budget_id: UUID) -> Sequence[Period]:
        rows = await self._connection.fetch(
            "select lower(period) as first_day, upper(period) - 1 as last_day from" + CALLED + "order by period",
            budget_id,
        )
        return [(r["first_day"], r["last_day"]) for r in rows]

    async def spent(self, association_id: UUID, budget: Budget) -> Mapping[tuple[Place, date], int]:
        return await spent_of(self._connection, association_id, budget)


class PostgresDecisions:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note(self, taken: Taken) -> None:
        await self._connection.execute(
            "insert into decisions (id, association_id, meeting_id, decision, nature, adopted, about)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            taken.decision_id,
            taken.association_id,
            taken.meeting_id,
            msgspec.json.encode(taken.decision).decode(),
            taken.nature,
            taken.adopted,
            taken.about,
        )

    async def find(self, association_id: UUID, decision_id: UUID) -> Taken | None:
        row = await self._connection.fetchrow(
            "select id, association_id, meeting_id, decision, nature, adopted, about from decisions"
            " where association_id = $1 and id = $2",
            association_id,
            decision_id,
        )
        return None if row is None else taken_of(row)


def taken_of(row: asyncpg.Record) -> Taken:
    return Taken(
        association_id=row["association_id"],
        meeting_id=row["meeting_id"],
        decision_id=row["id"],
        decision=msgspec.json.decode(row["decision"], type=Decision),
        nature=row["nature"],
        adopted=row["adopted"],
        about=row["about"],
    )
