"""From approved invoices to a file for the bank: one person draws the batch up, another releases it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.invoice import Invoice, supplier_lines
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.finance.domain.payment import PaymentBatch, payments_of
from koprogo.finance.domain.payment_order import PaymentOrder
from koprogo.kernel.errors import DomainError

TAXES_TO_PAY = "450"


class ExecutionDayPast(DomainError):
    reason = "EXECUTION_DAY_PAST"


class DrawUpPaymentBatch(msgspec.Struct, forbid_unknown_fields=True):
    invoice_ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=500)]
    execution_day: date
    fund: Fund = Fund.WORKING
    """From whose bank account it is paid."""
    id: UUID | None = None


async def draw_up_payment_batch(
    association_id: UUID,
    command: DrawUpPaymentBatch,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    today: date,
) -> UUID:
    """Only approved invoices of suppliers whose account nobody doubts."""
    if command.execution_day < today:
        raise ExecutionDayPast("The bank pays on a day to come.", field="execution_day")
    async with uow:
        books = await uow.books.locked(association_id)
        invoices = [await uow.invoices.get(association_id, one) for one in dict.fromkeys(command.invoice_ids)]
        suppliers = {
            supplier: await uow.suppliers.get(association_id, supplier)
            for supplier in dict.fromkeys(invoice.supplier_id for invoice in invoices)
        }
        for invoice in invoices:
            invoice.schedule()
            await uow.invoices.save(association_id, invoice)
        batch = PaymentBatch(
            id=command.id or ids(),
            account=books.bank_account(command.fund),
            execution_day=command.execution_day,
            drafted_by=by,
            payments=payments_of(invoices, suppliers, ids),
        )
        await uow.payments.add(association_id, batch)
    return batch.id


async def release_payment_batch(
    association_id: UUID,
    batch_id: UUID,
    *,
    write: Callable[[PaymentOrder], bytes],
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> None:
    """The second person's yes: from now on the file can be given to the bank, and never changes."""
    async with uow:
        books = await uow.books.locked(association_id)
        batch = await uow.payments.get(association_id, batch_id)
        batch.release(by)
        await uow.payments.save(batch, write(batch.order(now)), at=now)
        for payment in batch.payments:
            for invoice_id in payment.invoice_ids:
                invoice = await uow.invoices.get(association_id, invoice_id)
                await _withhold(invoice, books, uow=uow, ids=ids, by=by, today=today)


async def cancel_payment_batch(association_id: UUID, batch_id: UUID, *, uow: UnitOfWork) -> None:
    async with uow:
        await uow.books.locked(association_id)
        batch = await uow.payments.get(association_id, batch_id)
        batch.cancel()
        await uow.payments.save(batch, None, at=None)
        for payment in batch.payments:
            for invoice_id in payment.invoice_ids:
                invoice = await uow.invoices.get(association_id, invoice_id)
                invoice.unschedule()
                await uow.invoices.save(association_id, invoice)


async def _withhold(
    invoice: Invoice, books: Books, *, uow: UnitOfWork, ids: Callable[[], UUID], by: UUID, today: date
) -> None:
    """What goes to the authorities instead of the contractor is owed to them from now on (R153)."""
    withheld = {fund: invoice.by_fund[fund] - amount for fund, amount in invoice.to_pay.items()}
    lines = supplier_lines(invoice.supplier_id, withheld, invoice.id)
    if not lines:
        return
    lines += [Line(account=TAXES_TO_PAY, amount=-amount, fund=fund) for fund, amount in withheld.items() if amount]
    entry = Entry(
        id=ids(),
        journal=Journal.MISCELLANEOUS,
        dated=today,
        text=f"Withheld on {invoice.number}",
        voucher=Voucher("invoice", invoice.number, invoice.dated, invoice.document_id),
        lines=tuple(lines),
    )
    await post(entry, books=books, uow=uow, by=by)
