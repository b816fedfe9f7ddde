"""Where, with what and how to pay: as it is printed, and as a banking app reads it (EPC069-12).

Wrong digits would send money astray, so what its own check digits refuse is not printed.
"""

import re
import unicodedata
from decimal import Decimal

import segno.helpers
from markupsafe import Markup

from koprogo.documents.rendering.labels import NO_BREAK
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.documents.rendering.writing import cents
from koprogo_api.documents.events.v1.money_pb2 import Payment

LONGEST_NAME = 70


def iban(text: str) -> str:
    """In groups of four: BE68 5390 0754 7034."""
    compact = _iban(text)
    return NO_BREAK.join(compact[start : start + 4] for start in range(0, len(compact), 4))


def communication(digits: str) -> str:
    """+++090/9337/55493+++; the last two digits are the rest of the first ten by 97, 97 instead of 0."""
    if not re.fullmatch(r"[0-9]{12}", digits) or (int(digits[:10]) % 97 or 97) != int(digits[10:]):
        raise DocumentNotRenderable(
            f"{digits!r} is not a structured communication of twelve digits.", field="payment.communication"
        )
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def qr_code(payment: Payment, title: str) -> Markup:
    """A drawing, for banking apps; they know the structured communication by its plus signs in the remittance text."""
    try:
        code = segno.helpers.make_epc_qr(
            name=unicodedata.normalize("NFC", " ".join(payment.payee.split()))[:LONGEST_NAME],
            iban=_iban(payment.iban),
            amount=Decimal(cents(payment.amount)) / 100,
            text=communication(payment.communication),
            encoding="utf-8",
        )
    except ValueError as refusal:
        raise DocumentNotRenderable(f"No QR code can ask for this payment: {refusal}.", field="payment") from None
    return Markup(code.svg_inline(omitsize=True, title=title))  # noqa: S704  drawn by the library


def _iban(text: str) -> str:
    compact = text.replace(" ", "").upper()
    if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact):
        moved = compact[4:] + compact[:4]
        if int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1:
            return compact
    raise DocumentNotRenderable(f"{text!r} is not an IBAN.", field="payment.iban")
