"""A supplier's invoice or credit note (facture, factuur), from its draft to the bank's confirmation.

An association has no VAT number as a rule, so what is booked is the amount with VAT (R150).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Chart, Fund
from koprogo.finance.domain.chart_template import SUPPLIERS
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.money import euros, split

VAT_RATES = (0, 6, 12, 21)
"""Percent (R151)."""
WORKS_ACCOUNT = "611"


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    PAID = "paid"


class VatWrong(DomainError):
    """R151."""

    reason = "VAT_WRONG"


class NotAnExpense(DomainError):
    reason = "NOT_AN_EXPENSE"


class TotalWrong(DomainError):
    reason = "TOTAL_WRONG"


class WrongState(Conflict):
    reason = "INVOICE_IN_WRONG_STATE"


class DuplicateSuspected(Conflict):
    reason = "DUPLICATE_SUSPECTED"


class InvoiceLine(msgspec.Struct, frozen=True):
    account: str
    net: int
    vat_rate: int
    vat: int
    fund: Fund
    key_id: UUID | None = None
    occupant_percent: int = 0
    text: str = ""

    @property
    def gross(self) -> int:
        return self.net + self.vat


class Withholding(msgspec.Struct, frozen=True):
    """R153: whether a contractor has debts with social security or the tax office, asked before he is paid."""

    checked_on: date
    social: bool
    tax: bool
    reference: str

    def amount(self, net: int) -> int:
        """35 % and 15 % of the price without VAT go to the authorities instead of the contractor, in cents."""
        percent = (35 if self.social else 0) + (15 if self.tax else 0)
        return round(Fraction(net * percent, 100))


class WithholdingMissing(Conflict):
    """R153."""

    reason = "WITHHOLDING_CHECK_MISSING"


class Invoice(msgspec.Struct):
    id: UUID
    kind: InvoiceKind
    supplier_id: UUID
    number: str
    dated: date
    due_on: date
    communication: str
    is_works: bool
    lines: tuple[InvoiceLine, ...]
    document_id: UUID | None = None
    state: InvoiceState = InvoiceState.DRAFT
    submitted_by: UUID | None = None
    decided_by: UUID | None = None
    remark: str = ""
    withholding: Withholding | None = None
    entry_id: UUID | None = None
    version: int = 0

    @property
    def total(self) -> int:
        return sum(line.gross for line in self.lines)

    @property
    def sign(self) -> int:
        return 1 if self.kind is InvoiceKind.INVOICE else -1

    @property
    def by_fund(self) -> dict[Fund, int]:
        """What it makes the association owe, by fund; negative for a credit note."""
        sums: dict[Fund, int] = defaultdict(int)
        for line in self.lines:
            sums[line.fund] += self.sign * line.gross
        return dict(sums)

    @property
    def to_pay(self) -> dict[Fund, int]:
        """By fund, less what is withheld for the authorities (R153)."""
        if self.withholding is None:
            return self.by_fund
        withheld = self.withholding.amount(sum(line.net for line in self.lines))
        parts = split(withheld, self.by_fund) if withheld else {}
        return {fund: amount - parts.get(fund, 0) for fund, amount in self.by_fund.items()}

    def submit(self, by: UUID) -> None:
        self._expect(InvoiceState.DRAFT)
        self.state, self.submitted_by, self.remark = InvoiceState.SUBMITTED, by, ""

    def approve(self, by: UUID, entry_id: UUID) -> None:
        self._expect(InvoiceState.SUBMITTED)
        self.state, self.decided_by, self.entry_id = InvoiceState.APPROVED, by, entry_id

    def reject(self, by: UUID, remark: str) -> None:
        self._expect(InvoiceState.SUBMITTED)
        self.state, self.decided_by, self.remark = InvoiceState.REJECTED, by, remark

    def check_editable(self) -> None:
        self._expect(InvoiceState.DRAFT, InvoiceState.REJECTED)

    def withhold(self, check: Withholding) -> None:
        """Recorded at any time before the payment is ordered."""
        self._expect(InvoiceState.DRAFT, InvoiceState.SUBMITTED, InvoiceState.APPROVED)
        self.withholding = check

    def schedule(self) -> None:
        self._expect(InvoiceState.APPROVED)
        if self.is_works and self.kind is InvoiceKind.INVOICE and self.withholding is None:
            raise WithholdingMissing(
                f"Invoice {self.number} is for works: first check on checkobligationderetenue.be whether part of it "
                "must be withheld (R153), and record the answer.",
                number=self.number,
            )
        self.state = InvoiceState.SCHEDULED

    def unschedule(self) -> None:
        """The payment was cancelled, or came back."""
        self._expect(InvoiceState.SCHEDULED, InvoiceState.PAID)
        self.state = InvoiceState.APPROVED

    def pay(self) -> None:
        self._expect(InvoiceState.SCHEDULED, InvoiceState.APPROVED)
        self.state = InvoiceState.PAID

    def _expect(self, *states: InvoiceState) -> None:
        if self.state not in states:
            raise WrongState(
                f"Invoice {self.number} is {self.state}; this is possible when it is {' or '.join(states)}.",
                number=self.number,
                state=self.state,
            )


def check_lines(lines: Sequence[InvoiceLine], chart: Chart, total: int) -> None:
    """Expenses alone, VAT by its rate to the cent, and lines that sum to the paper's total."""
    for number, line in enumerate(lines):
        account = chart.posting(line.account, f"lines.{number}.account")
        if account.code[0] not in "26":
            raise NotAnExpense(
                f"An invoice is booked on an expense or an asset, not on {account.code}.",
                field=f"lines.{number}.account",
                account=account.code,
            )
        if line.vat_rate not in VAT_RATES:
            raise VatWrong("VAT is 0, 6, 12 or 21 %.", field=f"lines.{number}.vat_rate", rate=line.vat_rate)
        exact = Fraction(line.net * line.vat_rate, 100)
        # Suppliers round line by line, or the sum of a rate and give the odd cent to some line.
        if abs(line.vat - exact) >= 2:
            raise VatWrong(
                f"{line.vat_rate} % of {euros(line.net)} is {euros(round(exact))}, not {euros(line.vat)}; correct the "
                "rate or the amounts.",
                field=f"lines.{number}.vat",
                rate=line.vat_rate,
            )
    if (summed := sum(line.gross for line in lines)) != total:
        raise TotalWrong(
            f"The lines sum to {euros(summed)}, the invoice says {euros(total)}.", field="total", sum=euros(summed)
        )


def entry_of(invoice: Invoice, entry_id: UUID, dated: date, supplier_name: str) -> Entry:
    """Expenses by line with the key that bears them; the supplier is owed the sum of each fund."""
    lines = [
        Line(
            account=line.account,
            amount=invoice.sign * line.gross,
            fund=line.fund,
            invoice_id=invoice.id,
            key_id=line.key_id,
            occupant_percent=line.occupant_percent,
            text=line.text,
        )
        for line in invoice.lines
    ]
    lines += supplier_lines(invoice.supplier_id, {f: -a for f, a in invoice.by_fund.items()}, invoice.id)
    return Entry(
        id=entry_id,
        journal=Journal.PURCHASES,
        dated=dated,
        text=f"{supplier_name} {invoice.number}"[:200],
        voucher=Voucher(invoice.kind.value, invoice.number, invoice.dated, invoice.document_id),
        lines=tuple(lines),
    )


def supplier_lines(supplier_id: UUID, by_fund: dict[Fund, int], invoice_id: UUID | None = None) -> list[Line]:
    return [
        Line(account=SUPPLIERS, amount=amount, fund=fund, party_id=supplier_id, invoice_id=invoice_id)
        for fund, amount in by_fund.items()
        if amount
    ]
