from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import BankAccount
from koprogo.finance.domain.invoice import Invoice, InvoiceKind, InvoiceLine, InvoiceState, Withholding
from koprogo.finance.domain.party import Party, PartyKind
from koprogo.finance.domain.payment import BatchState, Payment, PaymentBatch, PaymentState
from koprogo.kernel.errors import Conflict, NotFound, Stale
from koprogo.kit.database import Connection


class SupplierExists(Conflict):
    reason = "SUPPLIER_EXISTS"


class InvoiceExists(Conflict):
    reason = "INVOICE_EXISTS"


class BatchExists(Conflict):
    reason = "BATCH_EXISTS"


INVOICE = """
select id, kind, supplier_id, number, dated, due_on, communication, is_works, lines, document_id, state, submitted_by,
       decided_by, remark, withholding, entry_id, version
from invoices
"""
PAYMENT = """
select id, supplier_id, supplier_name, iban, communication, free_text, working_capital, reserve_fund, end_to_end_id,
       invoice_ids, state
from payments
"""


RELEASED = """
where association_id = $1 and end_to_end_id = any($2::text[])
  and batch_id in (select id from payment_batches where association_id = $1 and state = 'released')
"""


class PostgresSuppliers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, association_id: UUID, supplier: Party) -> None:
        try:
            await self._connection.execute(
                "insert into parties (id, association_id, kind, name, enterprise_number, iban, iban_unconfirmed)"
                " values ($1, $2, 'supplier', $3, $4, $5, $6)",
                supplier.id,
                association_id,
                supplier.name,
                supplier.enterprise_number,
                supplier.iban,
                supplier.iban_unconfirmed,
            )
        except asyncpg.UniqueViolationError as twice:
            raise SupplierExists(
                "A supplier with this enterprise number is there already.", field="enterprise_number"
            ) from twice
        except asyncpg.ForeignKeyViolationError as unopened:
            raise NotFound("Open the books of this association first.", reason="BOOKS_NOT_OPEN") from unopened

    async def get(self, association_id: UUID, supplier_id: UUID) -> Party:
        row = await self._connection.fetchrow(
            "select name, enterprise_number, iban, iban_unconfirmed, version from parties"
            " where association_id = $1 and id = $2 and kind = 'supplier' for update",
            association_id,
            supplier_id,
        )
        if row is None:
            raise NotFound("There is no such supplier.")
        return Party(supplier_id, PartyKind.SUPPLIER, **dict(row))

    async def by_number(self, association_id: UUID, enterprise_number: str) -> Party | None:
        found: UUID | None = await self._connection.fetchval(
            "select id from parties where association_id = $1 and enterprise_number = $2 and kind = 'supplier'",
            association_id,
            enterprise_number,
        )
        return None if found is None else await self.get(association_id, found)

    async def save(self, association_id: UUID, supplier: Party, *, changed_by: UUID) -> None:
        await self._connection.execute(
            "update parties set iban = $3, iban_unconfirmed = $4, iban_changed_by = $5, version = version + 1"
            " where association_id = $1 and id = $2",
            association_id,
            supplier.id,
            supplier.iban,
            supplier.iban_unconfirmed,
            changed_by,
        )

    async def changed_by(self, association_id: UUID, supplier_id: UUID) -> UUID | None:
        found: UUID | None = await self._connection.fetchval(
            "select iban_changed_by from parties where association_id = $1 and id = $2", association_id, supplier_id
        )
        return found


