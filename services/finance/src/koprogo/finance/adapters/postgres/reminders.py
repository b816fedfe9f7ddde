from datetime import date, datetime
from uuid import UUID

import asyncpg

from koprogo.finance.domain.reminder import Reminder, ReminderExists
from koprogo.kernel.errors import NotFound
from koprogo.kit.database import Connection


class PostgresReminders:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def sent(self, association_id: UUID, reminder_id: UUID) -> tuple[UUID, str] | None:
        row = await self._connection.fetchrow(
            "select party_id, level from reminders where association_id = $1 and id = $2", association_id, reminder_id
        )
        return None if row is None else (row["party_id"], row["level"])

    async def add(self, association_id: UUID, reminder: Reminder, *, at: datetime, by: UUID) -> None:
        """The demand of its charge comes before the lines that raise it."""
        charge = reminder.charge
        try:
            await self._connection.execute(
                "insert into reminders (id, association_id, party_id, level, sent_on, pay_until, open, cost, interest,"
                " clause, entry_id, bank_checked_until, sent_at, sent_by, is_taken_over)"
                " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                reminder.id,
                association_id,
                reminder.party_id,
                reminder.level.value,
                reminder.sent_on,
                reminder.pay_until,
                reminder.open,
                reminder.cost,
                reminder.interest,
                reminder.clause,
                charge.entry_id if charge else None,
                reminder.bank_checked_until,
                at,
                by,
                reminder.is_taken_over,
            )
        except asyncpg.UniqueViolationError as twice:
            raise ReminderExists("Another reminder with this id was sent already.", field="id") from twice
        await self._connection.executemany(
            "insert into reminder_demands (reminder_id, demand_id, open, interest) values ($1, $2, $3, $4)",
            [(reminder.id, one.demand.id, one.demand.open, one.interest) for one in reminder.demands],
        )
        if charge is not None:
            await self._connection.execute(
                "insert into demands (id, association_id, reminder_id, party_id, communication, due_on,"
                " working_capital, reserve_fund) values ($1, $2, $3, $4, $5, $6, $7, 0)",
                charge.demand_id,
                association_id,
                reminder.id,
                reminder.party_id,
                charge.communication,
                reminder.pay_until,
                reminder.cost + reminder.interest,
            )


class PostgresDisputes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open_of(self, association_id: UUID, demand_id: UUID) -> int:
        open_: int | None = await self._connection.fetchval(
            "select open_working_capital + open_reserve_fund from demands where association_id = $1 and id = $2",
            association_id,
            demand_id,
        )
        if open_ is None:
            raise NotFound("There is no such demand.")
        return open_

    async def running(self, demand_id: UUID) -> str | None:
        reason: str | None = await self._connection.fetchval(
            "select reason from disputes where demand_id = $1 and ended_on is null", demand_id
        )
        return reason

    async def start(
        self, association_id: UUID, demand_id: UUID, dispute_id: UUID, reason: str, *, on: date, by: UUID
    ) -> None:
        await self._connection.execute(
            "insert into disputes (id, association_id, demand_id, reason, started_on, started_by)"
            " values ($1, $2, $3, $4, $5, $6)",
            dispute_id,
            association_id,
            demand_id,
            reason,
            on,
            by,
        )
        await self._connection.execute("update demands set disputed_since = $2 where id = $1", demand_id, on)

    async def end(self, demand_id: UUID, *, on: date, by: UUID) -> None:
        await self._connection.execute(
            "update disputes set ended_on = $2, ended_by = $3 where demand_id = $1 and ended_on is null",
            demand_id,
            on,
            by,
        )
        await self._connection.execute("update demands set disputed_since = null where id = $1", demand_id)
