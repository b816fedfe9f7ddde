"""What screens show of suppliers, invoices and payments. Amounts are decimal strings in euro."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.invoice import InvoiceKind, InvoiceState
from koprogo.finance.domain.payment import BatchState, PaymentState


class SupplierView(msgspec.Struct):
    id: UUID
    name: str
    enterprise_number: str
    iban: str
    iban_unconfirmed: str
    """A changed account that a second person has not confirmed; nothing is paid until then."""
    balance: str
    """Positive is owed to him."""


class InvoiceLineView(msgspec.Struct):
    account: str
    net: str
    vat_rate: int
    vat: str
    fund: Fund
    allocation_key_id: UUID | None
    occupant_percent: int
    text: str


class WithholdingView(msgspec.Struct):
    checked_on: date
    social: bool
    tax: bool
    reference: str
    amount: str


class InvoiceView(msgspec.Struct):
    id: UUID
    kind: InvoiceKind
    supplier_id: UUID
    supplier_name: str
    number: str
    dated: date
    due_on: date
    communication: str
    is_works: bool
    lines: list[InvoiceLineView]
    total: str
    state: InvoiceState
    remark: str
    withholding: WithholdingView | None
    document_id: UUID | None
    entry_id: UUID | None
    version: int


class PaymentView(msgspec.Struct):
    id: UUID
    supplier_id: UUID
    supplier_name: str
    iban: str
    communication: str
    amount: str
    state: PaymentState
    end_to_end_id: str
    invoice_ids: list[UUID]
    booked_on: date | None


class BatchView(msgspec.Struct):
    id: UUID
    iban: str
    execution_day: date
    state: BatchState
    total: str
    drafted_by: UUID
    released_by: UUID | None
    released_at: datetime | None
    payments: list[PaymentView]
