"""What leaves finance: on which topic, with which key."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.bank_movement import PaidDemand
from koprogo.finance.domain.call_for_funds import CallForFunds
from koprogo.finance.domain.fiscal_year import FiscalYear
from koprogo.finance.domain.invoice import Invoice
from koprogo.finance.domain.reminder import Reminder
from koprogo.kernel.money import euros
from koprogo.kit.database import Outgoing, UnitOfWork
from koprogo_api.finance.events.v1 import finance_pb2 as events

CALL = "finance.call"
INVOICE = "finance.invoice"
YEAR = "finance.year"
ARREARS = "finance.arrears"


class OutboxTold:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def invoice_approved(self, association_id: UUID, invoice: Invoice) -> None:
        message = events.InvoiceApproved(
            invoice_id=str(invoice.id),
            association_id=str(association_id),
            supplier_id=str(invoice.supplier_id),
            amount=euros(invoice.sign * invoice.total),
            due_on=invoice.due_on.isoformat(),
        )
        await self._uow.publish(Outgoing(INVOICE, str(invoice.id), message))

    async def call_issued(self, association_id: UUID, call: CallForFunds) -> None:
        message = events.CallIssued(
            call_id=str(call.id),
            association_id=str(association_id),
            issued_on=call.issued_on.isoformat(),
            due_on=call.due_on.isoformat(),
            working_capital=euros(sum(demand.of(Fund.WORKING) for demand in call.demands)),
            reserve_fund=euros(sum(demand.of(Fund.RESERVE) for demand in call.demands)),
            demands=len(call.demands),
        )
        await self._uow.publish(Outgoing(CALL, str(call.id), message))

    async def demands_paid(self, association_id: UUID, demands: Sequence[PaidDemand], on: date) -> None:
        await self._uow.publish(
            *(
                Outgoing(
                    CALL,
                    str(demand.call_id or demand.id),
                    events.DemandPaid(
                        demand_id=str(demand.id),
                        call_id=str(demand.call_id or ""),
                        association_id=str(association_id),
                        party_id=str(demand.party_id),
                        paid_on=on.isoformat(),
                    ),
                )
                for demand in demands
            )
        )

    async def year_closed(self, association_id: UUID, year: FiscalYear) -> None:
        message = events.YearClosed(
            fiscal_year_id=str(year.id),
            association_id=str(association_id),
            first_day=year.first_day.isoformat(),
            last_day=year.last_day.isoformat(),
        )
        await self._uow.publish(Outgoing(YEAR, str(association_id), message))

    async def arrears_escalated(self, association_id: UUID, reminder: Reminder) -> None:
        message = events.ArrearsEscalated(
            reminder_id=str(reminder.id),
            association_id=str(association_id),
            party_id=str(reminder.party_id),
            level=reminder.level.value,
            open=euros(reminder.open),
        )
        await self._uow.publish(Outgoing(ARREARS, str(reminder.party_id), message))