class PostgresInvoices:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, association_id: UUID, invoice_id: UUID) -> Invoice:
        row = await self._connection.fetchrow(
            INVOICE + " where association_id = $1 and id = $2", association_id, invoice_id
        )
        if row is None:
            raise NotFound("There is no such invoice.")
        return _invoice(row)

    async def save(self, association_id: UUID, invoice: Invoice) -> None:
        values = (
            invoice.id,
            association_id,
            invoice.kind.value,
            invoice.supplier_id,
            invoice.number,
            invoice.dated,
            invoice.due_on,
            invoice.communication,
            invoice.is_works,
            msgspec.json.encode(invoice.lines).decode(),
            invoice.total,
            invoice.document_id,
            invoice.state.value,
            invoice.submitted_by,
            invoice.decided_by,
            invoice.remark,
            msgspec.json.encode(invoice.withholding).decode() if invoice.withholding else None,
            invoice.entry_id,
        )
        if invoice.version == 0:
            try:
                await self._connection.execute(
                    "insert into invoices (id, association_id, kind, supplier_id, number, dated, due_on, communication,"
                    " is_works, lines, total, document_id, state, submitted_by, decided_by, remark, withholding,"
                    " entry_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
                    " $18)",
                    *values,
                )
            except asyncpg.UniqueViolationError as twice:
                raise InvoiceExists("An invoice with this id is there already.", field="id") from twice
        else:
            done = await self._connection.execute(
                "update invoices set kind = $3, supplier_id = $4, number = $5, dated = $6, due_on = $7,"
                " communication = $8, is_works = $9, lines = $10, total = $11, document_id = $12, state = $13,"
                " submitted_by = $14, decided_by = $15, remark = $16, withholding = $17, entry_id = $18,"
                " version = version + 1 where id = $1 and association_id = $2 and version = $19",
                *values,
                invoice.version,
            )
            if done != "UPDATE 1":
                raise Stale("The invoice was changed at the same moment; read it again.")
        invoice.version += 1

    async def twins(self, association_id: UUID, invoice: Invoice) -> Sequence[UUID]:
        rows = await self._connection.fetch(
            "select id from invoices where association_id = $1 and supplier_id = $2 and id <> $3 and kind = $4"
            " and state <> 'rejected'"
            " and (lower(number) = lower($5) or (dated = $6 and total = $7)) order by id",
            association_id,
            invoice.supplier_id,
            invoice.id,
            invoice.kind.value,
            invoice.number,
            invoice.dated,
            invoice.total,
        )
        return [row["id"] for row in rows]

    async def has_number(self, association_id: UUID, invoice: Invoice) -> bool:
        found: bool = await self._connection.fetchval(
            "select exists (select from invoices where association_id = $1 and supplier_id = $2 and kind = $3"
            " and lower(number) = lower($4) and id <> $5)",
            association_id,
            invoice.supplier_id,
            invoice.kind.value,
            invoice.number,
            invoice.id,
        )
        return found

    async def usual_account(self, association_id: UUID, supplier_id: UUID) -> str | None:
        account: str | None = await self._connection.fetchval(
            "select lines -> 0 ->> 'account' from invoices where association_id = $1 and supplier_id = $2"
            " and state in ('approved', 'scheduled', 'paid') order by dated desc, id desc limit 1",
            association_id,
            supplier_id,
        )
        return account

    async def keep_file(self, invoice_id: UUID, kind: str, content: bytes) -> None:
        await self._connection.execute(
            "insert into invoice_files (invoice_id, kind, content) values ($1, $2, $3)", invoice_id, kind, content
        )


