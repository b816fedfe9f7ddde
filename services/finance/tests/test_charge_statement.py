"""Charges are shared out to the cent over lots, days and owners (R120, R125, R126, R132)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.charge_statement import (
    Charge,
    ChargeStatement,
    ChargeWithoutBearer,
    entry_of,
    owner_statements,
    share_out,
)
from koprogo.finance.domain.chart_template import ReserveClass, chart
from koprogo.finance.domain.fund_movement import fund_movements, own_parts
from koprogo.finance.domain.journal import check
from koprogo.finance.domain.owners import Debtor, OwnedLot, Owners
from koprogo.finance.domain.ownership_period import OwnershipPeriod, OwnershipUnclear, ownership_of
from koprogo.finance.domain.report import Moved
from koprogo.finance.domain.works import Works, WorksAmount, works_lines
from koprogo.kernel.words import Language

from .fakes import debtor

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
LIFT = uuid4()


def owners(*debtors: Debtor) -> Owners:
    return Owners(sum(lot.shares for one in debtors for lot in one.lots), {LIFT: "Lift"}, debtors)


def holding(one: Debtor, *lots: OwnedLot) -> Debtor:
    return msgspec.structs.replace(one, lots=lots)


def expense(amount: int, **others: Any) -> Charge:
    return Charge(**{"account": "6101", "label": "Lift", "dated": LAST, "amount": amount, **others})


def year(*debtors: Debtor) -> OwnershipPeriod:
    return ownership_of(FIRST, LAST, {FIRST: owners(*debtors)}, owners(*debtors))


class TestSharingOut:
    def test_gives_the_odd_cent_by_the_order_of_lot_numbers(self) -> None:
        a, b, c = debtor("A", {"A10": 1}), debtor("B", {"A2": 1}), debtor("C", {"A1": 1})
        shared = share_out([expense(100)], year(a, b, c))
        assert [shared[one.id][0].amount for one in (a, b, c)] == [33, 33, 34]

    def test_makes_those_bear_a_charge_who_are_in_its_key(self) -> None:
        a, b = debtor("A", {"A1": 500}, keys={LIFT: 3}), debtor("B", {"A2": 500})
        shared = share_out([expense(100, key_id=LIFT)], year(a, b))
        (line,) = shared[a.id]
        assert (b.id in shared, line.amount, line.shares, line.share_total, line.key_name) == (False, 100, 3, 3, "Lift")

    def test_leaves_a_private_cost_to_its_lot(self) -> None:
        a, b = debtor("A", {"A1": 500}), debtor("B", {"A2": 500})
        shared = share_out([expense(100, lot_id=b.lots[0].id)], year(a, b))
        assert (list(shared), shared[b.id][0].amount) == ([b.id], 100)

    @pytest.mark.parametrize("missing", [{"key_id": LIFT}, {"key_id": uuid4()}, {"lot_id": uuid4()}])
    def test_of_what_nobody_bears_is_refused_by_name(self, missing: dict[str, Any]) -> None:
        with pytest.raises(ChargeWithoutBearer) as refused:
            share_out([expense(100, label="Roof", **missing)], year(debtor("A", {"A1": 1})))
        assert refused.value.metadata["label"] == "Roof"

    def test_tells_the_part_that_a_lease_puts_on_the_occupant(self) -> None:
        a = debtor("A", {"A1": 1})
        (line,) = share_out([expense(333, occupant_percent=50)], year(a))[a.id]
        assert (line.occupant_percent, line.occupant_part) == (50, 167)


class TestALotThatChangesHands:
    def test_is_borne_by_days_and_by_the_buyer_from_the_day_of_the_deed(self) -> None:
        seller, other = debtor("Seller", {"A1": 1}), debtor("Other", {"A2": 1})
        buyer = holding(debtor("Buyer", {}), *seller.lots)
        deed = date(2025, 7, 1)
        after = owners(buyer, other)
        period = ownership_of(FIRST, LAST, {FIRST: owners(seller, other), deed: after}, after)
        assert period.days[seller.lots[0].id] == {seller.id: 181, buyer.id: 184}
        shared = share_out([expense(73000)], period)
        assert [(shared[one.id][0].amount, shared[one.id][0].days) for one in (seller, buyer, other)] == [
            (18100, 181), (18400, 184), (36500, 0),
        ]  # fmt: skip
        assert {shared[one.id][0].days_total for one in (seller, buyer)} == {365}

    def test_and_comes_back_is_counted_once_for_its_owner(self) -> None:
        a = debtor("A", {"A1": 1})
        b = holding(debtor("B", {}), *a.lots)
        rolls = {FIRST: owners(a), date(2025, 2, 1): owners(b), date(2025, 3, 1): owners(a)}
        period = ownership_of(FIRST, LAST, rolls, owners(a))
        assert period.days[a.lots[0].id] == {a.id: 337, b.id: 28}

    def test_without_a_known_transfer_is_refused(self) -> None:
        seller = debtor("Seller", {"A1": 1})
        buyer = holding(debtor("Buyer", {}), *seller.lots)
        with pytest.raises(OwnershipUnclear):
            ownership_of(FIRST, LAST, {FIRST: owners(seller)}, owners(buyer))

    def test_on_the_last_day_gives_the_buyer_that_day(self) -> None:
        seller = debtor("Seller", {"A1": 1})
        buyer = holding(debtor("Buyer", {}), *seller.lots)
        period = ownership_of(FIRST, LAST, {FIRST: owners(seller), LAST: owners(buyer)}, owners(buyer))
        assert period.days[seller.lots[0].id] == {seller.id: 364, buyer.id: 1}


@st.composite
def periods(draw: st.DrawFn) -> OwnershipPeriod:
    """Up to twelve lots of up to six owners, some of which change hands on some days."""
    people = [debtor(f"P{number}", {}) for number in range(draw(st.integers(1, 6)))]
    lots = [
        OwnedLot(uuid4(), f"A{number}", draw(st.integers(1, 5000)), {LIFT: draw(st.integers(0, 3))}, "apartment", True)
        for number in range(draw(st.integers(1, 12)))
    ]
    days = [FIRST, *sorted(draw(st.sets(st.dates(FIRST + timedelta(days=1), LAST), max_size=4)))]
    whose = [draw(st.integers(0, len(people) - 1)) for _ in lots]
    rolls = {}
    for day in days:
        for number in range(len(lots)):
            if day != FIRST and draw(st.booleans()):
                whose[number] = draw(st.integers(0, len(people) - 1))
        rolls[day] = owners(
            *(
                holding(one, *(lot for lot, of in zip(lots, whose, strict=True) if of == number))
                for number, one in enumerate(people)
            )
        )
    return ownership_of(FIRST, LAST, rolls, rolls[days[-1]])


charges = st.lists(
    st.builds(
        expense,
        st.integers(-(10**9), 10**9).filter(bool),
        occupant_percent=st.integers(0, 100),
        dated=st.dates(FIRST, LAST),
    ),
    max_size=6,
)


class TestStatements:
    @given(periods(), charges)
    def test_lose_no_cent_of_any_charge(self, period: OwnershipPeriod, spent: Sequence[Charge]) -> None:
        shared = share_out(spent, period)
        for charge in spent:
            alone = share_out([charge], period)
            assert sum(line.amount for lines in alone.values() for line in lines) == charge.amount
        assert sum(line.amount for lines in shared.values() for line in lines) == sum(one.amount for one in spent)

    @given(periods(), charges)
    def test_never_put_more_on_the_occupant_than_the_line(
        self, period: OwnershipPeriod, spent: Sequence[Charge]
    ) -> None:
        for lines in share_out(spent, period).values():
            assert all(0 <= line.occupant_part * (1 if line.amount > 0 else -1) <= abs(line.amount) for line in lines)

    @given(periods())
    def test_count_every_day_of_every_lot(self, period: OwnershipPeriod) -> None:
        assert {sum(days.values()) for days in period.days.values()} == {365}

    @given(periods(), charges, st.data())
    def test_bring_the_result_of_the_working_capital_to_nothing(
        self, period: OwnershipPeriod, spent: Sequence[Charge], data: st.DataObject
    ) -> None:
        called = {one: data.draw(st.integers(-(10**6), 10**6)) for one in period.debtors}
        roof = Works(uuid4(), {Language.FR: "Toit"}, FIRST)
        for_works = [
            WorksAmount(works=roof, key_name="", lot_id=None, party_id=one, amount=data.draw(st.integers(1, 10**6)))
            for one in period.debtors
        ]
        works = works_lines([], for_works, {"": data.draw(st.integers(0, 10**7))})
        own = owner_statements(share_out(spent, period), called, period.debtors, works)
        statement = ChargeStatement(
            id=uuid4(), first_day=FIRST, last_day=LAST, issued_on=LAST, due_on=LAST, owners=tuple(own)
        )
        entry = entry_of(statement, uuid4())
        result = sum(one.amount for one in spent) - sum(called.values()) - sum(one.amount for one in for_works)
        posted = [line for line in entry.lines if line.account in ("7010", "7013")] if entry else []
        assert result + sum(line.amount for line in posted) == 0
        if entry is not None:
            check(entry.lines, chart(ReserveClass.CLASS_16))


class TestTheFunds:
    def test_open_move_and_close(self) -> None:
        accounts = chart(ReserveClass.CLASS_16).accounts
        moved = [
            Moved(accounts["100"], Fund.WORKING, -5000, 0, 100),
            Moved(accounts["7010"], Fund.WORKING, 0, 0, 1000),
            Moved(accounts["614"], Fund.WORKING, 0, 700, 0),
            Moved(accounts["742"], Fund.WORKING, 0, 0, 30),
            Moved(accounts["162"], Fund.RESERVE, -900, 0, 0),
            Moved(accounts["700"], Fund.RESERVE, 0, 0, 50),
            Moved(accounts["551"], Fund.WORKING, 5000, 430, 0),
        ]
        found = {one.fund: (one.opening, one.called, one.spent, one.closing) for one in fund_movements(moved)}
        assert found == {Fund.WORKING: (5000, 1100, 670, 5430), Fund.RESERVE: (900, 50, 0, 950)}

    @given(st.integers(-(10**9), 10**9), st.lists(st.integers(1, 100), min_size=1, max_size=8))
    def test_are_parted_by_the_shares_of_the_last_day(self, amount: int, shares: list[int]) -> None:
        everybody = [debtor(f"O{number}", {f"A{number}": share}) for number, share in enumerate(shares)]
        left = uuid4()
        parts = own_parts(amount, owners(*everybody), [left])
        assert (sum(parts.values()), parts[left]) == (amount, 0)
