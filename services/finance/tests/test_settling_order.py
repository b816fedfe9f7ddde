"""What is paid without reference settles what nobody disputes first, and the oldest of it first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.settling import OpenDemand, in_order, settle

from .builders import TODAY, Office, call, part
from .test_bank import free, movements, sends, statement, structured

PARTY = uuid4()


@pytest.fixture
async def owing(office: Office) -> list[dict[str, Any]]:
    """Peeters owes 333.00 of which he disputes, 33.30 and 3.33, in this order of their days."""
    for days, amount in ((10, "1000"), (20, "100"), (30, "10")):
        due = str(TODAY + timedelta(days=days))
        await office.post("calls-for-funds", call(part(amount=amount), due_on=due))
    demands = [d for d in await office.get("demands") if d["party_name"] == "Peeters"]
    said = await office.accountant.put(
        f"{office.path}/demands/{demands[0]['id']}/dispute", json={"reason": "Not my lift"}
    )
    assert said.status_code == 204
    return demands


async def left(office: Office) -> list[str]:
    return [d["open"] for d in await office.get("demands") if d["party_name"] == "Peeters"]


class TestALumpSum:
    async def test_that_a_person_says_is_his_settles_what_he_disputes_last(
        self, office: Office, owing: list[dict[str, Any]]
    ) -> None:
        await sends(office, statement(free("35.00")))
        (moved,) = await movements(office)
        choice = {"bank_entry_id": moved["id"], "party_id": owing[0]["party_id"]}
        await office.post("bank-entries/matches", {"choices": [choice]})
        assert await left(office) == ["333.00", "0.00", "1.63"]

    async def test_of_more_than_that_settles_the_rest_too(self, office: Office, owing: list[dict[str, Any]]) -> None:
        await sends(office, statement(structured(owing[1], "40.00")))
        assert await left(office) == ["329.63", "0.00", "0.00"]

    async def test_with_the_communication_of_a_disputed_demand_settles_that_one(
        self, office: Office, owing: list[dict[str, Any]]
    ) -> None:
        await sends(office, statement(structured(owing[0], "35.00")))
        assert await left(office) == ["298.00", "33.30", "3.33"]

    async def test_that_was_to_his_credit_settles_what_he_disputes_last(
        self, office: Office, owing: list[dict[str, Any]]
    ) -> None:
        await sends(office, statement(structured(owing[1])))
        await office.post(f"calls-for-funds/{owing[1]['call_id']}/withdrawal", {"reason": "Not voted"})
        assert await left(office) == ["303.03", "0.00", "0.00"]


demands = st.lists(
    st.builds(
        lambda amount, days, disputed: OpenDemand(
            uuid4(), None, PARTY, "", date(2026, 1, 1) + timedelta(days), {Fund.WORKING: amount},
            {Fund.WORKING: amount}, disputed,
        ),
        st.integers(1, 10**6), st.integers(0, 5), st.booleans(),
    ),
    max_size=8,
)  # fmt: skip


class TestTheOrder:
    @given(demands, st.integers(1, 10**7))
    def test_leaves_none_open_before_one_it_has_begun(self, owed: list[OpenDemand], amount: int) -> None:
        settle(PARTY, amount, in_order(owed))
        begun = [one for one in owed if one.paid]
        rest = [one for one in owed if one.open]
        for one in begun:
            for other in rest:
                if other is not one:
                    assert (one.is_disputed, one.due_on) <= (other.is_disputed, other.due_on)

    @given(demands, st.integers(1, 10**7))
    def test_loses_no_cent(self, owed: list[OpenDemand], amount: int) -> None:
        lines = settle(PARTY, amount, in_order(owed))
        assert sum(line.amount for line in lines) == -amount
        assert {line.party_id for line in lines} == {PARTY}
