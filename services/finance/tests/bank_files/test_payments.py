"""The bank takes the file as it is: valid, its sums right, each payment named, no payment lost for its letters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from importlib import resources

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from koprogo.finance.adapters.bank_files.payments import (
    MAX_AMOUNT,
    SCHEMA,
    NothingToPay,
    PaymentAmountInvalid,
    PaymentCommunicationInvalid,
    PaymentIbanInvalid,
    PaymentIdInvalid,
    PaymentIdTwice,
    PaymentNameMissing,
    write,
)
from koprogo.finance.adapters.bank_files.sepa_text import sepa
from koprogo.finance.domain.payment_order import CreditTransfer, PaymentOrder
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import cents

quick = settings(deadline=None, max_examples=100)
GOOD = "090933755493"
XSD = etree.XMLSchema(etree.fromstring((resources.files("sepaxml") / "schemas" / f"{SCHEMA}.xsd").read_bytes()))


def payment(**said: object) -> CreditTransfer:
    plain = {
        "end_to_end_id": "KPG-1", "amount": 12_345, "creditor_name": "Waterlink", "creditor_iban": "BE71096123456769",
    }  # fmt: skip
    return CreditTransfer(**{**plain, **said})  # type: ignore[arg-type]


def order(*payments: CreditTransfer, **said: object) -> PaymentOrder:
    plain = PaymentOrder(
        message_id="KPG-2026-0001", created_at=datetime(2026, 3, 17, 8, 30, tzinfo=UTC),
        execution_day=date(2026, 3, 20), payer_name="ACP Résidence « Les Tilleuls »", payer_iban="BE47435000000080",
        payments=payments,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **said)


def written(*payments: CreditTransfer, **said: object) -> etree._Element:
    document = etree.fromstring(write(order(*payments, **said)))
    XSD.assertValid(document)
    return document


def texts(document: etree._Element, path: str) -> list[str]:
    found = document.iterfind(".//" + "/".join(f"{{*}}{name}" for name in path.split("/")))
    return [element.text or "" for element in found]


class TestAPaymentOrder:
    def test_says_who_pays_when_from_which_account(self) -> None:
        document = written(payment())
        assert {
            path: texts(document, path)
            for path in (
                "GrpHdr/MsgId", "GrpHdr/CreDtTm", "PmtInf/PmtInfId", "ReqdExctnDt/Dt", "Dbtr/Nm", "DbtrAcct/Id/IBAN",
                "DbtrAgt/FinInstnId/Othr/Id", "PmtInf/BtchBookg", "PmtMtd", "SvcLvl/Cd", "ChrgBr",
            )
        } == {
            "GrpHdr/MsgId": ["KPG-2026-0001"], "GrpHdr/CreDtTm": ["2026-03-17T09:30:00"],
            "PmtInf/PmtInfId": ["KPG-2026-0001"], "ReqdExctnDt/Dt": ["2026-03-20"],
            "Dbtr/Nm": ["ACP Residence ' Les Tilleuls '"], "DbtrAcct/Id/IBAN": ["BE47435000000080"],
            "DbtrAgt/FinInstnId/Othr/Id": ["NOTPROVIDED"], "PmtInf/BtchBookg": ["false"], "PmtMtd": ["TRF"],
            "SvcLvl/Cd": ["SEPA"], "ChrgBr": ["SLEV"],
        }  # fmt: skip

    def test_says_who_is_paid_what(self) -> None:
        document = written(payment(creditor_iban="be71 0961 2345 6769", free="Facture 17"))
        assert texts(document, "CdtTrfTxInf/PmtId/EndToEndId") == ["KPG-1"]
        assert texts(document, "CdtTrfTxInf/Amt/InstdAmt") == ["123.45"]
        assert texts(document, "CdtTrfTxInf/Cdtr/Nm") == ["Waterlink"]
        assert texts(document, "CdtTrfTxInf/CdtrAcct/Id/IBAN") == ["BE71096123456769"]
        assert texts(document, "CdtTrfTxInf/RmtInf/Ustrd") == ["Facture 17"]

    def test_written_again_is_the_same(self) -> None:
        assert write(order(payment())) == write(order(payment()))

    @quick
    @given(amounts=st.lists(st.integers(1, MAX_AMOUNT), min_size=1, max_size=30))
    def test_counts_and_sums_its_payments(self, amounts: list[int]) -> None:
        document = written(*[payment(end_to_end_id=f"E{n}", amount=one) for n, one in enumerate(amounts)])
        assert [cents(one) for one in texts(document, "InstdAmt")] == amounts
        assert {cents(one) for one in texts(document, "CtrlSum")} == {sum(amounts)}
        assert texts(document, "NbOfTxs") == [str(len(amounts))] * 2


class TestACommunication:
    @pytest.mark.parametrize("digits", [GOOD, "+++090/9337/55493+++", "000000009797"])
    def test_is_structured_as_belgian_banks_take_it(self, digits: str) -> None:
        document = written(payment(structured=digits, free="not beside it"))
        assert texts(document, "RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry/Cd") == ["SCOR"]
        assert texts(document, "RmtInf/Strd/CdtrRefInf/Tp/Issr") == ["BBA"]
        assert texts(document, "RmtInf/Strd/CdtrRefInf/Ref") == [re.sub("[+/]", "", digits)]
        assert texts(document, "RmtInf/Ustrd") == []

    def test_may_be_left_out(self) -> None:
        assert texts(written(payment(free=" / ")), "RmtInf") == []

    def test_goes_with_its_own_payment(self) -> None:
        document = written(payment(free="A"), payment(end_to_end_id="2", structured=GOOD), payment(end_to_end_id="3"))
        transfers = list(document.iterfind(".//{*}CdtTrfTxInf"))
        assert [(texts(one, "Ustrd"), texts(one, "Ref")) for one in transfers] == [(["A"], []), ([], [GOOD]), ([], [])]


class TestAText:
    @pytest.mark.parametrize(
        ("text", "sent"),
        [
            ("Frédéric Müller", "Frederic Muller"), ("Cœur & Søn Straße", "Coeur + Son Strasse"), ("50 %", "50 pct"),
            ("Łódź – “Żabka”", "Lodz - 'Zabka'"), ("L’Oréal", "L'Oreal"), ("n° 5, ½", "no 5, 1/2"),
            ("€ 12", "EUR 12"), ("∞", "?"),
            ("李明", "??"), ("//a//b/ /c/", "a/b/c"), ("a\n\tb\0", "a b?"), ("e\u0301", "e"), ("a_b;c!", "a-b,c."),
        ],
    )  # fmt: skip
    def test_is_written_in_the_letters_that_every_bank_takes(self, text: str, sent: str) -> None:
        assert sepa(text, 70) == sent

    @quick
    @given(name=st.text(min_size=1), free=st.text())
    def test_never_loses_a_payment(self, name: str, free: str) -> None:
        document = written(payment(creditor_name="A" + name, free=free), payer_name="B" + name)
        (said,) = texts(document, "Cdtr/Nm")
        assert re.fullmatch(r"[A-Za-z0-9/?:().,'+ -]{1,70}", said)
        assert all(re.fullmatch(r"[A-Za-z0-9/?:().,'+ -]{1,140}", one) for one in texts(document, "Ustrd"))

    def test_is_cut_where_the_standard_ends_it(self) -> None:
        document = written(payment(creditor_name="é" * 200, free="é" * 200))
        assert texts(document, "Cdtr/Nm") == ["e" * 70]
        assert texts(document, "Ustrd") == ["e" * 140]


class TestWhatABankWouldNotExecute:
    @pytest.mark.parametrize(
        ("payments", "said", "refusal"),
        [
            ([], {}, NothingToPay),
            ([payment(), payment()], {}, PaymentIdTwice),
            ([payment(end_to_end_id="")], {}, PaymentIdInvalid),
            ([payment(end_to_end_id="é")], {}, PaymentIdInvalid),
            ([payment(end_to_end_id="/1")], {}, PaymentIdInvalid),
            ([payment(end_to_end_id="x" * 36)], {}, PaymentIdInvalid),
            ([payment()], {"message_id": "a//b"}, PaymentIdInvalid),
            ([payment(amount=0)], {}, PaymentAmountInvalid),
            ([payment(amount=-1)], {}, PaymentAmountInvalid),
            ([payment(amount=MAX_AMOUNT + 1)], {}, PaymentAmountInvalid),
            ([payment(creditor_name=" ")], {}, PaymentNameMissing),
            ([payment()], {"payer_name": ""}, PaymentNameMissing),
            ([payment(creditor_iban="BE71096123456768")], {}, PaymentIbanInvalid),
            ([payment(creditor_iban="")], {}, PaymentIbanInvalid),
            ([payment()], {"payer_iban": "BE48435000000080"}, PaymentIbanInvalid),
            ([payment(structured="090933755494")], {}, PaymentCommunicationInvalid),
            ([payment(structured="000000000000")], {}, PaymentCommunicationInvalid),
        ],
    )
    def test_is_refused_before(
        self, payments: list[CreditTransfer], said: dict[str, object], refusal: type[DomainError]
    ) -> None:
        with pytest.raises(refusal):
            write(order(*payments, **said))
