"""Everything that is wrong in a list is said at once, with row, column and reason."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from koprogo.kernel.words import Language, LotKind
from koprogo.property.domain.import_rows import Imported, Refusal, read_rows
from koprogo.property.domain.ownership import Right

from .builders import row

TODAY = date(2026, 6, 10)


def read(*rows: dict[str, str], taken: tuple[str, ...] = ()) -> Imported:
    return read_rows(enumerate(rows, start=2), taken_numbers=taken, today=TODAY)


def refusals(*rows: dict[str, str], taken: tuple[str, ...] = ()) -> list[tuple[int, str, str]]:
    found = read(*rows, taken=taken).refusals
    assert all(isinstance(one, Refusal) and one.message for one in found)
    return [(one.row, one.column, one.reason) for one in found]


class TestARow:
    def test_is_a_right_in_a_lot(self) -> None:
        found = read(row(email="an@example.org", accepts_email="Oui", fraction="1"))
        assert found.refusals == []
        lot, owner = found.lots["A1"], found.owners["O1"]
        assert (lot.kind, lot.shares, found.shares_sum) == (LotKind.APARTMENT, 100, 100)
        assert (owner.name, owner.language, owner.accepts_email) == ("Peeters An", Language.NL, True)
        assert owner.address == ("Zavelstraat 12", "3000 Leuven")
        assert (lot.holdings[0].right, lot.holdings[0].fraction, lot.holdings[0].since) == (
            Right.FULL, Fraction(1), date(2020, 1, 1),
        )  # fmt: skip

    def test_without_a_day_holds_from_today(self) -> None:
        assert read(row(since="")).lots["A1"].holdings[0].since == TODAY

    @pytest.mark.parametrize(
        ("column", "text", "reason"),
        [
            ("lot_number", "", "EMPTY"),
            ("lot_number", "x" * 31, "TOO_LONG"),
            ("lot_kind", "", "EMPTY"),
            ("lot_kind", "castle", "UNKNOWN_WORD"),
            ("lot_shares", "", "EMPTY"),
            ("lot_shares", "0", "NOT_A_POSITIVE_INTEGER"),
            ("lot_shares", "-5", "NOT_A_POSITIVE_INTEGER"),
            ("lot_shares", "12,5", "NOT_A_POSITIVE_INTEGER"),
            ("lot_shares", "12.5", "NOT_A_POSITIVE_INTEGER"),
            ("lot_shares", "1e3", "NOT_A_POSITIVE_INTEGER"),
            ("lot_shares", "1000000000001", "NOT_A_POSITIVE_INTEGER"),
            ("lot_shares", "²", "NOT_A_POSITIVE_INTEGER"),
            ("building", "x" * 61, "TOO_LONG"),
            ("owner_reference", "", "EMPTY"),
            ("owner_reference", "x" * 61, "TOO_LONG"),
            ("owner_kind", "robot", "UNKNOWN_WORD"),
            ("owner_name", "", "EMPTY"),
            ("owner_name", "x" * 201, "TOO_LONG"),
            ("language", "", "EMPTY"),
            ("language", "it", "UNKNOWN_WORD"),
            ("email", "an.example.org", "NOT_AN_ADDRESS"),
            ("email", "an@example", "NOT_AN_ADDRESS"),
            ("email", "a b@example.org", "NOT_AN_ADDRESS"),
            ("accepts_email", "perhaps", "UNKNOWN_WORD"),
            ("right", "lease", "UNKNOWN_WORD"),
            ("fraction", "0", "NOT_A_FRACTION"),
            ("fraction", "1/0", "NOT_A_FRACTION"),
            ("fraction", "3/2", "NOT_A_FRACTION"),
            ("fraction", "0.5", "NOT_A_FRACTION"),
            ("fraction", "half", "NOT_A_FRACTION"),
            ("mandatary", "Bo", "UNKNOWN_WORD"),
            ("since", "10/06/2026", "NOT_A_DATE"),
            ("since", "2026-02-30", "NOT_A_DATE"),
            ("since", "2026-06-10 or so", "NOT_A_DATE"),
            ("since", "20260610", "NOT_A_DATE"),
            ("postal_code", "x" * 21, "TOO_LONG"),
        ],
    )
    def test_is_refused_with_its_number_column_and_reason(self, column: str, text: str, reason: str) -> None:
        assert refusals(row(lot_number="fine"), row(**{"lot_number": "A2", column: text})) == [(3, column, reason)]

    def test_of_whom_no_letter_and_no_mail_reaches_is_refused(self) -> None:
        assert refusals(row(address="", postal_code="", city="")) == [(2, "address", "EMPTY")]
        assert refusals(row(address="Zavelstraat 12", postal_code="", city="")) == [(2, "address", "EMPTY")]
        assert refusals(row(accepts_email="ja")) == [(2, "email", "EMPTY")]
        assert refusals(row(address="", postal_code="", city="", email="a@b.be", accepts_email="x")) == []

    def test_of_a_lot_that_is_already_there_is_refused(self) -> None:
        assert refusals(row(), row(lot_number="A2", owner_reference="O2"), taken=("A2",)) == [
            (3, "lot_number", "LOT_EXISTS")
        ]

    @pytest.mark.parametrize(
        ("column", "text", "meant"),
        [
            ("lot_kind", "Appartement", "apartment"),
            ("lot_kind", "kelder", "cellar"),
            ("lot_kind", "CAVE", "cellar"),
            ("lot_kind", "staanplaats", "parking"),
            ("lot_kind", "Handelsruimte", "commercial"),
            ("right", "Blote eigendom", "bare"),
            ("right", "usufruit", "usufruct"),
            ("right", "VG", "usufruct"),
        ],
    )
    def test_may_be_written_in_the_words_of_the_region(self, column: str, text: str, meant: str) -> None:
        lot = read(row(**{column: text})).lots["A1"]
        assert meant in (lot.kind.value, lot.holdings[0].right.value)


class TestRowsOfOneLot:
    def test_are_its_holders(self) -> None:
        found = read(
            row(right="bare", fraction="1/2", mandatary="x"),
            row(owner_reference="O2", owner_name="Peeters Bo", right="bare", fraction="1/2"),
            row(owner_reference="O3", owner_name="Maes Ria", right="usufruct"),
        )
        assert found.refusals == []
        assert (len(found.lots["A1"].holdings), found.lots["A1"].mandatary) == (3, "O1")
        assert found.shares_sum == 100

    def test_that_do_not_make_one_lot_are_refused_at_the_last_of_them(self) -> None:
        assert refusals(
            row(fraction="1/2"), row(lot_number="B1"), row(owner_reference="O2", owner_name="Bo", fraction="1/3")
        ) == [(4, "fraction", "HOLDINGS_DO_NOT_ADD_UP")]

    def test_are_not_refused_twice_when_one_of_them_is_wrong(self) -> None:
        assert refusals(
            row(fraction="1/2"), row(owner_reference="O2", owner_name="Bo", fraction="1/2", language="it")
        ) == [(3, "language", "UNKNOWN_WORD")]

    @pytest.mark.parametrize(("column", "text"), [("lot_kind", "cellar"), ("lot_shares", "101"), ("building", "B")])
    def test_that_contradict_each_other_are_refused(self, column: str, text: str) -> None:
        second = row(**{"owner_reference": "O2", "fraction": "1/2", column: text})
        assert refusals(row(fraction="1/2"), second) == [(3, column, "CONTRADICTION")]

    def test_that_name_a_holder_twice_are_refused(self) -> None:
        assert refusals(row(fraction="1/2"), row(fraction="1/2")) == [(3, "owner_reference", "TWICE")]

    def test_that_name_two_mandataries_are_refused(self) -> None:
        assert refusals(
            row(fraction="1/2", mandatary="ja"), row(owner_reference="O2", fraction="1/2", mandatary="ja")
        ) == [(3, "mandatary", "TWICE")]


class TestRowsOfOneOwner:
    @pytest.mark.parametrize(
        ("column", "text", "told"),
        [
            ("owner_name", "Peeters Anna", "owner_name"),
            ("owner_kind", "company", "owner_kind"),
            ("language", "fr", "language"),
            ("address", "Elders 1", "address"),
            ("email", "an@example.org", "email"),
        ],
    )
    def test_that_contradict_each_other_are_refused(self, column: str, text: str, told: str) -> None:
        second = row(**{"lot_number": "A2", column: text})
        assert refusals(row(), second) == [(3, told, "CONTRADICTION")]


class TestAListWithManyMistakes:
    def test_is_refused_with_all_of_them_in_the_order_of_the_rows(self) -> None:
        found = refusals(
            row(lot_shares="none"),
            row(lot_number="A2", owner_reference="O2", language="it"),
            row(lot_number="A3", owner_reference="O3", fraction="1/2"),
            row(lot_number="A4", owner_reference="O4", since="soon"),
        )
        assert found == [
            (2, "lot_shares", "NOT_A_POSITIVE_INTEGER"), (3, "language", "UNKNOWN_WORD"),
            (4, "fraction", "HOLDINGS_DO_NOT_ADD_UP"), (5, "since", "NOT_A_DATE"),
        ]  # fmt: skip
