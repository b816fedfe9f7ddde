"""An invoice that came by Peppol becomes a draft: a person says where it belongs and submits it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.electronic_invoice import ElectronicInvoice, ElectronicInvoiceRefused
from koprogo.finance.domain.invoice import (
    WORKS_ACCOUNT,
    DuplicateSuspected,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    check_lines,
)
from koprogo.finance.domain.party import Party, PartyKind

UNSORTED = "6109"
"""Other maintenance: where a supplier's first invoice stands until somebody says better."""
USUAL_TERM = timedelta(days=30)


async def take_in_invoice(
    association_id: UUID,
    content: bytes,
    came: ElectronicInvoice,
    *,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
) -> UUID:
    """Once: the same number of a supplier again is refused. An account that is not known yet is not paid to before a
    second person has confirmed it.
    """
    association = await property_.association(association_id)
    if came.customer_number and came.customer_number != association.enterprise_number:
        raise ElectronicInvoiceRefused(
            f"Invoice {came.number} is for {came.customer_number}, and this association is "
            f"{association.enterprise_number}.",
            number=came.number,
        )
    async with uow:
        books = await uow.books.locked(association_id)
        supplier = await _supplier(association_id, came, uow=uow, ids=ids, by=by)
        account = await uow.invoices.usual_account(association_id, supplier.id) or UNSORTED
        lines = tuple(
            InvoiceLine(account, line.net, line.vat_rate, vat, Fund.WORKING, text=line.text)
            for line, vat in zip(came.lines, came.vat_of_lines(), strict=True)
        )
        check_lines(lines, books.chart, came.total)
        invoice = Invoice(
            id=ids(),
            kind=came.kind,
            supplier_id=supplier.id,
            number=came.number,
            dated=came.dated,
            due_on=came.due_on or came.dated + USUAL_TERM,
            communication=came.communication if came.kind is InvoiceKind.INVOICE else "",
            is_works=account.startswith(WORKS_ACCOUNT),
            lines=lines,
        )
        if await uow.invoices.has_number(association_id, invoice):
            raise DuplicateSuspected(
                f"Invoice {invoice.number} of this supplier is there already; nothing was taken in.",
                number=invoice.number,
            )
        await uow.invoices.save(association_id, invoice)
        await uow.invoices.keep_file(invoice.id, "ubl", content)
        if came.picture is not None:
            await uow.invoices.keep_file(invoice.id, "pdf", came.picture)
    return invoice.id


async def _supplier(
    association_id: UUID, came: ElectronicInvoice, *, uow: UnitOfWork, ids: Callable[[], UUID], by: UUID
) -> Party:
    if not came.supplier_number:
        raise ElectronicInvoiceRefused(
            f"Invoice {came.number} has no valid enterprise number of its supplier.", number=came.number
        )
    known = await uow.suppliers.by_number(association_id, came.supplier_number)
    if known is None:
        known = Party(
            id=ids(),
            kind=PartyKind.SUPPLIER,
            name=came.supplier_name[:200],
            enterprise_number=came.supplier_number,
        )
        await uow.suppliers.add(association_id, known)
    if came.iban and came.iban not in (known.iban, known.iban_unconfirmed):
        known.iban_unconfirmed = came.iban
        await uow.suppliers.save(association_id, known, changed_by=by)
    return known
