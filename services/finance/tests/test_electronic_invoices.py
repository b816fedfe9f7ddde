"""Invoices that come by Peppol: drafts with their picture, added up, taken in once."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koprogo.finance.adapters import ubl
from koprogo.finance.domain.electronic_invoice import ElectronicInvoiceRefused
from koprogo.finance.domain.iban import is_iban
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import euros

from .builders import TODAY, Office
from .test_purchases import batch

NS = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2"'
    ' xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)
PDF = b"%PDF-1.4 a picture"


def category(rate: int, code: str = "", tag: str = "TaxCategory") -> str:
    code = code or ("S" if rate else "Z")
    return f"<cac:{tag}><cbc:ID>{code}</cbc:ID><cbc:Percent>{rate}.00</cbc:Percent></cac:{tag}>"


def document(
    *lines: tuple[int, int],
    kind: str = "Invoice",
    number: str = "F-2026-1",
    supplier: str = "0417497106",
    customer: str = "0428759497",
    iban: str = "BE68539007547034",
    payment_id: str = "+++010/8068/17183+++",
    currency: str = "EUR",
    change: tuple[str, str] = ("", ""),
    allowance: int = 0,
    rounding: int = 0,
) -> bytes:
    """Net cents and rate of each line; an allowance is at 21 %."""
    lines = lines or ((10_000, 21), (5_000, 6))
    sums: dict[int, int] = {}
    for net, rate in (*lines, *([(-allowance, 21)] if allowance else [])):
        sums[rate] = sums.get(rate, 0) + net
    vat = {rate: round(net * rate / 100) for rate, net in sums.items()}
    total = sum(sums.values()) + sum(vat.values())
    line_tag, quantity = {
        "Invoice": ("InvoiceLine", "InvoicedQuantity"), "CreditNote": ("CreditNoteLine", "CreditedQuantity"),
    }[kind]  # fmt: skip
    subtotals = "".join(
        f"<cac:TaxSubtotal><cbc:TaxableAmount>{euros(net)}</cbc:TaxableAmount><cbc:TaxAmount>{euros(vat[rate])}"
        f"</cbc:TaxAmount>{category(rate)}</cac:TaxSubtotal>"
        for rate, net in sums.items()
    )
    written = "".join(
        f"<cac:{line_tag}><cbc:ID>{place}</cbc:ID><cbc:{quantity}>1</cbc:{quantity}>"
        f"<cbc:LineExtensionAmount>{euros(net)}</cbc:LineExtensionAmount><cac:Item>"
        f"<cbc:Name>Work {place} &amp; more</cbc:Name>"
        f"{category(rate, tag='ClassifiedTaxCategory')}</cac:Item></cac:{line_tag}>"
        for place, (net, rate) in enumerate(lines, start=1)
    )
    taken_off = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReason>Discount"
        f"</cbc:AllowanceChargeReason><cbc:Amount>{euros(allowance)}</cbc:Amount>{category(21)}</cac:AllowanceCharge>"
        if allowance
        else ""
    )
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} {NS.format(kind=kind)}>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{TODAY}</cbc:IssueDate><cbc:DueDate>{TODAY}</cbc:DueDate>
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
<cac:AdditionalDocumentReference><cbc:ID>pdf</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject
 mimeCode="application/pdf" filename="f.pdf">{base64.b64encode(PDF).decode()}</cbc:EmbeddedDocumentBinaryObject>
</cac:Attachment></cac:AdditionalDocumentReference>
<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="0208">{supplier}</cbc:EndpointID>
<cac:PartyName><cbc:Name>Dakwerken Peeters &amp; Zonen</cbc:Name></cac:PartyName></cac:Party>
</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID="0208">{customer}</cbc:EndpointID></cac:Party>
</cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>{payment_id}</cbc:PaymentID>
<cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
{taken_off}<cac:TaxTotal><cbc:TaxAmount>{euros(sum(vat.values()))}</cbc:TaxAmount>{subtotals}</cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>{euros(total)}</cbc:TaxInclusiveAmount>
<cbc:PayableRoundingAmount>{euros(rounding)}</cbc:PayableRoundingAmount></cac:LegalMonetaryTotal>{written}
</{kind}>"""
    old, new = change
    assert not old or old in text
    return text.replace(old, new).encode() if old else text.encode()


