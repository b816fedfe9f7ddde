from collections.abc import Mapping
from uuid import UUID

import asyncpg

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.fiscal_year import FiscalYear
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.kernel.errors import Conflict, DomainError, NotFound
from koprogo.kit.database import Connection


class EntryExists(Conflict):
    reason = "ENTRY_EXISTS"


class PartyUnknown(DomainError):
    reason = "PARTY_UNKNOWN"


class PostgresJournal:
    """The caller holds the lock of the books, so that numbers have no gap and balances do not wait for each other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def post(self, association_id: UUID, entry: Entry, year: FiscalYear, *, by: UUID | None) -> int:
        try:
            number: int = await self._connection.fetchval(
                "insert into entries (id, association_id, fiscal_year_id, journal, number, dated, text, voucher_kind,"
                " voucher_reference, voucher_dated, voucher_document_id, reverses, posted_by)"
                " select $1, $2, $3, $4, 1 + coalesce(max(number), 0), $5, $6, $7, $8, $9, $10, $11, $12"
                " from entries where association_id = $2 and fiscal_year_id = $3 and journal = $4 returning number",
                entry.id,
                association_id,
                year.id,
                entry.journal.value,
                entry.dated,
                entry.text,
                entry.voucher.kind,
                entry.voucher.reference,
                entry.voucher.dated,
                entry.voucher.document_id,
                entry.reverses,
                by,
            )
        except asyncpg.UniqueViolationError as twice:
            raise _exists() from twice
        try:
            await self._connection.execute(
                "insert into entry_lines (entry_id, position, association_id, dated, account, fund, amount, party_id,"
                " demand_id, invoice_id, lot_id, key_id, occupant_percent, text)"
                " select $1, position, $2, $3, account, fund, amount, party_id, demand_id, invoice_id, lot_id, key_id,"
                " occupant_percent, text"
                " from unnest($4::int[], $5::text[], $6::text[], $7::bigint[], $8::uuid[], $9::uuid[], $10::uuid[],"
                " $11::uuid[], $12::uuid[], $13::smallint[], $14::text[]) as l (position, account, fund, amount,"
                " party_id, demand_id, invoice_id, lot_id, key_id, occupant_percent, text)",
                entry.id,
                association_id,
                entry.dated,
                list(range(len(entry.lines))),
                [line.account for line in entry.lines],
                [line.fund.value for line in entry.lines],
                [line.amount for line in entry.lines],
                [line.party_id for line in entry.lines],
                [line.demand_id for line in entry.lines],
                [line.invoice_id for line in entry.lines],
                [line.lot_id for line in entry.lines],
                [line.key_id for line in entry.lines],
                [line.occupant_percent for line in entry.lines],
                [line.text for line in entry.lines],
            )
        except asyncpg.ForeignKeyViolationError as unknown:
            raise PartyUnknown(
                "A line names an owner or supplier that these books do not know.", field="lines"
            ) from unknown
        return number

    async def check_new(self, entry_id: UUID) -> None:
        if await self._connection.fetchval("select exists (select from entries where id = $1)", entry_id):
            raise _exists()

    async def get(self, association_id: UUID, entry_id: UUID) -> tuple[Entry, UUID | None]:
        row = await self._connection.fetchrow(
            "select e.journal, e.dated, e.text, e.voucher_kind, e.voucher_reference, e.voucher_dated,"
            " e.voucher_document_id, e.reverses, r.id as reversed_by"
            " from entries e left join entries r on r.reverses = e.id where e.association_id = $1 and e.id = $2",
            association_id,
            entry_id,
        )
        if row is None:
            raise NotFound("There is no such entry.")
        lines = await self._connection.fetch(
            "select account, fund, amount, party_id, demand_id, invoice_id, lot_id, key_id, occupant_percent, text"
            " from entry_lines where entry_id = $1 order by position",
            entry_id,
        )
        entry = Entry(
            id=entry_id,
            journal=Journal(row["journal"]),
            dated=row["dated"],
            text=row["text"],
            voucher=Voucher(
                row["voucher_kind"], row["voucher_reference"], row["voucher_dated"], row["voucher_document_id"]
            ),
            lines=tuple(
                Line(
                    account=r["account"],
                    amount=r["amount"],
                    fund=Fund(r["fund"]),
                    party_id=r["party_id"],
                    demand_id=r["demand_id"],
                    invoice_id=r["invoice_id"],
                    lot_id=r["lot_id"],
                    key_id=r["key_id"],
                    occupant_percent=r["occupant_percent"],
                    text=r["text"],
                )
                for r in lines
            ),
            reverses=row["reverses"],
        )
        return entry, row["reversed_by"]

    async def results(self, association_id: UUID, year: FiscalYear) -> Mapping[tuple[str, Fund], int]:
        rows = await self._connection.fetch(
            "select l.account, l.fund, sum(l.amount)::bigint as amount from entry_lines l"
            " join entries e on e.id = l.entry_id"
            " where l.association_id = $1 and l.dated between $3 and $4 and e.fiscal_year_id = $2"
            " and (l.account like '6%' or l.account like '7%') group by l.account, l.fund",
            association_id,
            year.id,
            year.first_day,
            year.last_day,
        )
        return {(r["account"], Fund(r["fund"])): r["amount"] for r in rows}


def _exists() -> EntryExists:
    return EntryExists("An entry with this id is there already.", field="id")
