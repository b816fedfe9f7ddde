"""Whatever stands in a CODA file is read to the cent or refused, and as another reader reads it."""

from __future__ import annotations

import io
from importlib import resources

from coda import CODA
from hypothesis import given, settings
from hypothesis import strategies as st

from koprogo.finance.adapters.bank_files.reading import read
from koprogo.finance.domain.bank_statement import Counterparty, StatementRefused
from koprogo.kernel.errors import DomainError

from .coda_files import Move, batch, coda, file_of, lines_of
from .coda_read import refusal_of, statement_of

quick = settings(deadline=None, max_examples=100)


AMOUNTS = st.integers(-(10**11), 10**11)
NAMES = st.text(st.sampled_from("ABCDEFGÉÜ -.'/&0123456789"), min_size=1, max_size=35).map(
    lambda t: " ".join(t.split())
)
TEXTS = st.text(st.sampled_from("abcdefgéü -.'/&0123456789+"), max_size=149).map(lambda t: " ".join(t.split()))
MOVES = st.builds(
    Move,
    amount=AMOUNTS,
    name=NAMES,
    text=TEXTS,
    account=st.sampled_from(["", "BE71096123456769", "NL91ABNA0417164300"]),
    customer_reference=st.sampled_from(["", "E2E-1"]),
)


class TestAnyStatement:
    @quick
    @given(moves=st.lists(MOVES, max_size=8), opening=AMOUNTS)
    def test_is_read_back_as_it_was_written(self, moves: list[Move], opening: int) -> None:
        statement = statement_of(coda(*moves, opening=opening))
        assert [(one.amount, one.counterparty, one.communication, one.end_to_end_id) for one in statement.entries] == [
            (one.amount, Counterparty(one.name, one.account), one.text, one.customer_reference) for one in moves
        ]
        assert statement.opening + sum(one.amount for one in statement.entries) == statement.closing
        assert len({one.reference for one in statement.entries}) == len(moves)

    @quick
    @given(
        parts=st.lists(MOVES.filter(lambda move: move.name), min_size=1, max_size=6), others=st.lists(MOVES, max_size=2)
    )
    def test_counts_each_cent_of_a_batch_once(self, parts: list[Move], others: list[Move]) -> None:
        statement = statement_of(coda(batch(*parts), *others))
        assert [one.amount for one in statement.entries] == [one.amount for one in [*parts, *others]]

    @quick
    @given(moves=st.lists(MOVES, min_size=1, max_size=4), data=st.data())
    def test_is_refused_when_one_digit_of_an_amount_is_another(self, moves: list[Move], data: st.DataObject) -> None:
        lines = lines_of(*moves)
        first = {"1": 43, "2": 32, "8": 42}
        which = data.draw(st.sampled_from([n for n, one in enumerate(lines) if one[0] in "18" or one[:2] == "21"]))
        # The sign of nothing does not matter.
        start = first[lines[which][0]] - 1
        position = start + data.draw(st.integers(0 if lines[which][start + 1 : start + 16].strip("0") else 1, 15))
        other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != lines[which][position]))
        lines[which] = lines[which][:position] + other + lines[which][position + 1 :]
        assert isinstance(refusal_of(file_of(lines)), StatementRefused)

    @settings(deadline=None, max_examples=400)
    @given(data=st.data())
    def test_is_read_or_refused_whatever_happens_to_its_bytes(self, data: st.DataObject) -> None:
        whole = bytearray(
            coda(Move(text="x" * 80, information=("ABC",)), batch(Move(amount=1), Move(amount=2)), free=("Z",))
        )
        for _ in range(data.draw(st.integers(1, 5))):
            match data.draw(st.sampled_from(["change", "cut", "remove", "repeat"])):
                case "change":
                    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
                case "cut":
                    del whole[data.draw(st.integers(1, len(whole))) :]
                case "remove":
                    at = data.draw(st.integers(0, len(whole) - 1))
                    del whole[at : min(at + data.draw(st.integers(1, 200)), len(whole) - 1)]
                case "repeat":
                    at = data.draw(st.integers(0, len(whole) - 1))
                    whole[at:at] = whole[at : at + data.draw(st.integers(1, 300))]
        try:
            found = read(bytes(whole))
        except DomainError:
            return
        assert found.statements or found.refused
        for one in found.statements:
            assert one.opening + sum(entry.amount for entry in one.entries) == one.closing


class TestTheReaderBesideAnother:
    """febelfin-coda reads what follows the description to the letter; there we say the same."""

    @quick
    @given(moves=st.lists(MOVES, min_size=1, max_size=6))
    def test_finds_the_same_movements(self, moves: list[Move]) -> None:
        text = coda(*moves).decode("cp1252")
        (theirs,) = CODA(io.StringIO(text.replace("\r\n", "\n"))).statements
        ours = statement_of(text.encode())
        assert [(int(one.amount * 100), one.entry_date, one.value_date) for one in theirs.moves] == [
            (one.amount, one.booked_on, one.value_on) for one in ours.entries
        ]
        assert (int(theirs.old_balance * 100), int(theirs.new_balance * 100)) == (ours.opening, ours.closing)
        names = [" ".join((one.counterparty_name or "").split()) for one in theirs.moves]
        assert names == [one.counterparty.name for one in ours.entries]

    def test_finds_the_same_in_the_sample_of_a_bank(self) -> None:
        sample = resources.files("coda") / "CODA.txt"
        (theirs,) = CODA(io.StringIO(sample.read_text("cp1252"))).statements
        ours = statement_of(sample.read_bytes())
        assert ours.closing == int(theirs.new_balance * 100)
        assert sum(one.amount for one in ours.entries) == sum(int(one.amount * 100) for one in theirs.moves)
        assert len(ours.entries) >= len(theirs.moves)
