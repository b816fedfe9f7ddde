"""A file is known by what is in it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koprogo.finance.adapters.bank_files.reading import MAX_SIZE, read
from koprogo.finance.adapters.bank_files.refusals import BankFileTooLarge, BankFileUnknown
from koprogo.finance.adapters.bank_files.words import iban, structured

from . import camt_files, coda_files


class TestAFileOfTheBank:
    def test_says_the_same_as_coda_and_as_camt(self) -> None:
        (coded,) = read(coda_files.coda(coda_files.Move(text="LOYER"), number=1)).statements
        (told,) = read(camt_files.camt(camt_files.Entry(details=(camt_files.Detail(free=("LOYER",)),)))).statements
        for name in ("iban", "from_day", "until_day", "opening", "closing"):
            assert getattr(coded, name) == getattr(told, name), name
        for name in ("amount", "booked_on", "value_on", "counterparty", "communication", "structured"):
            assert getattr(coded.entries[0], name) == getattr(told.entries[0], name), name

    @pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n \r\n"])
    def test_may_begin_with_what_an_editor_left(self, start: bytes) -> None:
        assert len(read(start + coda_files.coda(coda_files.Move())).statements) == 1
        assert len(read(start + camt_files.camt(camt_files.Entry())).statements) == 1

    @pytest.mark.parametrize(
        "content",
        [b"", b"\r\n", b"%PDF-1.7\n", b"PK\x03\x04", b":20:STARTUMS\r\n:25:BE47435000000080\r\n", b"0" * 128, b"\0" * 9,
         b"date;amount\n", b"<html><body>Session expired</body></html>", coda_files.coda()[128:]],
    )  # fmt: skip
    def test_that_is_none_is_refused(self, content: bytes) -> None:
        with pytest.raises(BankFileUnknown):
            read(content)

    @pytest.mark.parametrize("first", [coda_files.coda(), camt_files.camt()])
    def test_of_more_than_ten_megabytes_is_not_read(self, first: bytes) -> None:
        with pytest.raises(BankFileTooLarge):
            read(first + b"\n" * (MAX_SIZE + 1 - len(first)))

    @settings(deadline=None)
    @given(content=st.binary(max_size=2_000))
    def test_of_any_bytes_is_refused(self, content: bytes) -> None:
        with pytest.raises(BankFileUnknown):
            read(content)


class TestAnIban:
    @pytest.mark.parametrize(
        ("text", "compact"),
        [
            ("BE68 5390 0754 7034", "BE68539007547034"), ("be71-0961-2345-6769", "BE71096123456769"),
            ("539007547034", "BE68539007547034"), ("539-0075470-34", "BE68539007547034"),
            ("FR7630006000011234567890189", "FR7630006000011234567890189"),
        ],
    )  # fmt: skip
    def test_is_known_however_it_is_written_and_of_whatever_bank(self, text: str, compact: str) -> None:
        assert iban(text) == compact

    @pytest.mark.parametrize(
        "text",
        ["", "BE68539007547035", "539007547035", "000000000000", "BE41539007547035", "XX68539007547034", "١" * 12],
    )
    def test_is_none_when_a_check_is_wrong(self, text: str) -> None:
        assert iban(text) == ""


class TestAStructuredCommunication:
    @pytest.mark.parametrize("digits", ["010806817183", "123456789002", "000000009797", "090933755493"])
    def test_is_known_by_its_check(self, digits: str) -> None:
        assert structured(digits) == structured(f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++") == digits

    @pytest.mark.parametrize("digits", ["000000000000", "010806817184", "01080681718", "0108068171834", ""])
    def test_is_none_otherwise(self, digits: str) -> None:
        assert structured(digits) == ""
