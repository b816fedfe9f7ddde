import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg

from koprogo.finance.domain.account import Account, Chart, Fund
from koprogo.finance.domain.books import BankAccount, Books
from koprogo.finance.domain.chart_template import VERSION, Policies, ReserveClass
from koprogo.finance.domain.communication import structured_communication
from koprogo.finance.domain.fiscal_year import FiscalYear, YearState
from koprogo.kernel.errors import Conflict, NotFound, Stale
from koprogo.kernel.words import Language
from koprogo.kit.database import Connection


class BooksOpen(Conflict):
    reason = "BOOKS_OPEN"


class BooksNotOpen(NotFound):
    reason = "BOOKS_NOT_OPEN"


class YearExists(Conflict):
    reason = "YEAR_EXISTS"


def names_of(text: str) -> dict[Language, str]:
    """From a column of texts by language."""
    return {Language(language): name for language, name in json.loads(text).items()}


class PostgresBooks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def open(self, association_id: UUID, policies: Policies, chart: Chart) -> None:
        done = await self._connection.execute(
            "insert into books (association_id, chart_version, reserve_class) values ($1, $2, $3)"
            " on conflict do nothing",
            association_id,
            VERSION,
            policies.reserve_class.value,
        )
        if done != "INSERT 0 1":
            raise BooksOpen("The books of this association are open already.")
        await self._connection.executemany(
            "insert into accounts (association_id, code, names, fund, is_heading) values ($1, $2, $3, $4, $5)",
            [(association_id, a.code, json.dumps(a.names), a.fund, a.is_heading) for a in chart.accounts.values()],
        )

    async def locked(self, association_id: UUID) -> Books:
        row = await self._connection.fetchrow(
            "select reserve_class, statutes_clause, reminder_cost, version from books where association_id = $1"
            " for update",
            association_id,
        )
        if row is None:
            raise BooksNotOpen("Open the books of this association first.")
        return Books(
            association_id=association_id,
            policies=Policies(ReserveClass(row["reserve_class"])),
            statutes_clause=row["statutes_clause"],
            reminder_cost=row["reminder_cost"],
            chart=await self._chart(association_id),
            years=await self._years(association_id),
            bank_accounts=await self._bank_accounts(association_id),
            version=row["version"],
        )

    async def _chart(self, association_id: UUID) -> Chart:
        rows = await self._connection.fetch(
            "select code, names, fund, is_heading from accounts where association_id = $1 order by code", association_id
        )
        return Chart(
            {
                r["code"]: Account(
                    r["code"], names_of(r["names"]), Fund(r["fund"]) if r["fund"] else None, r["is_heading"]
                )
                for r in rows
            }
        )

    async def _years(self, association_id: UUID) -> list[FiscalYear]:
        rows = await self._connection.fetch(
            "select id, lower(days) as first_day, upper(days) - 1 as last_day, state, proposed_by, version"
            " from fiscal_years where association_id = $1 order by days",
            association_id,
        )
        return [
            FiscalYear(r["id"], r["first_day"], r["last_day"], YearState(r["state"]), r["proposed_by"], r["version"])
            for r in rows
        ]

    async def _bank_accounts(self, association_id: UUID) -> list[BankAccount]:
        rows = await self._connection.fetch(
            "select id, iban, holder, fund, account from bank_accounts where association_id = $1 order by account",
            association_id,
        )
        return [BankAccount(r["id"], r["iban"], r["holder"], Fund(r["fund"]), r["account"]) for r in rows]

    async def add_account(self, association_id: UUID, account: Account) -> None:
        await self._connection.execute(
            "insert into accounts (association_id, code, names, fund, is_heading) values ($1, $2, $3, $4, $5)",
            association_id,
            account.code,
            json.dumps(account.names),
            account.fund,
            account.is_heading,
        )

    async def add_bank_account(self, association_id: UUID, account: BankAccount) -> None:
        await self._connection.execute(
            "insert into bank_accounts (id, association_id, iban, holder, fund, account)"
            " values ($1, $2, $3, $4, $5, $6)",
            account.id,
            association_id,
            account.iban,
            account.holder,
            account.fund.value,
            account.account,
        )

    async def save_clause(self, association_id: UUID, clause: str, cost: int) -> None:
        await self._connection.execute(
            "update books set statutes_clause = $2, reminder_cost = $3, version = version + 1"
            " where association_id = $1",
            association_id,
            clause,
            cost,
        )

    async def save_acceptance(self, association_id: UUID, day: date | None) -> None:
        await self._connection.execute(
            "update books set provisional_acceptance = $2, version = version + 1 where association_id = $1",
            association_id,
            day,
        )

    async def save_year(self, association_id: UUID, year: FiscalYear) -> None:
        if year.version == 0:
            try:
                await self._connection.execute(
                    "insert into fiscal_years (id, association_id, days, state, proposed_by)"
                    " values ($1, $2, daterange($3, $4, '[]'), $5, $6)",
                    year.id,
                    association_id,
                    year.first_day,
                    year.last_day,
                    year.state.value,
                    year.proposed_by,
                )
            except (asyncpg.ExclusionViolationError, asyncpg.UniqueViolationError) as twice:
                raise YearExists("These days are in a financial year already.", field="first_day") from twice
        else:
            done = await self._connection.execute(
                "update fiscal_years set state = $3, proposed_by = $4, version = version + 1"
                " where association_id = $1 and id = $2 and version = $5",
                association_id,
                year.id,
                year.state.value,
                year.proposed_by,
                year.version,
            )
            if done != "UPDATE 1":
                raise Stale("The year was changed at the same moment; read it again.")
        year.version += 1

    async def next_communications(self, association_id: UUID, count: int) -> Sequence[str]:
        last: int = await self._connection.fetchval(
            "update books set last_communication = last_communication + $2 where association_id = $1"
            " returning last_communication",
            association_id,
            count,
        )
        return [structured_communication(number) for number in range(last - count + 1, last + 1)]
