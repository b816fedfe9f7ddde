"""Whatever stands in a camt.053 file is read to the cent or refused, and as another reader reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pycamt.parser import Camt053Parser

from koprogo.finance.adapters.bank_files.reading import read
from koprogo.finance.domain.bank_statement import Counterparty
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import cents

from .camt_files import DAY, VERSIONS, Detail, Entry, camt
from .camt_read import entries_of, refusal_of, statement_of

quick = settings(deadline=None, max_examples=100)
GOOD = "090933755493"


AMOUNTS = st.integers(-(10**12), 10**12)
WORDS = st.text(st.sampled_from("ABCéü<>&\"'/+0123456789 "), max_size=70).map(lambda text: " ".join(text.split()))
DETAILS = st.builds(
    Detail,
    amount=AMOUNTS,
    name=WORDS.filter(bool),
    account=st.sampled_from(["", "BE71096123456769", "NL91ABNA0417164300"]),
    free=WORDS.map(lambda text: (text,) if text else ()),
)
ENTRIES = st.builds(lambda one, days: Entry(one.amount, (one,), booked_on=f"<Dt>{DAY - timedelta(days)}</Dt>"), DETAILS,
                    st.integers(0, 400))  # fmt: skip


class TestAnyStatement:
    @quick
    @given(entries=st.lists(ENTRIES, max_size=8), opening=AMOUNTS, version=st.sampled_from(VERSIONS))
    def test_is_read_back_as_it_was_written(self, entries: list[Entry], opening: int, version: str) -> None:
        found = statement_of(camt(*entries, opening=opening, version=version))
        assert [(one.amount, one.counterparty, one.communication) for one in found.entries] == [
            (one.amount, Counterparty(detail.name, detail.account), " ".join(detail.free))
            for one in entries
            for detail in one.details
        ]
        assert found.opening + sum(one.amount for one in found.entries) == found.closing
        assert len({one.reference for one in found.entries}) == len(entries)

    @quick
    @given(details=st.lists(DETAILS, min_size=1, max_size=6), version=st.sampled_from(["03", "08"]))
    def test_counts_each_cent_of_a_batch_once(self, details: list[Detail], version: str) -> None:
        whole = sum(one.amount or 0 for one in details)
        entries = entries_of(Entry(whole, tuple(details)), version=version)
        assert [one.amount for one in entries] == [one.amount for one in details]

    @quick
    @given(entries=st.lists(ENTRIES, min_size=1, max_size=4), data=st.data())
    def test_is_refused_when_one_digit_of_an_amount_is_another(self, entries: list[Entry], data: st.DataObject) -> None:
        booked = camt(*[replace(one, details=()) for one in entries]).decode()
        starts = [n + 5 for n in range(len(booked)) if booked.startswith('"EUR">', n - 1)]
        available = booked.index("CLAV")
        start = data.draw(
            st.sampled_from([n for n in starts if n < available or n > booked.index("</Bal>", available)])
        )
        digits = [n for n in range(start, booked.index("<", start)) if booked[n].isdigit()]
        position = data.draw(st.sampled_from(digits))
        other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != booked[position]))
        assert refusal_of((booked[:position] + other + booked[position + 1 :]).encode())

    @settings(deadline=None, max_examples=400)
    @given(data=st.data())
    def test_is_read_or_refused_whatever_happens_to_its_bytes(self, data: st.DataObject) -> None:
        details = (Detail(1, foreign="1.20 USD", reference=GOOD), Detail(2, return_reason="MD06"))
        whole = bytearray(camt(Entry(), Entry(3, details), version=data.draw(st.sampled_from(VERSIONS))))
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(whole) - 1))
            match data.draw(st.sampled_from(["change", "remove", "repeat"])):
                case "change":
                    whole[at] = data.draw(st.integers(0, 255))
                case "remove":
                    del whole[at : at + data.draw(st.integers(1, 3))]
                case "repeat":
                    whole[at:at] = whole[at : at + data.draw(st.integers(1, 40))]
        try:
            found = read(bytes(whole))
        except DomainError:
            return
        assert found.statements or found.refused

    @settings(deadline=None, max_examples=300)
    @given(data=st.data())
    def test_is_read_or_refused_when_elements_are_missing_or_empty(self, data: st.DataObject) -> None:
        details = (Detail(1, foreign="1.20 USD", reference=GOOD), Detail(2, return_reason="MD06"))
        text = camt(Entry(), Entry(3, details), version=data.draw(st.sampled_from(VERSIONS))).decode()
        for _ in range(data.draw(st.integers(1, 4))):
            names = sorted({part.split(">")[0].split(" ")[0] for part in text.split("<") if part[:1].isalpha()})
            name = data.draw(
                st.sampled_from([one for one in names if one not in ("Document", "BkToCstmrStmt", "Stmt")])
            )
            begin = text.index(f"<{name}")
            end = text.find(f"</{name}>", begin)
            if end > 0:
                inside = data.draw(
                    st.sampled_from(["", f"<{name}/>", f"<{name}>\u00b2</{name}>", f"<{name}> </{name}>"])
                )
                text = text[:begin] + inside + text[end + len(name) + 3 :]
        try:
            found = read(text.encode())
        except DomainError:
            return
        assert len(found.statements) + len(found.refused) == 1


class TestTheReaderBesideAnother:
    @quick
    @given(entries=st.lists(ENTRIES, min_size=1, max_size=6), version=st.sampled_from(["02", "04", "08"]))
    def test_finds_the_same_movements(self, entries: list[Entry], version: str) -> None:
        content = camt(*entries, version=version)
        theirs = Camt053Parser(content).get_transactions()
        ours = statement_of(content).entries
        assert [
            (cents(one["Amount"]) * (-1 if one["CreditDebitIndicator"] == "DBIT" else 1), one["BookingDate"])
            for one in theirs
        ] == [(one.amount, str(one.booked_on)) for one in ours]
        named = [" ".join((one.get("DebtorName") or one.get("CreditorName") or "").split()) for one in theirs]
        if version != "08":
            assert named == [one.counterparty.name for one in ours]
