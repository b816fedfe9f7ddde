"""Paying suppliers (paiement, betaling): a batch that one person draws up and another releases."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import BankAccount
from koprogo.finance.domain.fiscal_year import SecondPersonNeeded
from koprogo.finance.domain.invoice import Invoice, InvoiceKind
from koprogo.finance.domain.party import Party
from koprogo.finance.domain.payment_order import CreditTransfer, PaymentOrder
from koprogo.kernel.errors import Conflict


class BatchState(StrEnum):
    DRAFTED = "drafted"
    RELEASED = "released"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    ORDERED = "ordered"
    BOOKED = "booked"
    """The bank has carried it out, as a statement says."""
    RETURNED = "returned"
    CANCELLED = "cancelled"


class BatchNotDrafted(Conflict):
    reason = "BATCH_NOT_DRAFTED"


class NothingToPay(Conflict):
    reason = "NOTHING_TO_PAY"


class SupplierAccountMissing(Conflict):
    reason = "SUPPLIER_ACCOUNT_MISSING"


class SupplierAccountUnconfirmed(Conflict):
    reason = "SUPPLIER_ACCOUNT_UNCONFIRMED"


class Payment(msgspec.Struct):
    id: UUID
    supplier_id: UUID
    supplier_name: str
    iban: str
    communication: str
    free_text: str
    by_fund: dict[Fund, int]
    end_to_end_id: str
    invoice_ids: list[UUID]
    state: PaymentState = PaymentState.ORDERED

    @property
    def amount(self) -> int:
        return sum(self.by_fund.values())


class PaymentBatch(msgspec.Struct):
    id: UUID
    account: BankAccount
    execution_day: date
    drafted_by: UUID
    payments: list[Payment]
    state: BatchState = BatchState.DRAFTED
    released_by: UUID | None = None

    def release(self, by: UUID) -> None:
        self._expect_drafted()
        if by == self.drafted_by:
            raise SecondPersonNeeded("Who drew up a payment batch cannot release it; ask a second person.")
        self.state, self.released_by = BatchState.RELEASED, by

    def cancel(self) -> None:
        self._expect_drafted()
        self.state = BatchState.CANCELLED
        for payment in self.payments:
            payment.state = PaymentState.CANCELLED

    def order(self, at: datetime) -> PaymentOrder:
        """What the bank is asked."""
        return PaymentOrder(
            message_id=self.id.hex,
            created_at=at,
            execution_day=self.execution_day,
            payer_name=self.account.holder,
            payer_iban=self.account.iban,
            payments=tuple(
                CreditTransfer(
                    end_to_end_id=payment.end_to_end_id,
                    amount=payment.amount,
                    creditor_name=payment.supplier_name,
                    creditor_iban=payment.iban,
                    structured=payment.communication,
                    free=payment.free_text,
                )
                for payment in self.payments
            ),
        )

    def _expect_drafted(self) -> None:
        if self.state is not BatchState.DRAFTED:
            raise BatchNotDrafted(f"This batch is {self.state}; only a drafted one can be released or cancelled.")


def payments_of(invoices: Iterable[Invoice], suppliers: dict[UUID, Party], ids: Callable[[], UUID]) -> list[Payment]:
    """One payment an invoice, with its own communication; where a supplier's credit notes are among them, one for
    all of his, less the credit.
    """
    by_supplier: dict[UUID, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        by_supplier[invoice.supplier_id].append(invoice)
    payments = []
    for supplier_id, of_supplier in by_supplier.items():
        supplier = suppliers[supplier_id]
        _check_account(supplier)
        has_credit = any(invoice.kind is InvoiceKind.CREDIT_NOTE for invoice in of_supplier)
        together = [of_supplier] if has_credit else [[invoice] for invoice in of_supplier]
        payments += [_payment(invoices_of_one, supplier, ids()) for invoices_of_one in together]
    return payments


def _payment(invoices: list[Invoice], supplier: Party, payment_id: UUID) -> Payment:
    by_fund: dict[Fund, int] = defaultdict(int)
    for invoice in invoices:
        for fund, amount in invoice.to_pay.items():
            by_fund[fund] += amount
    if sum(by_fund.values()) <= 0:
        raise NothingToPay(
            f"After its credit notes nothing is left to pay to {supplier.name}; leave them for a later batch."
        )
    single = invoices[0] if len(invoices) == 1 else None
    structured = single.communication if single else ""
    return Payment(
        id=payment_id,
        supplier_id=supplier.id,
        supplier_name=supplier.name,
        iban=supplier.iban,
        communication=structured,
        free_text="" if structured else " ".join(invoice.number for invoice in invoices)[:140],
        by_fund=dict(by_fund),
        end_to_end_id=payment_id.hex,
        invoice_ids=[invoice.id for invoice in invoices],
    )


def _check_account(supplier: Party) -> None:
    if supplier.iban_unconfirmed:
        raise SupplierAccountUnconfirmed(
            f"The account of {supplier.name} was changed: ask him on a number you know, and let a second person "
            "confirm it before you pay."
        )
    if not supplier.iban:
        raise SupplierAccountMissing(f"Record the account number of {supplier.name} first.")