async def takes_in(office: Office, content: bytes, status: int = 201) -> dict[str, Any]:
    answer = await office.accountant.post(f"{office.path}/electronic-invoices", content=content)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestAnElectronicInvoice:
    async def test_arrives_as_a_draft_with_its_picture(self, office: Office) -> None:
        content = document()
        made = (await takes_in(office, content))["id"]
        shown = await office.get(f"invoices/{made}")
        assert (shown["state"], shown["supplier_name"], shown["total"], shown["communication"]) == (
            "draft", "Dakwerken Peeters & Zonen", "174.00", "010806817183",
        )  # fmt: skip
        assert [(line["net"], line["vat"], line["vat_rate"], line["text"]) for line in shown["lines"]] == [
            ("100.00", "21.00", 21, "Work 1 & more"), ("50.00", "3.00", 6, "Work 2 & more"),
        ]  # fmt: skip
        for kind, kept in (("ubl", content), ("pdf", PDF)):
            answer = await office.accountant.get(f"{office.path}/invoices/{made}/files/{kind}")
            assert answer.content == kept
        assert (await office.accountant.get(f"{office.path}/invoices/{made}/files/exe")).status_code == 404

    async def test_of_a_new_supplier_is_not_paid_before_his_account_is_confirmed(self, office: Office) -> None:
        made = (await takes_in(office, document()))["id"]
        (supplier,) = await office.get("suppliers")
        assert (supplier["iban"], supplier["iban_unconfirmed"]) == ("", "BE68539007547034")
        await office.post(f"invoices/{made}/submission", {})
        await office.post(f"invoices/{made}/approval", None, office.syndic)
        order = {"invoice_ids": [made], "execution_day": str(TODAY)}
        assert (await office.refused("payment-batches", order))[1] == "SUPPLIER_ACCOUNT_UNCONFIRMED"
        await office.post(f"suppliers/{supplier['id']}/account/confirmation", None, office.syndic)
        await batch(office, made)

    async def test_is_booked_where_the_suppliers_last_one_was(self, office: Office) -> None:
        first = (await takes_in(office, document((10_000, 21))))["id"]
        shown = await office.get(f"invoices/{first}")
        assert shown["lines"][0]["account"] == "6109"
        (supplier,) = await office.get("suppliers")
        corrected = {
            "supplier_id": supplier["id"], "number": "F-2026-1", "dated": str(TODAY), "due_on": str(TODAY),
            "total": "121.00", "lines": [{"account": "6107", "net": "100", "vat_rate": 21, "vat": "21"}],
        }  # fmt: skip
        edited = await office.accountant.put(
            f"{office.path}/invoices/{first}", json=corrected, headers={"if-match": '"1"'}
        )
        assert edited.status_code == 204, edited.text
        await office.post(f"invoices/{first}/submission", {})
        await office.post(f"invoices/{first}/approval", None, office.syndic)
        second = (await takes_in(office, document(number="F-2026-2")))["id"]
        assert {line["account"] for line in (await office.get(f"invoices/{second}"))["lines"]} == {"6107"}

    async def test_is_taken_in_once(self, office: Office) -> None:
        await takes_in(office, document())
        again = await takes_in(office, document(number="f-2026-1"), 409)
        assert again["reason"] == "DUPLICATE_SUSPECTED"
        assert len(await office.get("invoices")) == 1

    async def test_for_another_association_is_refused(self, office: Office) -> None:
        refused = await takes_in(office, document(customer="0403019261"), 400)
        assert refused["reason"] == "ELECTRONIC_INVOICE_REFUSED"
        assert await office.get("suppliers") == []

    async def test_may_be_a_credit_note(self, office: Office) -> None:
        made = (await takes_in(office, document(kind="CreditNote")))["id"]
        assert (await office.get(f"invoices/{made}"))["kind"] == "credit_note"


