"""A CODA file whose balances, counts or records contradict each other is refused, and says where."""

from __future__ import annotations

import pytest

from koprogo.finance.adapters.bank_files.reading import read
from koprogo.finance.adapters.bank_files.refusals import (
    AccountsContradict,
    BalanceDoesNotFollow,
    Incomplete,
    TotalsContradict,
    Unreadable,
)

from .coda_files import ASSOCIATION, Move, batch, coda, file_of, line_of, lines_of
from .coda_read import refusal_of, statement_of


class TestWhatContradictsItself:
    def test_is_refused_when_the_balance_does_not_follow(self) -> None:
        refusal = refusal_of(coda(Move(amount=100), opening=0, closing=101))
        assert isinstance(refusal, BalanceDoesNotFollow)
        assert refusal.message == (
            "Record 5 (line 5): 0.00 before and 1.00 of movements give 1.00, but the new balance is 1.01; "
            "ask the bank for the file again."
        )

    def test_is_refused_when_record_8_is_of_another_account(self) -> None:
        refusal = refusal_of(coda(Move(), account_after="BE71096123456769"))
        assert isinstance(refusal, AccountsContradict)
        assert "…6769, but …0080 in record 2 (line 2)" in refusal.message

    @pytest.mark.parametrize("account", ["BE47 4350 0000 0080", "435000000080", "435-0000000-80", ""])
    def test_is_not_what_record_8_writes_otherwise(self, account: str) -> None:
        assert statement_of(coda(Move(), account_after=account, currency="EUR")).iban == ASSOCIATION

    @pytest.mark.parametrize(
        ("first", "last", "said"), [(17, 22, "000009"), (23, 37, f"{20:015d}"), (38, 52, f"{20:015d}")]
    )
    def test_is_refused_when_record_9_counts_otherwise(self, first: int, last: int, said: str) -> None:
        lines = lines_of(Move(), Move(amount=-1))
        lines[-1] = lines[-1][: first - 1] + said + lines[-1][last:]
        assert isinstance(refusal_of(file_of(lines)), TotalsContradict)

    @pytest.mark.parametrize("trailer", [[], [line_of((1, "9"), (128, "2"))], [line_of((1, "9"), (17, "0" * 36))]])
    def test_is_not_a_record_9_that_counts_nothing(self, trailer: list[str]) -> None:
        assert len(statement_of(file_of(lines_of(Move(), Move())[:-1] + trailer)).entries) == 2

    def test_is_not_a_record_9_that_counts_free_communications(self) -> None:
        lines = lines_of(Move(), free=("A", "B"))
        lines[-1] = lines[-1].replace("000004", "000006", 1)
        assert statement_of(file_of(lines)).closing == 112_500

    def test_is_refused_when_two_movements_that_cancel_out_are_missing(self) -> None:
        lines = lines_of(Move(amount=1), Move(amount=500), Move(amount=-500), Move(amount=2))
        without = lines[:4] + lines[8:]
        assert isinstance(refusal_of(file_of(without)), TotalsContradict)
        refusal = refusal_of(file_of(without[:-1]))
        assert isinstance(refusal, Incomplete)
        assert "movement 0004 follows movement 0001" in refusal.message

    def test_is_refused_when_a_movement_is_there_twice(self) -> None:
        lines = lines_of(Move(amount=1), Move(amount=2))
        assert isinstance(refusal_of(file_of(lines[:4] + lines[2:])), BalanceDoesNotFollow)

    @pytest.mark.parametrize("missing", [0, 1, 2, 5], ids=["header", "old balance", "movement", "new balance"])
    def test_is_refused_when_a_record_is_missing(self, missing: int) -> None:
        lines = lines_of(Move(), Move(name="", account=""))
        other = lines_of(Move(), number=18)
        found = read(file_of(other + lines[:missing] + lines[missing + 1 :]))
        assert len(found.refused) == 1

    @pytest.mark.parametrize("twice", [1, 3, 4])
    def test_is_refused_when_a_record_is_there_twice(self, twice: int) -> None:
        lines = lines_of(Move())
        assert isinstance(refusal_of(file_of(lines[: twice + 1] + lines[twice:])), Incomplete)

    def test_is_refused_when_a_detail_has_no_movement(self) -> None:
        lines = lines_of(batch(Move(), Move()))
        lines[3] = "21" + "0002" + lines[3][6:]
        assert isinstance(refusal_of(file_of(lines)), Incomplete)

    @pytest.mark.parametrize("record", [3, 4])
    def test_is_refused_when_a_continuation_is_of_another_movement(self, record: int) -> None:
        lines = lines_of(Move(text="x" * 60))
        lines[record] = lines[record][:2] + "0007" + lines[record][6:]
        assert isinstance(refusal_of(file_of(lines)), Incomplete)

    @pytest.mark.parametrize(
        ("record", "position", "text"),
        [
            (1, 43, "2"), (1, 44, "X"), (1, 58, "5"), (2, 32, " "), (2, 33, "-"), (2, 47, "4"), (2, 48, "320326"),
            (2, 116, "31X326"), (4, 42, "7"), (4, 58, "300226"), (2, 1, "7"), (2, 1, "24"), (2, 33, "²"),
        ],
    )  # fmt: skip
    def test_is_refused_where_a_character_is_not_what_it_should_be(self, record: int, position: int, text: str) -> None:
        lines = lines_of(Move())
        lines[record] = lines[record][: position - 1] + text + lines[record][position - 1 + len(text) :]
        assert refusal_of(file_of(lines)).metadata["line"] == str(record + 1)

    def test_is_refused_when_a_record_is_longer_than_it_may_be(self) -> None:
        lines = lines_of(Move())
        lines[2] += "x"
        assert isinstance(refusal_of(file_of(lines)), Unreadable)