class PostgresPayments:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, association_id: UUID, batch: PaymentBatch) -> None:
        try:
            await self._connection.execute(
                "insert into payment_batches (id, association_id, bank_account_id, execution_day, state, drafted_by)"
                " values ($1, $2, $3, $4, $5, $6)",
                batch.id,
                association_id,
                batch.account.id,
                batch.execution_day,
                batch.state.value,
                batch.drafted_by,
            )
        except asyncpg.UniqueViolationError as twice:
            raise BatchExists("A payment batch with this id is there already.", field="id") from twice
        await self._connection.executemany(
            "insert into payments (id, association_id, batch_id, supplier_id, supplier_name, iban, communication,"
            " free_text, working_capital, reserve_fund, end_to_end_id, state, invoice_ids)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            [
                (
                    p.id,
                    association_id,
                    batch.id,
                    p.supplier_id,
                    p.supplier_name,
                    p.iban,
                    p.communication,
                    p.free_text,
                    p.by_fund.get(Fund.WORKING, 0),
                    p.by_fund.get(Fund.RESERVE, 0),
                    p.end_to_end_id,
                    p.state.value,
                    p.invoice_ids,
                )
                for p in batch.payments
            ],
        )

    async def get(self, association_id: UUID, batch_id: UUID) -> PaymentBatch:
        row = await self._connection.fetchrow(
            "select b.id, b.execution_day, b.state, b.drafted_by, b.released_by, a.id as account_id, a.iban, a.holder,"
            " a.fund, a.account from payment_batches b join bank_accounts a on a.id = b.bank_account_id"
            " where b.association_id = $1 and b.id = $2",
            association_id,
            batch_id,
        )
        if row is None:
            raise NotFound("There is no such payment batch.")
        payments = await self._connection.fetch(PAYMENT + " where batch_id = $1 order by id", batch_id)
        return PaymentBatch(
            id=row["id"],
            account=BankAccount(row["account_id"], row["iban"], row["holder"], Fund(row["fund"]), row["account"]),
            execution_day=row["execution_day"],
            drafted_by=row["drafted_by"],
            payments=[_payment(payment) for payment in payments],
            state=BatchState(row["state"]),
            released_by=row["released_by"],
        )

    async def save(self, batch: PaymentBatch, content: bytes | None, *, at: datetime | None) -> None:
        await self._connection.execute(
            "update payment_batches set state = $2, released_by = $3, released_at = $4, content = $5 where id = $1",
            batch.id,
            batch.state.value,
            batch.released_by,
            at,
            content,
        )
        await self._connection.executemany(
            "update payments set state = $2 where id = $1", [(p.id, p.state.value) for p in batch.payments]
        )

    async def booked(self, payment_id: UUID, entry_id: UUID, on: date) -> Sequence[UUID]:
        return await self._set(payment_id, PaymentState.BOOKED, entry_id, on)

    async def returned(self, payment_id: UUID) -> Sequence[UUID]:
        return await self._set(payment_id, PaymentState.RETURNED, None, None)

    async def _set(self, payment_id: UUID, state: PaymentState, entry_id: UUID | None, on: date | None) -> list[UUID]:
        ids: list[UUID] = await self._connection.fetchval(
            "update payments set state = $2, entry_id = $3, booked_on = $4 where id = $1 returning invoice_ids",
            payment_id,
            state.value,
            entry_id,
            on,
        )
        return ids


def _payment(row: asyncpg.Record) -> Payment:
    return Payment(
        id=row["id"],
        supplier_id=row["supplier_id"],
        supplier_name=row["supplier_name"],
        iban=row["iban"],
        communication=row["communication"],
        free_text=row["free_text"],
        by_fund={Fund.WORKING: row["working_capital"], Fund.RESERVE: row["reserve_fund"]},
        end_to_end_id=row["end_to_end_id"],
        invoice_ids=row["invoice_ids"],
        state=PaymentState(row["state"]),
    )


def _invoice(row: asyncpg.Record) -> Invoice:
    return Invoice(
        **{
            **dict(row),
            "kind": InvoiceKind(row["kind"]),
            "state": InvoiceState(row["state"]),
            "lines": msgspec.json.decode(row["lines"], type=tuple[InvoiceLine, ...]),
            "withholding": msgspec.json.decode(row["withholding"] or "null", type=Withholding | None),
        }
    )


async def ordered_payments(
    connection: Connection, association_id: UUID, end_to_end_ids: Sequence[str]
) -> dict[str, Payment]:
    """Released ones, by the id that the bank gives back."""
    rows = await connection.fetch(
        PAYMENT + RELEASED,
        association_id,
        end_to_end_ids,
    )
    return {row["end_to_end_id"]: _payment(row) for row in rows}


async def approved_invoices(
    connection: Connection, association_id: UUID, communications: Sequence[str]
) -> list[Invoice]:
    rows = await connection.fetch(
        INVOICE + " where association_id = $1 and state = 'approved' and communication = any($2::text[])",
        association_id,
        communications,
    )
    return [_invoice(row) for row in rows]
