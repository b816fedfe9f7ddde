"""UBL 2.1 as Peppol BIS Billing 3 uses it: Invoice and CreditNote."""

import base64
import re
from datetime import date

import stdnum.be.vat
from lxml import etree

from koprogo.finance.adapters.bank_files.words import iban, structured, structured_in
from koprogo.finance.adapters.safe_xml import XmlRefused, parsed
from koprogo.finance.domain.electronic_invoice import (
    ElectronicInvoice,
    ElectronicInvoiceRefused,
    ElectronicLine,
    VatSubtotal,
)
from koprogo.finance.domain.invoice import InvoiceKind

MAX_SIZE = 10_000_000
"""Bytes, the picture inside included."""
KINDS = {"Invoice": InvoiceKind.INVOICE, "CreditNote": InvoiceKind.CREDIT_NOTE}
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
TAXED = "S"
UNTAXED = {"E", "O", "Z", "AE"}
"""Exempt, outside, zero, reverse charge: no VAT is asked."""


def read(content: bytes) -> ElectronicInvoice:
    """The invoice, its sums checked. Raises ElectronicInvoiceRefused with what is wrong."""
    if len(content) > MAX_SIZE:
        raise ElectronicInvoiceRefused("The file is larger than 10 MB.", field="body")
    try:
        root = parsed(content)
    except XmlRefused as broken:
        raise ElectronicInvoiceRefused(
            f"This is no invoice of Peppol: it is or has {broken}.", field="body"
        ) from broken
    name = etree.QName(root)
    if name.localname not in KINDS or not (name.namespace or "").startswith(UBL):
        raise ElectronicInvoiceRefused("This is no UBL invoice or credit note.", field="body")
    invoice = _invoice(root, KINDS[name.localname])
    invoice.check()
    return invoice


def _invoice(root: etree._Element, kind: InvoiceKind) -> ElectronicInvoice:
    number = _needed(root, "{*}ID")
    if (currency := _needed(root, "{*}DocumentCurrencyCode")) != "EUR":
        raise ElectronicInvoiceRefused(f"Invoice {number} is in {currency}; only euro can be booked.", number=number)
    supplier = _one(root, "{*}AccountingSupplierParty/{*}Party")
    customer = _one(root, "{*}AccountingCustomerParty/{*}Party")
    payment_id = _text(root, "{*}PaymentMeans/{*}PaymentID")
    due = _text(root, "{*}DueDate") or _text(root, "{*}PaymentMeans/{*}PaymentDueDate")
    return ElectronicInvoice(
        kind=kind,
        number=number,
        dated=_day(_needed(root, "{*}IssueDate")),
        due_on=_day(due) if due else None,
        supplier_name=_text(supplier, "{*}PartyName/{*}Name")
        or _needed(supplier, "{*}PartyLegalEntity/{*}RegistrationName"),
        supplier_number=_enterprise_number(supplier),
        customer_number=_enterprise_number(customer),
        iban=iban(_text(root, "{*}PaymentMeans/{*}PayeeFinancialAccount/{*}ID")),
        communication=structured(payment_id) or structured_in(payment_id),
        lines=(*_lines(root), *_allowances(root), *_rounding(root)),
        subtotals=_subtotals(root),
        total=_cents(_needed(root, "{*}LegalMonetaryTotal/{*}TaxInclusiveAmount"))
        + _cents(_text(root, "{*}LegalMonetaryTotal/{*}PayableRoundingAmount") or "0"),
        picture=_picture(root),
    )


def _lines(root: etree._Element) -> list[ElectronicLine]:
    found = root.findall("{*}InvoiceLine") + root.findall("{*}CreditNoteLine")
    return [
        ElectronicLine(
            text=(_text(line, "{*}Item/{*}Name") or _text(line, "{*}Item/{*}Description"))[:200],
            net=_cents(_needed(line, "{*}LineExtensionAmount")),
            vat_rate=_rate(_one(line, "{*}Item/{*}ClassifiedTaxCategory")),
        )
        for line in found
    ]


