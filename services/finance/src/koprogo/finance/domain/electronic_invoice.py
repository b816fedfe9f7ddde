"""An invoice as it comes by Peppol (BIS Billing 3, EN 16931), read and added up."""

from datetime import date
from fractions import Fraction

import msgspec

from koprogo.finance.domain.invoice import InvoiceKind
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import euros


class ElectronicInvoiceRefused(DomainError):
    """It contradicts itself, or is not for this association: nothing of it is taken in."""

    reason = "ELECTRONIC_INVOICE_REFUSED"


class ElectronicLine(msgspec.Struct, frozen=True):
    text: str
    net: int
    vat_rate: int
    """Percent; 0 for the categories without VAT."""


class VatSubtotal(msgspec.Struct, frozen=True):
    rate: int
    taxable: int
    vat: int


class ElectronicInvoice(msgspec.Struct, frozen=True, kw_only=True):
    kind: InvoiceKind
    number: str
    dated: date
    due_on: date | None
    supplier_name: str
    supplier_number: str
    """Enterprise number, ten digits, or empty."""
    customer_number: str
    iban: str
    communication: str
    """Structured, twelve digits, or empty."""
    lines: tuple[ElectronicLine, ...]
    """With charges and allowances of the whole document as lines of their own."""
    subtotals: tuple[VatSubtotal, ...]
    total: int
    """With VAT."""
    picture: bytes | None = None
    """The PDF inside."""

    def vat_of_lines(self) -> list[int]:
        """The VAT of each line, so that those of a rate sum to what the supplier asks."""
        found = [round(Fraction(line.net * line.vat_rate, 100)) for line in self.lines]
        for subtotal in self.subtotals:
            own = [number for number, line in enumerate(self.lines) if line.vat_rate == subtotal.rate]
            difference = subtotal.vat - sum(found[number] for number in own)
            # Never more than a cent a line: rounding by line and rounding the sum.
            for number in own[: abs(difference)]:
                found[number] += 1 if difference > 0 else -1
        return found

    def check(self) -> None:
        """The sums of EN 16931: lines make the taxable amounts, those and the VAT make the total."""
        for subtotal in self.subtotals:
            summed = sum(line.net for line in self.lines if line.vat_rate == subtotal.rate)
            if summed != subtotal.taxable:
                raise ElectronicInvoiceRefused(
                    f"Invoice {self.number}: the lines at {subtotal.rate} % sum to {euros(summed)}, and the taxable "
                    f"amount says {euros(subtotal.taxable)}; ask the supplier for a right one.",
                    number=self.number,
                )
            if abs(subtotal.vat * 100 - subtotal.taxable * subtotal.rate) > 100:
                raise ElectronicInvoiceRefused(
                    f"Invoice {self.number}: the VAT at {subtotal.rate} % is wrong; ask the supplier for a right one.",
                    number=self.number,
                )
        if {line.vat_rate for line in self.lines} != {subtotal.rate for subtotal in self.subtotals}:
            raise ElectronicInvoiceRefused(
                f"Invoice {self.number}: lines and VAT totals name other rates; ask the supplier for a right one.",
                number=self.number,
            )
        summed = sum(subtotal.taxable + subtotal.vat for subtotal in self.subtotals)
        if summed != self.total:
            raise ElectronicInvoiceRefused(
                f"Invoice {self.number}: its parts sum to {euros(summed)}, and its total says "
                f"{euros(self.total)}; ask the supplier for a right one.",
                number=self.number,
            )
