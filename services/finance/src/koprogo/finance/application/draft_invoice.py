from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import AccountCode, Amount, Positive
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.communication import checked_communication
from koprogo.finance.domain.invoice import (
    WORKS_ACCOUNT,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceState,
    check_lines,
)
from koprogo.kernel.errors import Stale
from koprogo.kernel.money import cents


class LineOfInvoice(msgspec.Struct, forbid_unknown_fields=True):
    account: AccountCode
    net: Positive
    vat_rate: Annotated[int, msgspec.Meta(ge=0, le=100)]
    vat: Amount
    fund: Fund = Fund.WORKING
    allocation_key_id: UUID | None = None
    """By which it is borne; None: the shares of the deed."""
    occupant_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    text: Annotated[str, msgspec.Meta(max_length=200)] = ""


class DraftInvoice(msgspec.Struct, forbid_unknown_fields=True):
    supplier_id: UUID
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    dated: date
    due_on: date
    total: Positive
    """With VAT, as the paper says."""
    lines: Annotated[list[LineOfInvoice], msgspec.Meta(min_length=1, max_length=200)]
    kind: InvoiceKind = InvoiceKind.INVOICE
    communication: Annotated[str, msgspec.Meta(max_length=20)] = ""
    """Structured, as the supplier wants it back."""
    is_works: bool = False
    document_id: UUID | None = None
    id: UUID | None = None


async def draft_invoice(association_id: UUID, command: DraftInvoice, *, uow: UnitOfWork, new_id: UUID) -> UUID:
    async with uow:
        books = await uow.books.locked(association_id)
        await uow.suppliers.get(association_id, command.supplier_id)
        invoice = _invoice(command, command.id or new_id, books)
        await uow.invoices.save(association_id, invoice)
    return invoice.id


async def change_invoice(
    association_id: UUID, invoice_id: UUID, command: DraftInvoice, *, uow: UnitOfWork, version: int
) -> int:
    """Correct a draft, or a rejected one, which becomes a draft again. Returns the new version."""
    async with uow:
        books = await uow.books.locked(association_id)
        known = await uow.invoices.get(association_id, invoice_id)
        if known.version != version:
            raise Stale("The invoice was changed since you read it; read it again.")
        known.check_editable()
        await uow.suppliers.get(association_id, command.supplier_id)
        invoice = _invoice(command, invoice_id, books)
        invoice.version, invoice.state, invoice.withholding = known.version, InvoiceState.DRAFT, known.withholding
        await uow.invoices.save(association_id, invoice)
    return invoice.version


def _invoice(command: DraftInvoice, invoice_id: UUID, books: Books) -> Invoice:
    lines = tuple(
        InvoiceLine(
            account=line.account,
            net=cents(line.net),
            vat_rate=line.vat_rate,
            vat=cents(line.vat),
            fund=line.fund,
            key_id=line.allocation_key_id,
            occupant_percent=line.occupant_percent,
            text=line.text,
        )
        for line in command.lines
    )
    check_lines(lines, books.chart, cents(command.total))
    return Invoice(
        id=invoice_id,
        kind=command.kind,
        supplier_id=command.supplier_id,
        number=command.number.strip(),
        dated=command.dated,
        due_on=command.due_on,
        communication=checked_communication(command.communication, "communication"),
        is_works=command.is_works or any(line.account.startswith(WORKS_ACCOUNT) for line in lines),
        lines=lines,
        document_id=command.document_id,
    )
