"""A payment order as the file that the bank takes: pain.001, a SEPA credit transfer initiation of ISO 20022."""

from collections import Counter
from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from lxml import etree
from sepaxml import SepaTransfer

from koprogo.finance.adapters.bank_files.sepa_text import is_reference, sepa
from koprogo.finance.adapters.bank_files.words import iban, structured
from koprogo.finance.domain.payment_order import CreditTransfer, PaymentOrder
from koprogo.kernel.errors import DomainError

SCHEMA = "pain.001.001.09"
MAX_AMOUNT = 99_999_999_999
"""Cents of one SEPA credit transfer."""
BRUSSELS = ZoneInfo("Europe/Brussels")


class NothingToPay(DomainError):
    reason = "PAYMENT_ORDER_EMPTY"


class PaymentIdInvalid(DomainError):
    reason = "PAYMENT_ID_INVALID"


class PaymentIdTwice(DomainError):
    """Two payments of one id: what comes back of one could be the other's."""

    reason = "PAYMENT_ID_TWICE"


class PaymentAmountInvalid(DomainError):
    reason = "PAYMENT_AMOUNT_INVALID"


class PaymentNameMissing(DomainError):
    reason = "PAYMENT_NAME_MISSING"


class PaymentIbanInvalid(DomainError):
    reason = "PAYMENT_IBAN_INVALID"


class PaymentCommunicationInvalid(DomainError):
    reason = "PAYMENT_COMMUNICATION_INVALID"


def write(order: PaymentOrder) -> bytes:
    """Valid against the schema; the same order gives the same bytes."""
    _check(order)
    # Its own cleaning cuts and transliterates as it likes, and its description cannot be structured.
    transfer = SepaTransfer(
        {"name": sepa(order.payer_name, 70), "IBAN": iban(order.payer_iban), "currency": "EUR", "batch": True},
        schema=SCHEMA,
        clean=False,
    )
    for payment in order.payments:
        transfer.add_payment(
            {
                "name": sepa(payment.creditor_name, 70),
                "IBAN": iban(payment.creditor_iban),
                "amount": payment.amount,
                "description": sepa(payment.free, 140),
                "execution_date": order.execution_day,
                "endtoend_id": payment.end_to_end_id,
            }
        )
    document = etree.fromstring(transfer.export(validate=False))
    _identify(document, order)
    for element, payment in zip(document.iterfind(".//{*}CdtTrfTxInf"), order.payments, strict=True):
        _communicate(element, payment)
    _schema().assertValid(document)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def _check(order: PaymentOrder) -> None:
    if not order.payments:
        raise NothingToPay("There is nothing to pay; choose at least one payment.")
    ids = [payment.end_to_end_id for payment in order.payments]
    for one in (order.message_id, *ids):
        if not is_reference(one):
            raise PaymentIdInvalid(
                f"The id “{one}” must have 1 to 35 letters and digits without accents, and no slash at its ends.",
                id=one,
            )
    if twice := next((one for one, times in Counter(ids).items() if times > 1), None):
        raise PaymentIdTwice(f"Two payments have the id “{twice}”; give each its own.", id=twice)
    if not sepa(order.payer_name, 70):
        raise PaymentNameMissing("The payer has no name; give the association's.")
    if not iban(order.payer_iban):
        raise PaymentIbanInvalid("The payer has no IBAN whose check is right; correct the association's account.")
    for payment in order.payments:
        _check_payment(payment)


def _check_payment(payment: CreditTransfer) -> None:
    one = payment.end_to_end_id
    if not 0 < payment.amount <= MAX_AMOUNT:
        raise PaymentAmountInvalid(f"Payment {one} must be between 0.01 and 999999999.99 euro.", id=one)
    if not sepa(payment.creditor_name, 70):
        raise PaymentNameMissing(f"Payment {one} has nobody's name; say who is paid.", id=one)
    if not iban(payment.creditor_iban):
        raise PaymentIbanInvalid(f"Payment {one} has no IBAN whose check is right; ask who is paid for it.", id=one)
    if payment.structured and not structured(payment.structured):
        raise PaymentCommunicationInvalid(
            f"Payment {one} has a structured communication whose check is wrong; copy it from the invoice again.",
            id=one,
        )


def _identify(document: etree._Element, order: PaymentOrder) -> None:
    """Who wrote it, in our own words where the library makes up its own."""
    created_at = order.created_at.astimezone(BRUSSELS) if order.created_at.tzinfo else order.created_at
    _set(document, "GrpHdr/MsgId", order.message_id)
    _set(document, "GrpHdr/CreDtTm", _local(created_at))
    _set(document, "PmtInf/PmtInfId", order.message_id)
    # Each payment is a movement of its own on the statement, which says whose it is.
    _set(document, "PmtInf/BtchBookg", "false")
    _below(_below(_only(document, "DbtrAgt/FinInstnId"), "Othr"), "Id").text = "NOTPROVIDED"


def _local(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _set(document: etree._Element, path: str, text: str) -> None:
    _only(document, path).text = text


def _only(element: etree._Element, path: str) -> etree._Element:
    found = element.find(".//" + "/".join(f"{{*}}{name}" for name in path.split("/")))
    assert found is not None, path
    return found


def _communicate(element: etree._Element, payment: CreditTransfer) -> None:
    """The communication of the Belgian banks' association (BBA), free text, or nothing."""
    remittance = _only(element, "RmtInf")
    if digits := structured(payment.structured):
        remittance.clear()
        reference = _below(_below(remittance, "Strd"), "CdtrRefInf")
        kind = _below(reference, "Tp")
        _below(_below(kind, "CdOrPrtry"), "Cd").text = "SCOR"
        _below(kind, "Issr").text = "BBA"
        _below(reference, "Ref").text = digits
    elif not sepa(payment.free, 140):
        element.remove(remittance)


def _below(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}{name}")


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring((resources.files("sepaxml") / "schemas" / f"{SCHEMA}.xsd").read_bytes()))
