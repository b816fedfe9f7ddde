"""Submitted by one, approved or rejected by another: approval is what books it."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.domain.fiscal_year import SecondPersonNeeded
from koprogo.finance.domain.invoice import DuplicateSuspected, Withholding, entry_of


class SubmitInvoice(msgspec.Struct, forbid_unknown_fields=True):
    is_no_duplicate: bool = False
    """Say so when another invoice looks the same and both are right."""


class RejectInvoice(msgspec.Struct, forbid_unknown_fields=True):
    remark: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class RecordWithholding(msgspec.Struct, forbid_unknown_fields=True):
    checked_on: date
    social: bool
    """The contractor has debts with social security: 35 % is withheld."""
    tax: bool
    """With the tax office: 15 %."""
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


async def submit_invoice(
    association_id: UUID, invoice_id: UUID, command: SubmitInvoice, *, uow: UnitOfWork, by: UUID
) -> None:
    async with uow:
        await uow.books.locked(association_id)
        invoice = await uow.invoices.get(association_id, invoice_id)
        invoice.submit(by)
        twins = await uow.invoices.twins(association_id, invoice)
        if twins and not command.is_no_duplicate:
            raise DuplicateSuspected(
                f"This supplier's invoice {invoice.number} of this amount, or one with its number, is there already; "
                "look at it, and submit with is_no_duplicate when both are right.",
                number=invoice.number,
                other=twins[0],
            )
        await uow.invoices.save(association_id, invoice)


async def approve_invoice(
    association_id: UUID, invoice_id: UUID, *, uow: UnitOfWork, ids: Callable[[], UUID], by: UUID, today: date
) -> None:
    """Books it on its own day, or on today's when that year is no longer open."""
    async with uow:
        books = await uow.books.locked(association_id)
        invoice = await uow.invoices.get(association_id, invoice_id)
        if invoice.submitted_by == by:
            raise SecondPersonNeeded("Who submitted an invoice cannot approve it; ask a second person.")
        supplier = await uow.suppliers.get(association_id, invoice.supplier_id)
        entry = entry_of(invoice, ids(), books.open_day(invoice.dated, today), supplier.name)
        invoice.approve(by, entry.id)
        await post(entry, books=books, uow=uow, by=by)
        await uow.invoices.save(association_id, invoice)
        await uow.told.invoice_approved(association_id, invoice)


async def reject_invoice(
    association_id: UUID, invoice_id: UUID, command: RejectInvoice, *, uow: UnitOfWork, by: UUID
) -> None:
    async with uow:
        await uow.books.locked(association_id)
        invoice = await uow.invoices.get(association_id, invoice_id)
        invoice.reject(by, command.remark)
        await uow.invoices.save(association_id, invoice)


async def record_withholding(
    association_id: UUID, invoice_id: UUID, command: RecordWithholding, *, uow: UnitOfWork
) -> None:
    """What the authorities' site answered about the contractor (R153)."""
    async with uow:
        await uow.books.locked(association_id)
        invoice = await uow.invoices.get(association_id, invoice_id)
        invoice.withhold(Withholding(command.checked_on, command.social, command.tax, command.reference))
        await uow.invoices.save(association_id, invoice)
