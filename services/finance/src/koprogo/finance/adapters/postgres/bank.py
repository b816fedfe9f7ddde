import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.adapters.postgres.calls import open_demands
from koprogo.finance.adapters.postgres.purchases import approved_invoices, ordered_payments
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.bank_chain import Linked
from koprogo.finance.domain.bank_movement import Movement, PaidDemand, StoredStatement
from koprogo.finance.domain.bank_statement import BankEntry, BankStatement, Counterparty
from koprogo.finance.domain.books import BankAccount, Books
from koprogo.finance.domain.matching import Knowledge, Match
from koprogo.kernel.errors import NotFound
from koprogo.kit.database import Connection


class PostgresBank:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep_file(
        self, association_id: UUID, file_id: UUID, content: bytes, sha256: str, *, by: UUID, at: datetime
    ) -> None:
        await self._connection.execute(
            "insert into bank_files (id, association_id, sha256, content, received_at, received_by, report)"
            " values ($1, $2, $3, $4, $5, $6, '{}')",
            file_id,
            association_id,
            sha256,
            content,
            at,
            by,
        )

    async def keep_report(self, file_id: UUID, report: bytes) -> None:
        await self._connection.execute("update bank_files set report = $2 where id = $1", file_id, report.decode())

    async def statement(self, account_id: UUID, number: str, from_day: date) -> BankStatement | None:
        content = await self._connection.fetchval(
            "select content from bank_statements where bank_account_id = $1 and number = $2 and from_day = $3",
            account_id,
            number,
            from_day,
        )
        return None if content is None else msgspec.json.decode(content, type=BankStatement)

    async def add_statement(
        self, association_id: UUID, statement_id: UUID, account_id: UUID, file_id: UUID, statement: BankStatement
    ) -> None:
        await self._connection.execute(
            "insert into bank_statements (id, association_id, bank_account_id, bank_file_id, number, from_day,"
            " until_day, opening, closing, state, content) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', $10)",
            statement_id,
            association_id,
            account_id,
            file_id,
            statement.number,
            statement.from_day,
            statement.until_day,
            statement.opening,
            statement.closing,
            msgspec.json.encode(statement).decode(),
        )

    async def booked(self, account_id: UUID) -> Sequence[Linked]:
        rows = await self._connection.fetch(
            "select number, from_day, until_day, opening, closing from bank_statements"
            " where bank_account_id = $1 and state = 'booked'",
            account_id,
        )
        return [Linked(*row) for row in rows]

    async def waiting(self, account_id: UUID) -> Sequence[StoredStatement]:
        rows = await self._connection.fetch(
            "select id, content from bank_statements where bank_account_id = $1 and state = 'waiting'"
            " order by from_day, until_day, number",
            account_id,
        )
        return [StoredStatement(r["id"], msgspec.json.decode(r["content"], type=BankStatement)) for r in rows]

    async def set_booked(self, statement_id: UUID) -> None:
        await self._connection.execute("update bank_statements set state = 'booked' where id = $1", statement_id)

    async def knowledge(self, books: Books, entries: Sequence[BankEntry], *, party_id: UUID | None = None) -> Knowledge:
        ibans: dict[str, set[UUID]] = defaultdict(set)
        for row in await self._connection.fetch(
            "select iban, party_id from known_ibans where association_id = $1 and iban = any($2::text[])",
            books.association_id,
            [entry.counterparty.iban for entry in entries if entry.counterparty.iban],
        ):
            ibans[row["iban"]].add(row["party_id"])
        communications = [entry.structured for entry in entries if entry.structured]
        named = await open_demands(self._connection, books.association_id, [], communications)
        parties = {demand.party_id for demand in named}.union(*ibans.values(), {party_id} if party_id else ())
        return Knowledge(
            demands=await open_demands(self._connection, books.association_id, list(parties), communications),
            ibans=dict(ibans),
            own_accounts={account.iban: account for account in books.bank_accounts},
            payments=await ordered_payments(
                self._connection,
                books.association_id,
                [entry.end_to_end_id for entry in entries if entry.end_to_end_id],
            ),
            invoices=await approved_invoices(self._connection, books.association_id, communications),
        )

    async def add_entry(
        self,
        association_id: UUID,
        bank_entry_id: UUID,
        statement_id: UUID,
        position: int,
        movement: BankEntry,
        account: BankAccount,
        entry_id: UUID,
        found: Match | None,
    ) -> None:
        await self._connection.execute(
            "insert into bank_entries (id, association_id, statement_id, position, reference, amount, booked_on,"
            " value_on, counterparty_name, counterparty_iban, communication, structured, end_to_end_id, return_reason,"
            " original_amount, fund, account, state, entry_id, reason, sentence, figures)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,"
            " $22)",
            bank_entry_id,
            association_id,
            statement_id,
            position,
            movement.reference,
            movement.amount,
            movement.booked_on,
            movement.value_on,
            movement.counterparty.name,
            movement.counterparty.iban,
            movement.communication,
            movement.structured,
            movement.end_to_end_id,
            movement.return_reason,
            movement.original_amount,
            account.fund.value,
            account.account,
            "open" if found is None else "matched",
            entry_id,
            found.reason if found else "",
            found.sentence if found else "",
            json.dumps(found.figures if found else {}),
        )
        if found is not None:
            await self._learn(association_id, movement, found)

    async def _learn(self, association_id: UUID, movement: BankEntry, found: Match) -> None:
        if found.teaches and movement.counterparty.iban:
            await self._connection.execute(
                "insert into known_ibans (association_id, iban, party_id) values ($1, $2, $3) on conflict do nothing",
                association_id,
                movement.counterparty.iban,
                found.party_id,
            )

    async def movement(self, association_id: UUID, bank_entry_id: UUID) -> Movement:
        row = await self._connection.fetchrow(
            "select id, reference, amount, booked_on, value_on, counterparty_name, counterparty_iban, communication,"
            " structured, end_to_end_id, return_reason, original_amount, fund, account, state, entry_id,"
            " match_entry_id, reason from bank_entries where association_id = $1 and id = $2 for update",
            association_id,
            bank_entry_id,
        )
        if row is None:
            raise NotFound("There is no such movement of the bank.")
        return Movement(
            id=row["id"],
            entry=bank_entry(row),
            account=row["account"],
            fund=Fund(row["fund"]),
            is_open=row["state"] == "open",
            entry_id=row["entry_id"],
            match_entry_id=row["match_entry_id"],
            is_payment=row["reason"] in ("ORDERED_PAYMENT", "ORDERED_PAYMENT_RETURNED"),
        )

    async def matched(
        self, association_id: UUID, movement: Movement, entry_id: UUID, found: Match, *, by: UUID
    ) -> None:
        await self._connection.execute(
            "update bank_entries set state = 'matched', match_entry_id = $2, reason = $3, figures = $4,"
            " matched_by = $5, sentence = $6 where id = $1",
            movement.id,
            entry_id,
            found.reason,
            json.dumps(found.figures),
            by,
            found.sentence,
        )
        await self._learn(association_id, movement.entry, found)

    async def reopened(self, association_id: UUID, movement: Movement, entry_id: UUID) -> None:
        await self._connection.execute(
            "update bank_entries set state = 'open', match_entry_id = $2, reason = '', sentence = '', figures = '{}',"
            " matched_by = null where id = $1",
            movement.id,
            entry_id,
        )
        # What was learnt from a match that is taken back would mislead the next one.
        await self._connection.execute(
            "delete from known_ibans k where association_id = $1 and iban = $2 and not exists ("
            " select from bank_entries b join entry_lines l on l.entry_id in (b.entry_id, b.match_entry_id)"
            " where b.association_id = $1 and b.counterparty_iban = $2 and b.state = 'matched'"
            " and l.party_id = k.party_id)",
            association_id,
            movement.entry.counterparty.iban,
        )

    async def paid_of(self, demand_ids: Sequence[UUID]) -> Sequence[PaidDemand]:
        if not demand_ids:
            return []
        rows = await self._connection.fetch(
            "select id, call_id, party_id from demands where id = any($1::uuid[])"
            " and open_working_capital = 0 and open_reserve_fund = 0 order by id",
            demand_ids,
        )
        return [PaidDemand(*row) for row in rows]


def bank_entry(row: asyncpg.Record) -> BankEntry:
    return BankEntry(
        reference=row["reference"],
        amount=row["amount"],
        booked_on=row["booked_on"],
        value_on=row["value_on"],
        counterparty=Counterparty(row["counterparty_name"], row["counterparty_iban"]),
        communication=row["communication"],
        structured=row["structured"],
        end_to_end_id=row["end_to_end_id"],
        return_reason=row["return_reason"],
        original_amount=row["original_amount"],
    )
