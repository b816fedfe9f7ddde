"""What sellers get back is what buyers are asked, whatever the shares (R125, R134)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.chart_template import ReserveClass, chart
from koprogo.finance.domain.journal import check
from koprogo.finance.domain.owners import Owners
from koprogo.finance.domain.settlement import (
    NotedTransfer,
    NothingToSettle,
    SameOwner,
    TransferToCome,
    call_of,
    check_due,
    entry_of,
    less_called,
    settlement_of,
)

from .fakes import debtor

DEED = date(2025, 7, 1)


class TestAHouseWhereEveryLotIsSold:
    @given(st.lists(st.integers(1, 9999), min_size=1, max_size=30), st.integers(1, 10**10))
    def test_gives_back_the_working_capital_to_the_cent(self, shares: list[int], capital: int) -> None:
        sellers = [debtor(f"S{n}", {f"A{n}": share}) for n, share in enumerate(shares)]
        buyers = [msgspec.structs.replace(debtor(f"B{n}", {}), lots=one.lots) for n, one in enumerate(sellers)]
        before, on = Owners(sum(shares), {}, tuple(sellers)), Owners(sum(shares), {}, tuple(buyers))
        found = [
            settlement_of(
                NotedTransfer(seller.lots[0].id, DEED, seller.lots[0].number, seller.id, buyer.id),
                working_capital=capital,
                before=before,
                on=on,
            )
            for seller, buyer in zip(sellers, buyers, strict=True)
        ]
        assert sum(one.amount for one in found) == capital
        for one in found:
            if not one.amount:
                continue
            asked = call_of(one, call_id=uuid4(), demand_id=uuid4(), communication="000000009797", today=DEED)
            entry = entry_of(one, asked, uuid4(), DEED)
            check(entry.lines, chart(ReserveClass.CLASS_16))
            assert {line.party_id: line.amount for line in entry.lines} == {
                one.buyer.id: one.amount, one.seller.id: -one.amount,
            }  # fmt: skip
            assert asked.demands[0].total == one.amount


class TestATransfer:
    def test_of_a_day_to_come_waits(self) -> None:
        with pytest.raises(TransferToCome):
            check_due(NotedTransfer(uuid4(), DEED), 100, DEED - timedelta(days=1))
        check_due(NotedTransfer(uuid4(), DEED), 100, DEED)

    @pytest.mark.parametrize("capital", [0, -1])
    def test_without_capital_has_nothing_to_settle(self, capital: int) -> None:
        with pytest.raises(NothingToSettle):
            check_due(NotedTransfer(uuid4(), DEED), capital, DEED)

    def test_to_the_same_holders_has_nothing_to_settle(self) -> None:
        own = debtor("A", {"A1": 1})
        owners = Owners(1, {}, (own,))
        with pytest.raises(SameOwner):
            settlement_of(NotedTransfer(own.lots[0].id, DEED), working_capital=100, before=owners, on=owners)

    @given(st.integers(1, 10**9), st.integers(0, 10**9))
    def test_asks_never_more_than_the_sellers_part(self, capital: int, called: int) -> None:
        seller = debtor("A", {"A1": 1})
        buyer = msgspec.structs.replace(debtor("B", {}), lots=seller.lots)
        found = settlement_of(
            NotedTransfer(seller.lots[0].id, DEED),
            working_capital=capital,
            before=Owners(1, {}, (seller,)),
            on=Owners(1, {}, (buyer,)),
        )
        if called >= capital:
            with pytest.raises(NothingToSettle):
                less_called(found, called)
        else:
            assert less_called(found, called).amount == capital - called
