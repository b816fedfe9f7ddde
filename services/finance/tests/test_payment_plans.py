"""Who keeps a payment plan is left alone; who breaks it is reminded again."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.payment_plan import GRACE, Instalment, PaymentPlan, PlanState

from .late import Late, days_after_due
from .test_bank import structured

FIRST, SECOND, THIRD = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


async def body(late: Late, *amounts: str, **others: Any) -> dict[str, Any]:
    return {
        "party_id": await late.party("Peeters"),
        "instalments": [
            {"due_on": str(day), "amount": amount} for day, amount in zip((FIRST, SECOND, THIRD), amounts, strict=False)
        ],
        **others,
    }


@pytest.fixture
async def agreed(late: Late) -> str:
    """Three instalments of 111.00 euro, agreed on after the friendly reminder."""
    await late.on(days_after_due(15))
    await late.reminds("Peeters", "friendly")
    made = await late.office.post("payment-plans", await body(late, "111", "111", "111"))
    return str(made["id"])


async def state(late: Late) -> tuple[str, str]:
    plan = (await late.office.get("payment-plans"))[0]
    return plan["state"], plan["settled"]


class TestAPlan:
    async def test_that_is_kept_pauses_the_ladder(self, late: Late, agreed: str) -> None:
        demand = (await late.demands("Peeters"))[0]
        await late.on(FIRST, structured(demand, "111.00"))
        await late.on(date(2026, 5, 31))
        assert (await late.proposals())["Peeters"] == (None, "PLAN_KEPT")
        assert await late.refuses("Peeters", "firm") == "PLAN_KEPT"
        assert await state(late) == ("kept", "111.00")

    async def test_that_is_broken_lets_the_ladder_go_on_and_ends_with_the_reminder(
        self, late: Late, agreed: str
    ) -> None:
        await late.on(date(2026, 5, 5), structured((await late.demands("Peeters"))[0], "110.99"))
        assert (await late.proposals())["Peeters"][1] == "PLAN_KEPT"
        await late.on(date(2026, 5, 6))
        assert await state(late) == ("broken", "110.99")
        await late.reminds("Peeters", "firm")
        (plan,) = await late.office.get("payment-plans")
        assert (plan["state"], plan["ended_on"]) == ("ended", "2026-05-06")

    async def test_that_is_paid_at_once_is_fulfilled_and_makes_room_for_another(self, late: Late, agreed: str) -> None:
        await late.on(FIRST, structured((await late.demands("Peeters"))[0]))
        assert await state(late) == ("fulfilled", "333.00")
        await late.calls("100", date(2026, 5, 2), date(2026, 5, 3))
        made = await late.office.post("payment-plans", await body(late, "0.01", "33.29") | {
            "instalments": [{"due_on": "2026-06-01", "amount": "33.30"}]
        })  # fmt: skip
        plans = await late.office.get("payment-plans")
        assert [(one["id"], one["state"]) for one in plans] == [(made["id"], "kept"), (agreed, "ended")]

    async def test_is_ended_by_hand_once(self, late: Late, agreed: str) -> None:
        path = f"{late.office.path}/payment-plans/{agreed}"
        assert (await late.office.syndic.delete(path)).status_code == 204
        again = await late.office.syndic.delete(path)
        assert (again.status_code, again.json()["reason"]) == (409, "PLAN_ENDED")
        await late.on(days_after_due(30))
        await late.reminds("Peeters", "firm")
        assert (await late.office.syndic.delete(f"{late.office.path}/payment-plans/{uuid4()}")).status_code == 404


class TestAPlanThatIsWrong:
    async def test_is_refused(self, late: Late) -> None:
        await late.on(days_after_due(15))
        for wrong, reason in (
            (await body(late, "111", "111", "110.99"), "PLAN_SUM_WRONG"),
            (await body(late, "333", party_id=str(uuid4())), "PLAN_SUM_WRONG"),
            (await body(late, "333", instalments=[{"due_on": "2026-04-14", "amount": "333"}]), "PLAN_DAYS_WRONG"),
            (
                await body(late, instalments=[{"due_on": str(FIRST), "amount": "111"}] * 3),
                "PLAN_DAYS_WRONG",
            ),
            (await body(late), "INVALID"),
        ):
            assert (await late.office.refused("payment-plans", wrong))[1] == reason
        assert await late.office.get("payment-plans") == []

    async def test_beside_one_that_runs_is_refused(self, late: Late, agreed: str) -> None:
        refused = await late.office.refused("payment-plans", await body(late, "333"))
        assert refused == (409, "PLAN_RUNS", "party_id")


class TestTheStateOfAPlan:
    @given(
        st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 10**6)), min_size=1),
        st.integers(0, 10**7),
        st.dates(date(2025, 12, 1), date(2027, 1, 31)),
    )
    def test_is_kept_while_what_was_due_five_days_ago_is_settled(
        self, instalments: list[tuple[date, int]], settled: int, day: date
    ) -> None:
        plan = PaymentPlan(
            id=uuid4(),
            party_id=uuid4(),
            agreed_on=date(2025, 12, 1),
            instalments=tuple(Instalment(*one) for one in instalments),
            settled=settled,
        )
        missing = sum(amount for due_on, amount in instalments if due_on + GRACE <= day) > settled
        assert (plan.state_on(day) is PlanState.BROKEN) == missing
        assert (plan.state_on(day) is PlanState.FULFILLED) == (settled >= plan.amount)
