"""A report on paper: made by documents, and kept there."""

from uuid import UUID

from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.printed_report import PrintedReport, check_printable


async def print_report(
    association_id: UUID, report: PrintedReport, *, property_: Property, uow: UnitOfWork, document_id: UUID
) -> None:
    check_printable(report.table)
    association = await property_.association(association_id)
    async with uow:
        await uow.paperwork.report(association_id, association, report, document_id=document_id)
