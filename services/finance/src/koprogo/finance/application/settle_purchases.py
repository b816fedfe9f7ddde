"""What a matched movement of the bank means for invoices and payments."""

from datetime import date
from uuid import UUID

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.matching import Match


async def settle_purchases(association_id: UUID, found: Match, entry_id: UUID, on: date, *, uow: UnitOfWork) -> None:
    """Inside the caller's transaction."""
    paid = [found.invoice_id] if found.invoice_id is not None else []
    if found.payment_id is not None:
        paid += await uow.payments.booked(found.payment_id, entry_id, on)
    for invoice_id in paid:
        invoice = await uow.invoices.get(association_id, invoice_id)
        invoice.pay()
        await uow.invoices.save(association_id, invoice)
    if found.returned_payment_id is not None:
        for invoice_id in await uow.payments.returned(found.returned_payment_id):
            await unpay(association_id, invoice_id, uow=uow)


async def unpay(association_id: UUID, invoice_id: UUID, *, uow: UnitOfWork) -> None:
    """Its payment came back or was taken back: it is approved and to be paid again."""
    invoice = await uow.invoices.get(association_id, invoice_id)
    invoice.unschedule()
    await uow.invoices.save(association_id, invoice)
