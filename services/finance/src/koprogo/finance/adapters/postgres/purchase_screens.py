"""Reads for screens of suppliers, invoices and payments."""

import json
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from koprogo.finance.application import views_purchases as views
from koprogo.finance.domain.invoice import InvoiceKind, InvoiceLine, InvoiceState, Withholding
from koprogo.finance.domain.payment import BatchState, PaymentState
from koprogo.kernel.errors import NotFound
from koprogo.kernel.money import euros
from koprogo.kit.database import Connection

INVOICE = """
select i.id, i.kind, i.supplier_id, p.name as supplier_name, i.number, i.dated, i.due_on, i.communication, i.is_works,
       i.lines, i.total, i.state, i.remark, i.withholding, i.document_id, i.entry_id, i.version
from invoices i join parties p on p.association_id = i.association_id and p.id = i.supplier_id
"""
INVOICES_PAGE = """
where i.association_id = $1 and ($4::text is null or i.state = $4) and ($5::uuid is null or i.supplier_id = $5)
  and (not $6 or i.state in ('approved', 'scheduled', 'paid'))
  and ($3::text is null or (i.dated, i.id) < (select x.dated, x.id from invoices x where x.id::text = $3))
order by i.dated desc, i.id desc limit $2
"""


class PostgresPurchaseScreens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def suppliers(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.SupplierView]:
        rows = await self._connection.fetch(
            """
            select p.id, p.name, p.enterprise_number, p.iban, p.iban_unconfirmed,
                   (select coalesce(-sum(amount), 0) from party_balances b
                    where b.association_id = p.association_id and b.party_id = p.id)::bigint as balance
            from parties p where p.association_id = $1 and p.kind = 'supplier'
              and ($3::text is null or (p.name, p.id) > (select x.name, x.id from parties x
                   where x.association_id = $1 and x.id::text = $3))
            order by p.name, p.id limit $2
            """,
            association_id,
            limit,
            after,
        )
        return [views.SupplierView(**{**dict(r), "balance": euros(r["balance"])}) for r in rows]

    async def invoices(
        self,
        association_id: UUID,
        limit: int,
        after: str | None,
        *,
        state: InvoiceState | None,
        supplier_id: UUID | None,
        decided_only: bool,
    ) -> Sequence[views.InvoiceView]:
        rows = await self._connection.fetch(
            INVOICE + INVOICES_PAGE, association_id, limit, after, state, supplier_id, decided_only
        )
        return [_invoice(row) for row in rows]

    async def invoice(self, association_id: UUID, invoice_id: UUID) -> views.InvoiceView:
        row = await self._connection.fetchrow(
            INVOICE + " where i.association_id = $1 and i.id = $2", association_id, invoice_id
        )
        if row is None:
            raise NotFound("There is no such invoice.")
        return _invoice(row)

    async def invoice_file(self, association_id: UUID, invoice_id: UUID, kind: str) -> bytes:
        content: bytes | None = await self._connection.fetchval(
            "select f.content from invoice_files f join invoices i on i.id = f.invoice_id"
            " where i.association_id = $1 and i.id = $2 and f.kind = $3",
            association_id,
            invoice_id,
            kind,
        )
        if content is None:
            raise NotFound("There is no such file of this invoice.")
        return content

    async def batches(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.BatchView]:
        rows = await self._connection.fetch(
            """
            select b.id, a.iban, b.execution_day, b.state, b.drafted_by, b.released_by, b.released_at,
                   (select json_agg(json_build_object('id', p.id, 'supplier_id', p.supplier_id,
                        'supplier_name', p.supplier_name, 'iban', p.iban,
                        'communication', p.communication || p.free_text,
                        'amount', p.working_capital + p.reserve_fund, 'state', p.state,
                        'end_to_end_id', p.end_to_end_id, 'invoice_ids', p.invoice_ids,
                        'booked_on', p.booked_on) order by p.id)
                    from payments p where p.batch_id = b.id) as payments
            from payment_batches b join bank_accounts a on a.id = b.bank_account_id
            where b.association_id = $1 and ($3::text is null or b.id::text < $3) order by b.id desc limit $2
            """,
            association_id,
            limit,
            after,
        )
        return [_batch(row) for row in rows]

    async def batch_file(self, association_id: UUID, batch_id: UUID) -> bytes:
        content: bytes | None = await self._connection.fetchval(
            "select content from payment_batches where association_id = $1 and id = $2", association_id, batch_id
        )
        if content is None:
            raise NotFound("There is no such file: a batch has one from its release on.")
        return content


def _invoice(row: asyncpg.Record) -> views.InvoiceView:
    lines = msgspec.json.decode(row["lines"], type=list[InvoiceLine])
    check = msgspec.json.decode(row["withholding"] or "null", type=Withholding | None)
    return views.InvoiceView(
        **{
            **dict(row),
            "kind": InvoiceKind(row["kind"]),
            "state": InvoiceState(row["state"]),
            "total": euros(row["total"]),
            "lines": [
                views.InvoiceLineView(
                    account=line.account,
                    net=euros(line.net),
                    vat_rate=line.vat_rate,
                    vat=euros(line.vat),
                    fund=line.fund,
                    allocation_key_id=line.key_id,
                    occupant_percent=line.occupant_percent,
                    text=line.text,
                )
                for line in lines
            ],
            "withholding": views.WithholdingView(
                check.checked_on,
                check.social,
                check.tax,
                check.reference,
                euros(check.amount(sum(line.net for line in lines))),
            )
            if check
            else None,
        }
    )


def _batch(row: asyncpg.Record) -> views.BatchView:
    payments = json.loads(row["payments"] or "[]")
    return views.BatchView(
        id=row["id"],
        iban=row["iban"],
        execution_day=row["execution_day"],
        state=BatchState(row["state"]),
        total=euros(sum(payment["amount"] for payment in payments)),
        drafted_by=row["drafted_by"],
        released_by=row["released_by"],
        released_at=row["released_at"],
        payments=[
            views.PaymentView(
                **{
                    **payment,
                    "id": UUID(payment["id"]),
                    "supplier_id": UUID(payment["supplier_id"]),
                    "amount": euros(payment["amount"]),
                    "state": PaymentState(payment["state"]),
                    "invoice_ids": [UUID(one) for one in payment["invoice_ids"]],
                    "booked_on": date.fromisoformat(payment["booked_on"]) if payment["booked_on"] else None,
                }
            )
            for payment in payments
        ],
    )