def _allowances(root: etree._Element) -> list[ElectronicLine]:
    """Of the whole document: a charge is added, an allowance taken off."""
    return [
        ElectronicLine(
            text=_text(one, "{*}AllowanceChargeReason")[:200],
            net=_cents(_needed(one, "{*}Amount")) * (1 if _needed(one, "{*}ChargeIndicator") == "true" else -1),
            vat_rate=_rate(_one(one, "{*}TaxCategory")),
        )
        for one in root.findall("{*}AllowanceCharge")
    ]


def _rounding(root: etree._Element) -> list[ElectronicLine]:
    amount = _cents(_text(root, "{*}LegalMonetaryTotal/{*}PayableRoundingAmount") or "0")
    return [ElectronicLine("Rounding", amount, 0)] if amount else []


def _subtotals(root: etree._Element) -> tuple[VatSubtotal, ...]:
    """One a rate: categories without VAT together, with the rounding of the whole document."""
    sums: dict[int, tuple[int, int]] = {}
    for one in root.findall("{*}TaxTotal/{*}TaxSubtotal"):
        rate = _rate(_one(one, "{*}TaxCategory"))
        taxable, vat = sums.get(rate, (0, 0))
        sums[rate] = (
            taxable + _cents(_needed(one, "{*}TaxableAmount")),
            vat + _cents(_needed(one, "{*}TaxAmount")),
        )
    for line in _rounding(root):
        taxable, vat = sums.get(0, (0, 0))
        sums[0] = (taxable + line.net, vat)
    return tuple(VatSubtotal(rate, taxable, vat) for rate, (taxable, vat) in sorted(sums.items()))


def _rate(category: etree._Element) -> int:
    code = _needed(category, "{*}ID")
    if code in UNTAXED:
        return 0
    percent = _needed(category, "{*}Percent")
    if code != TAXED or not re.fullmatch(r"\d{1,2}(\.0+)?", percent):
        raise ElectronicInvoiceRefused(f"VAT of category {code} at {percent} % is not asked in Belgium.")
    return int(percent.partition(".")[0])


def _enterprise_number(party: etree._Element) -> str:
    """From the Peppol address (scheme 0208), the legal entity or the VAT number, whichever is valid first."""
    candidates = [
        *(node.text or "" for node in party.findall("{*}EndpointID") if node.get("schemeID") == "0208"),
        _text(party, "{*}PartyLegalEntity/{*}CompanyID"),
        _text(party, "{*}PartyTaxScheme/{*}CompanyID"),
    ]
    return next((str(stdnum.be.vat.compact(one)) for one in candidates if stdnum.be.vat.is_valid(one)), "")


def _picture(root: etree._Element) -> bytes | None:
    for node in root.iterfind("{*}AdditionalDocumentReference/{*}Attachment/{*}EmbeddedDocumentBinaryObject"):
        if node.get("mimeCode") == "application/pdf":
            try:
                content = base64.b64decode("".join((node.text or "").split()), validate=True)
            except ValueError as broken:
                raise ElectronicInvoiceRefused("The PDF inside the invoice is damaged.") from broken
            if content.startswith(b"%PDF-"):
                return content
    return None


def _one(node: etree._Element, path: str) -> etree._Element:
    found = node.find(path)
    if found is None:
        raise ElectronicInvoiceRefused(f"The invoice lacks {path.replace('{*}', '')}.", field="body")
    return found


def _text(node: etree._Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def _needed(node: etree._Element, path: str) -> str:
    if not (text := _text(node, path)):
        raise ElectronicInvoiceRefused(f"The invoice lacks {path.replace('{*}', '')}.", field="body")
    return text


def _cents(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,2}0*)?", text, re.ASCII):
        raise ElectronicInvoiceRefused(f"{text[:40]!r} is no amount in euro.", field="body")
    whole, _, fraction = text.removeprefix("-").partition(".")
    value = int(whole) * 100 + int(fraction[:2].ljust(2, "0"))
    return -value if text.startswith("-") else value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise ElectronicInvoiceRefused(f"{text[:40]!r} is no day.", field="body") from wrong
