"""A meeting votes the budget it was convened on, and one ordinary budget stands for a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.budget import Budget, BudgetContent, BudgetKind, BudgetState
from koprogo.finance.domain.call_for_funds import Decision
from koprogo.kernel.words import Language
from koprogo.kit.events import Received
from koprogo_api.governance.events.v1.decision_pb2 import MeetingConvened

from .budget_builders import DUE, budget, decision, drafted, hears, line, state
from .builders import TODAY, YEAR, Office


def convened(office: Office, *about: str, at: datetime | None = None) -> Received:
    """As governance tells it."""
    told = MeetingConvened(
        meeting_id=str(uuid4()),
        association_id=str(office.association),
        convened_at=(at or datetime.now(UTC)).isoformat(),
        held_on=str(TODAY),
        about=about,
    )
    return Received(
        uuid4(), MeetingConvened.DESCRIPTOR.full_name, office.tenant, told.meeting_id, told.SerializeToString()
    )


async def changes(office: Office, made: str, amount: str) -> tuple[int, str]:
    path = f"{office.path}/budgets/{made}"
    version = (await office.accountant.get(path)).headers["etag"]
    answer = await office.accountant.put(path, json=budget(line(amount=amount)), headers={"if-match": version})
    return answer.status_code, answer.json()["reason"] if answer.content else ""


async def totals(office: Office) -> dict[str, str]:
    """By state; there is one budget in each."""
    return {one["state"]: one["total"] for one in await office.get("budgets")}


class TestADraftOnTheAgenda:
    async def test_of_a_convened_meeting_is_changed_and_deleted_no_more(self, office: Office) -> None:
        made = await drafted(office)
        await hears(office, convened(office, f"finance/budget/{made}", "contractors/quote/1"))
        assert await changes(office, made, "900") == (409, "BUDGET_ON_AGENDA")
        deleted = await office.accountant.delete(f"{office.path}/budgets/{made}")
        assert deleted.json()["reason"] == "BUDGET_ON_AGENDA"
        shown = (await office.get(f"budgets/{made}"))["budget"]
        assert (shown["state"], shown["convened_on"] is not None, shown["total"]) == ("draft", True, "1200.00")

    async def test_stays_as_it_was_sent_and_what_came_later_is_another_draft(self, office: Office) -> None:
        made = await drafted(office)
        sent = datetime.now(UTC)
        await changes(office, made, "900")
        told = convened(office, f"finance/budget/{made}", at=sent)
        await hears(office, told, told)
        shown = {one["id"]: one for one in await office.get("budgets")}
        assert (shown.pop(made)["total"], [one["total"] for one in shown.values()]) == ("1200.00", ["900.00"])
        assert [one["convened_on"] for one in shown.values()] == [None]

    async def test_and_not_changed_makes_no_other(self, office: Office) -> None:
        made = await drafted(office)
        await hears(office, convened(office, f"finance/budget/{made}"))
        await hears(office, decision(office, f"finance/budget/{made}", convened_at=datetime.now(UTC).isoformat()))
        assert await totals(office) == {"adopted": "1200.00"}

    async def test_that_is_decided_before_the_convocation_is_heard_of_is_adopted_as_it_was_sent(
        self, office: Office
    ) -> None:
        made = await drafted(office)
        sent = datetime.now(UTC)
        await changes(office, made, "900")
        await hears(office, decision(office, f"finance/budget/{made}", convened_at=sent.isoformat()))
        await hears(office, convened(office, f"finance/budget/{made}", at=sent))
        assert await totals(office) == {"adopted": "1200.00", "draft": "900.00"}

    async def test_of_two_meetings_stays_as_the_first_was_sent_it(self, office: Office) -> None:
        made = await drafted(office)
        first = datetime.now(UTC)
        await changes(office, made, "900")
        about = f"finance/budget/{made}"
        await hears(office, convened(office, about, at=first), convened(office, about))
        assert (await office.get(f"budgets/{made}"))["budget"]["total"] == "1200.00"
        assert len(await office.get("budgets")) == 2

    async def test_that_names_what_is_not_there_changes_nothing(self, office: Office) -> None:
        made = await drafted(office)
        await hears(office, convened(office, f"finance/budget/{uuid4()}", "finance/budget/x", ""))
        assert await changes(office, made, "900") == (204, "")

    async def test_of_another_organisation_is_left_alone(self, office: Office) -> None:
        made = await drafted(office)
        told = convened(office, f"finance/budget/{made}")
        await hears(office, Received(told.event_id, told.type, uuid4(), told.key, told.payload))
        assert await changes(office, made, "900") == (204, "")


EARLIER, LATER = str(TODAY - timedelta(days=30)), str(TODAY - timedelta(days=2))


class TestASecondBudgetForTheYear:
    @pytest.mark.parametrize("order", [*permutations((0, 1)), (0, 1, 0, 1), (1, 0, 1, 0)])
    async def test_replaces_the_first_in_whatever_order_they_are_told(
        self, office: Office, order: Sequence[int]
    ) -> None:
        first, second = await drafted(office), await drafted(office, line(amount="1500"))
        told = (
            decision(office, f"finance/budget/{first}", decided_on=EARLIER),
            decision(office, f"finance/budget/{second}", decided_on=LATER),
        )
        await hears(office, *(told[n] for n in order))
        assert (await state(office, first), await state(office, second)) == ("replaced", "adopted")
        shown = {one["id"]: one["replaced_by"] for one in await office.get("budgets")}
        assert shown == {first: second, second: None}
        assert (await office.get(f"budgets/{first}"))["budget"]["replaced_by"] == second

    async def test_that_is_rejected_leaves_the_first(self, office: Office) -> None:
        first, second = await drafted(office), await drafted(office)
        await hears(office, decision(office, f"finance/budget/{first}", decided_on=EARLIER))
        await hears(office, decision(office, f"finance/budget/{second}", adopted=False, decided_on=LATER))
        assert (await state(office, first), await state(office, second)) == ("adopted", "rejected")

    async def test_of_works_or_of_another_year_replaces_nothing(self, office: Office) -> None:
        days = {"first_day": f"{TODAY.year + 1}-01-01", "last_day": f"{TODAY.year + 1}-12-31"}
        made = [await drafted(office), await drafted(office, kind="extraordinary"), await drafted(office, **days)]
        await hears(office, *(decision(office, f"finance/budget/{one}") for one in made))
        assert [await state(office, one) for one in made] == ["adopted"] * 3

    async def test_is_called_for_what_the_first_was_not(self, office: Office) -> None:
        first, second = await drafted(office), await drafted(office, line(amount="1500"))
        await hears(office, decision(office, f"finance/budget/{first}", decided_on=EARLIER))
        await office.post(f"budgets/{first}/calls", {"schedule": "quarterly", "due_on": DUE})
        await hears(office, decision(office, f"finance/budget/{second}", decided_on=LATER))
        monthly = {"schedule": "monthly", "due_on": DUE}
        refused = await office.refused(f"budgets/{first}/calls", {"schedule": "quarterly", "due_on": DUE})
        assert refused[:2] == (409, "BUDGET_REPLACED")
        assert (await office.refused(f"budgets/{second}/calls", {**monthly, "instalment": 3}))[1] == "INSTALMENT_CALLED"
        assert (await office.get(f"budgets/{second}"))["called_until"] == f"{TODAY.year}-03-31"
        await office.post(f"budgets/{second}/calls", monthly)
        assert (await office.get("calls-for-funds"))[0]["period_from"] == f"{TODAY.year}-04-01"

    @given(st.permutations([date_ for date_ in range(1, 6)]))
    def test_stands_when_it_is_the_last_that_was_decided(self, days: list[int]) -> None:
        standing: Budget | None = None
        for day in days:
            one = Budget(uuid4(), BudgetKind.ORDINARY, BudgetContent({Language.FR: "x"}, *YEAR, lines=(), reserve=0))
            one.decide(Decision(TODAY.replace(day=day), 1, {Language.FR: "x"}), adopted=True)
            if standing is None or standing.replace(one) is standing:
                standing = one
        assert standing is not None
        assert standing.state is BudgetState.ADOPTED
        assert standing.decision is not None
        assert standing.decision.decided_on.day == 5
