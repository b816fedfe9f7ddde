from __future__ import annotations

import re
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from koprogo.documents.rendering import paying
from koprogo.documents.rendering.labels import LANGUAGES
from koprogo.documents.rendering.paying import communication, iban, qr_code
from koprogo.documents.rendering.refusals import DocumentNotRenderable
from koprogo.kernel.money import cents, euros
from koprogo_api.documents.events.v1.money_pb2 import Payment

from . import letters, samples
from .reading import plain, qr_codes, text


def payment(**what: str) -> Payment:
    wanted = {
        "iban": letters.IBAN, "payee": "ACP Résidence « Les Tilleuls »", "communication": letters.COMMUNICATION,
        "amount": "1645.74", "due_on": "2027-07-15",
    }  # fmt: skip
    return Payment(**{**wanted, **what})


@pytest.fixture
def asked(monkeypatch):
    """The last QR code that was drawn, before it was a drawing."""
    drawn = []
    make = paying.segno.helpers.make_epc_qr
    monkeypatch.setattr(paying.segno.helpers, "make_epc_qr", lambda **what: drawn.append(make(**what)) or drawn[-1])
    return drawn


def read(drawn) -> zxingcpp.Barcode:
    picture = BytesIO()
    drawn.save(picture, kind="png", scale=4)
    (code,) = zxingcpp.read_barcodes(Image.open(picture).convert("L"))
    return code


class TestTheQrCodeOnALetter:
    @pytest.mark.parametrize(
        "letter", [letters.call_for_funds, letters.friendly_reminder, letters.formal_notice, letters.charge_statement]
    )
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_read_back_from_the_printed_page(self, language, letter):
        request = letter(language)
        content = getattr(request, request.WhichOneof("content"))
        (code,) = qr_codes(request)
        lines = code.text.split("\n")
        assert lines[:5] == ["BCD", "002", "1", "SCT", ""]
        assert lines[5:7] == [samples.letterhead(language).association_name, "BE68539007547034"]
        assert cents(lines[7].removeprefix("EUR")) == cents(content.payment.amount)
        assert lines[8:] == ["", "", "+++090/9337/55493+++"]
        assert code.ec_level == "M"

    @pytest.mark.parametrize("amount", ["0.00", "-12.50", ""])
    def test_is_not_there_when_nothing_is_to_be_paid(self, amount):
        request = letters.call_for_funds("nl")
        request.call_for_funds.payment.amount = amount
        assert qr_codes(request) == []
        assert "BE68" not in text(request)
        assert "hoeft voor deze oproep niets te betalen" in text(request)


class TestAQrCode:
    @pytest.mark.parametrize("amount", ["0.01", "999999999.99", "100.00"])
    def test_asks_for_any_amount_that_a_transfer_can_carry(self, asked, amount):
        qr_code(payment(amount=amount), "QR")
        assert cents(read(asked[-1]).text.split("\n")[7].removeprefix("EUR")) == cents(amount)

    def test_is_refused_beyond(self):
        with pytest.raises(DocumentNotRenderable, match="QR"):
            qr_code(payment(amount="1000000000.00"), "QR")

    @pytest.mark.parametrize("sign", ["x", "é", "ب", "ễ"])
    def test_keeps_within_the_standard_whatever_the_name(self, asked, sign):
        qr_code(payment(payee=f"ACP\n {sign * 200}", amount="999999999.99"), "QR")
        code = asked[-1]
        content = read(code).bytes
        assert len(content) <= 331
        assert code.version <= 13
        assert code.error == "M"
        assert content.decode().split("\n")[5] == f"ACP {sign * 66}"

    def test_has_its_title_escaped(self):
        assert "<script>" not in qr_code(payment(), "<script>")


class TestAStructuredCommunication:
    @given(st.integers(0, 10**10 - 1))
    def test_is_printed_with_its_signs_when_its_check_digits_are_right(self, number):
        digits = f"{number:010d}{number % 97 or 97:02d}"
        written = communication(digits)
        assert re.fullmatch(r"\+\+\+\d{3}/\d{4}/\d{5}\+\+\+", written)
        assert re.sub(r"\D", "", written) == digits

    @pytest.mark.parametrize("digits", ["", "090933755494", "09093375549", "+++090/9337/55493+++", "000000000000"])
    def test_is_refused_otherwise(self, digits):
        with pytest.raises(DocumentNotRenderable, match="structured communication"):
            communication(digits)


class TestAnIban:
    def test_is_printed_in_groups_of_four(self):
        assert plain(iban("be68539007547034")) == "BE68 5390 0754 7034"
        assert " " not in iban(letters.IBAN)

    @given(st.integers(0, 15), st.integers(1, 9))
    def test_with_one_wrong_digit_is_refused(self, place, more):
        signs = list(letters.IBAN)
        if signs[place].isdigit():
            signs[place] = str((int(signs[place]) + more) % 10)
            with pytest.raises(DocumentNotRenderable, match="not an IBAN"):
                iban("".join(signs))
        else:
            assert iban("".join(signs))

    @pytest.mark.parametrize("text", ["", "BE68", "BE6853900754703٤", euros(5)])
    def test_is_refused_when_it_is_none(self, text):
        with pytest.raises(DocumentNotRenderable, match="not an IBAN"):
            iban(text)