class TestReading:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (("<cbc:TaxAmount>21.00</cbc:TaxAmount>", "<cbc:TaxAmount>22.50</cbc:TaxAmount>"), "VAT at 21 %"),
            (("<cbc:TaxInclusiveAmount>174.00", "<cbc:TaxInclusiveAmount>175.00"), "sum to 174.00"),
            (("<cbc:LineExtensionAmount>50.00", "<cbc:LineExtensionAmount>51.00"), "sum to 51.00"),
            (("<cbc:Percent>6.00", "<cbc:Percent>7.50"), "not asked in Belgium"),
            (("<cbc:ID>S</cbc:ID>", "<cbc:ID>L</cbc:ID>"), "category L"),
            (("<cbc:IssueDate>", "<cbc:IssueDate>x"), "no day"),
            (("50.00</cbc:LineExt", "5e1</cbc:LineExt"), "no amount"),
            (("EUR<", "USD<"), "in USD"),
            ((base64.b64encode(PDF).decode(), "JVBERi0\u0080"), "PDF inside"),
            ((base64.b64encode(PDF).decode(), "JVBERi0!"), "PDF inside"),
            (("AccountingSupplierParty>", "Nobody>"), "lacks AccountingSupplierParty"),
        ],
    )
    def test_refuses_what_contradicts_itself_and_says_what(self, change: tuple[str, str], said: str) -> None:
        with pytest.raises(ElectronicInvoiceRefused, match=said):
            ubl.read(document(change=change))

    def test_takes_allowances_and_rounding_in(self) -> None:
        came = ubl.read(document((10_000, 21), (101, 0), allowance=1_000, rounding=-1))
        assert came.total == 9_000 + 1_890 + 101 - 1
        assert [(line.text, line.net) for line in came.lines[2:]] == [("Discount", -1_000), ("Rounding", -1)]
        assert sum(line.net for line in came.lines) + sum(came.vat_of_lines()) == came.total

    @pytest.mark.parametrize(
        "content",
        [
            b"", b"x", b"<a/>", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        ],
    )  # fmt: skip
    def test_refuses_what_is_none(self, content: bytes) -> None:
        with pytest.raises(ElectronicInvoiceRefused):
            ubl.read(content)

    @given(st.lists(st.tuples(st.integers(1, 10**8), st.sampled_from((0, 6, 12, 21))), min_size=1, max_size=30))
    def test_gives_each_line_its_vat_so_that_all_sum_to_the_total(self, lines: list[tuple[int, int]]) -> None:
        came = ubl.read(document(*lines))
        assert sum(line.net for line in came.lines) + sum(came.vat_of_lines()) == came.total
        for line, vat in zip(came.lines, came.vat_of_lines(), strict=True):
            assert abs(vat * 100 - line.net * line.vat_rate) < 200

    @settings(max_examples=400)
    @given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
    def test_of_a_damaged_file_raises_nothing_but_a_refusal(self, place: int, noise: bytes) -> None:
        content = document()
        place %= len(content)
        damaged = content[:place] + noise + content[place + len(noise) :]
        try:
            came = ubl.read(damaged)
        except DomainError:
            return
        assert came.total == sum(line.net for line in came.lines) + sum(came.vat_of_lines())


class TestAnAccountNumber:
    @pytest.mark.parametrize(
        "text", ["BE68539007547034", "be68 5390 0754 7034", "LU280019400644750000", "BE47435000000080"]
    )
    def test_is_one_when_its_checks_are_right(self, text: str) -> None:
        assert is_iban(text)

    @pytest.mark.parametrize(
        "text", ["", "BE68539007547035", "BE685390075470", "BE00000000000000", "BE94AAAAAAAAAAAA", "٣"]
    )
    def test_is_none_otherwise(self, text: str) -> None:
        assert not is_iban(text)

    @given(st.text(max_size=40), st.text(alphabet="ABCXYZ0123456789 ", max_size=14))
    def test_of_anything_is_answered(self, text: str, belgian: str) -> None:
        assert is_iban(text) in (True, False)
        assert is_iban(f"BE{belgian}") in (True, False)
