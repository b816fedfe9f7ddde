"""A budget is drafted, voted by the meeting, and no more changed then."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.budget import (
    Budget,
    BudgetContent,
    BudgetKind,
    BudgetNotDraft,
    BudgetState,
    indexed,
    next_days,
)
from koprogo.finance.domain.call_for_funds import Decision
from koprogo.finance.domain.fiscal_year import FiscalYear, YearState
from koprogo.kernel.words import Language, Role
from koprogo.kit.testing import InProcess

from .budget_builders import DUE, adopted, budget, decision, decision_id, drafted, hears, line, state
from .builders import PAST, TODAY, YEAR, Office, call, credit, debit, entry, open_office
from .fakes import FakeProperty, debtor


class TestADraft:
    async def test_says_that_nobody_voted_it(self, office: Office) -> None:
        made = await drafted(office, line(), line("614", "300", occupant_percent=20), reserve_contribution="100")
        shown = await office.get(f"budgets/{made}")
        assert (shown["budget"]["state"], shown["budget"]["decision"]) == ("draft", None)
        assert (shown["budget"]["total"], shown["budget"]["reserve_contribution"]) == ("1500.00", "100.00")
        assert [(one["account"], one["amount"], one["occupant_percent"]) for one in shown["lines"]] == [
            ("6101", "1200.00", 0), ("614", "300.00", 20),
        ]  # fmt: skip
        assert [one["id"] for one in await office.get("budgets")] == [made]

    async def test_may_be_of_a_year_to_come(self, office: Office) -> None:
        made = await drafted(office, first_day=f"{TODAY.year + 3}-01-01", last_day=f"{TODAY.year + 3}-12-31")
        assert await state(office, made) == "draft"

    async def test_is_changed_by_who_has_read_it(self, office: Office) -> None:
        made = await drafted(office)
        path = f"{office.path}/budgets/{made}"
        version = (await office.accountant.get(path)).headers["etag"]
        changed = budget(line(amount="900"), titles={"fr": "Autre"})
        answer = await office.accountant.put(path, json=changed, headers={"if-match": version})
        assert (answer.status_code, answer.headers["etag"]) == (204, '"2"')
        shown = await office.get(f"budgets/{made}")
        assert (shown["budget"]["total"], shown["budget"]["titles"]) == ("900.00", {"fr": "Autre"})
        late = await office.accountant.put(path, json=changed, headers={"if-match": version})
        assert (late.status_code, late.json()["reason"]) == (412, "CHANGED_MEANWHILE")
        unread = await office.accountant.put(path, json=changed)
        assert unread.json()["reason"] == "IF_MATCH_MISSING"

    async def test_can_be_deleted(self, office: Office) -> None:
        made = await drafted(office)
        assert (await office.accountant.delete(f"{office.path}/budgets/{made}")).status_code == 204
        assert (await office.accountant.get(f"{office.path}/budgets/{made}")).status_code == 404

    async def test_is_read_but_not_written_by_the_council(self, office: Office) -> None:
        made = await drafted(office)
        async with office.person(Role.BOARD_MEMBER) as member:
            assert (await member.get(f"{office.path}/budgets/{made}")).status_code == 200
            assert (await member.post(f"{office.path}/budgets", json=budget())).status_code == 403

    @pytest.mark.parametrize(
        ("change", "reason", "field"),
        [
            ({"lines": [line("551")]}, "ACCOUNT_NOT_EXPENSE", "lines.0.account"),
            ({"lines": [line(), line("6999")]}, "ACCOUNT_UNKNOWN", "lines.1.account"),
            ({"lines": [line("610")]}, "ACCOUNT_IS_HEADING", "lines.0.account"),
            ({"lines": [line(amount="-1")]}, "INVALID", "lines.0.amount"),
            ({"lines": [line(occupant_percent=101)]}, "INVALID", "lines.0.occupant_percent"),
            ({"lines": [line(allocation_key_id=str(uuid4()))]}, "ALLOCATION_KEY_UNKNOWN", "lines.0.allocation_key_id"),
            ({"last_day": str(YEAR[0])}, "YEAR_DAYS_WRONG", "last_day"),
            ({"first_day": str(PAST[1])}, "YEAR_DAYS_WRONG", "first_day"),
            ({"first_day": "9998-01-01", "last_day": "9998-12-31"}, "YEAR_DAYS_WRONG", "first_day"),
            ({"kind": "extraordinary", "reserve_contribution": "1"}, "RESERVE_NOT_HERE", "reserve_contribution"),
        ],
    )
    async def test_that_is_wrong_says_where(
        self, office: Office, change: dict[str, Any], reason: str, field: str
    ) -> None:
        assert (await office.refused("budgets", budget(**change)))[1:] == (reason, field)
        assert await office.get("budgets") == []

    async def test_sent_twice_with_its_id_is_kept_once(self, office: Office) -> None:
        once = budget(id=str(uuid4()))
        await office.post("budgets", once)
        assert (await office.refused("budgets", once))[:2] == (409, "BUDGET_EXISTS")


class TestAMeeting:
    @pytest.mark.parametrize(("is_adopted", "becomes"), [(True, "adopted"), (False, "rejected")])
    async def test_adopts_or_rejects_a_draft(self, office: Office, is_adopted: bool, becomes: str) -> None:
        made = await drafted(office)
        told = decision(office, f"finance/budget/{made}", adopted=is_adopted)
        await hears(office, told)
        shown = (await office.get(f"budgets/{made}"))["budget"]
        assert (shown["state"], shown["decision"]) == (becomes, {
            "decided_on": str(date.fromordinal(TODAY.toordinal() - 1)), "item_number": 4,
            "titles": {"fr": "Le budget", "nl": "De begroting"}, "id": str(decision_id(told)),
        })  # fmt: skip

    async def test_told_twice_changes_nothing(self, office: Office) -> None:
        made = await drafted(office)
        told = decision(office, f"finance/budget/{made}")
        await hears(office, told, told)
        shown = (await office.get(f"budgets/{made}"))["budget"]
        assert (shown["state"], shown["version"], len(await office.get("decisions"))) == ("adopted", 2, 1)

    async def test_told_twice_does_not_adopt_what_was_drafted_in_between(self, office: Office) -> None:
        later = str(uuid4())
        told = decision(office, f"finance/budget/{later}")
        await hears(office, told)
        await drafted(office, id=later)
        await hears(office, told)
        assert await state(office, later) == "draft"

    async def test_told_late_leaves_what_was_decided(self, office: Office) -> None:
        made = await adopted(office)
        await hears(office, decision(office, f"finance/budget/{made}", adopted=False))
        assert await state(office, made) == "adopted"

    @pytest.mark.parametrize(
        "about", [f"finance/budget/{uuid4()}", "finance/budget/x", "finance/budget/", "contractors/quote/1", ""]
    )
    async def test_about_what_is_not_there_is_only_kept(self, office: Office, about: str) -> None:
        made = await drafted(office)
        await hears(office, decision(office, about))
        assert await state(office, made) == "draft"
        assert [one["about"] for one in await office.get("decisions")] == [about]

    async def test_of_another_association_decides_nothing_here(self, office: Office) -> None:
        made = await drafted(office)
        await hears(office, decision(office, f"finance/budget/{made}", association_id=str(uuid4())))
        assert await state(office, made) == "draft"

    async def test_leaves_a_budget_that_nobody_changes_or_deletes(self, office: Office) -> None:
        made = await adopted(office)
        path = f"{office.path}/budgets/{made}"
        changed = await office.accountant.put(path, json=budget(line(amount="1")), headers={"if-match": '"2"'})
        assert (changed.status_code, changed.json()["reason"]) == (409, "BUDGET_NOT_DRAFT")
        assert (await office.accountant.delete(path)).json()["reason"] == "BUDGET_NOT_DRAFT"


class TestACallForWorks:
    async def test_rests_on_a_decision_that_was_adopted(self, office: Office) -> None:
        told = decision(office, nature="works_on_common_parts", titles={"nl": "Dak"})
        await hears(office, told)
        await office.post("calls-for-funds", call(decision=None, decision_id=str(decision_id(told))))
        (shown,) = await office.get("calls-for-funds")
        assert (shown["decision"]["id"], shown["decision"]["titles"]) == (str(decision_id(told)), {"nl": "Dak"})

    async def test_rests_on_no_other(self, office: Office) -> None:
        rejected, elsewhere = decision(office, adopted=False), decision(office, association_id=str(uuid4()))
        await hears(office, rejected, elsewhere)
        for named, refusal in (
            (decision_id(rejected), (409, "DECISION_NOT_ADOPTED")),
            (decision_id(elsewhere), (400, "DECISION_UNKNOWN")),
            (uuid4(), (400, "DECISION_UNKNOWN")),
        ):
            asked = call(decision=None, decision_id=str(named))
            assert (await office.refused("calls-for-funds", asked))[:2] == refusal
        assert await office.get("entries") == []

    async def test_rests_on_one(self, office: Office) -> None:
        both = call(decision_id=str(uuid4()))
        assert (await office.refused("calls-for-funds", both))[1] == "DECISION_CHOICE"
        assert (await office.refused("calls-for-funds", call(decision=None)))[1] == "DECISION_CHOICE"


class TestTheYearAfter:
    async def test_is_proposed_from_the_budget_with_a_percent(self, office: Office) -> None:
        lift = uuid4()
        office.neighbour.key_names = {lift: "Lift"}
        office.neighbour.debtors = [debtor("Dubois", {"A1": 1}, keys={lift: 1})]
        made = await drafted(
            office, line(amount="1000.20", allocation_key_id=str(lift), occupant_percent=50), line("614", "0.20"),
            reserve_contribution="100",
        )  # fmt: skip
        following = await office.post(f"budgets/{made}/next", {"percent": "2.5"})
        shown = await office.get(f"budgets/{following['id']}")
        assert [(one["account"], one["amount"]) for one in shown["lines"]] == [("6101", "1025.21"), ("614", "0.21")]
        assert (shown["lines"][0]["allocation_key_id"], shown["lines"][0]["occupant_percent"]) == (str(lift), 50)
        assert (shown["budget"]["first_day"], shown["budget"]["last_day"]) == (
            f"{TODAY.year + 1}-01-01", f"{TODAY.year + 1}-12-31",
        )  # fmt: skip
        assert (shown["budget"]["state"], shown["budget"]["reserve_contribution"]) == ("draft", "102.50")

    async def test_is_proposed_from_what_was_spent_also_where_nothing_was_planned(self, office: Office) -> None:
        made = await drafted(office, line(amount="300"), line(amount="100", labels={"fr": "Contrôle"}), line("614"))
        await office.post("entries", entry(debit("6101", "800"), credit("551", "800")))
        await office.post("entries", entry(debit("6120", "50.50"), credit("551", "50.50"), dated=YEAR[0]))
        await office.post("entries", entry(debit("611", "999"), credit("551", "999")))
        following = await office.post(f"budgets/{made}/next", {"basis": "actual", "percent": "-10"})
        shown = await office.get(f"budgets/{following['id']}")
        assert [(one["account"], one["amount"]) for one in shown["lines"]] == [
            ("6101", "540.00"), ("6101", "180.00"), ("614", "0.00"), ("6120", "45.45"),
        ]  # fmt: skip
        assert shown["lines"][3]["labels"]["nl"] == "Water"

    @given(st.integers(0, 10**14), st.integers(-9999, 9999))
    def test_is_rounded_half_up_to_the_cent(self, amount: int, hundredths: int) -> None:
        exact_times_10000 = amount * (10_000 + hundredths)
        assert -5000 < indexed(amount, hundredths) * 10_000 - exact_times_10000 <= 5000

    @pytest.mark.parametrize(
        ("first_day", "last_day", "following"),
        [
            (date(2026, 1, 1), date(2026, 12, 31), (date(2027, 1, 1), date(2027, 12, 31))),
            (date(2026, 5, 20), date(2026, 6, 30), (date(2026, 7, 1), date(2027, 6, 30))),
            (date(2027, 3, 1), date(2028, 2, 29), (date(2028, 3, 1), date(2029, 2, 28))),
        ],
    )
    def test_has_twelve_months(self, first_day: date, last_day: date, following: tuple[date, date]) -> None:
        assert next_days(BudgetContent({Language.FR: "x"}, first_day, last_day, (), 0), ()) == following

    def test_has_the_days_that_the_books_say(self) -> None:
        known = FiscalYear(uuid4(), date(2027, 1, 1), date(2027, 6, 30), YearState.OPENING, uuid4())
        content = BudgetContent({Language.FR: "x"}, date(2026, 1, 1), date(2026, 12, 31), (), 0)
        assert next_days(content, [known]) == (date(2027, 1, 1), date(2027, 6, 30))


class TestTheStateOfABudget:
    @given(st.lists(st.booleans(), min_size=1, max_size=4))
    def test_is_set_once_by_a_decision(self, votes: list[bool]) -> None:
        content = BudgetContent({Language.FR: "x"}, *YEAR, lines=(), reserve=0)
        one = Budget(uuid4(), BudgetKind.ORDINARY, content)
        decided = Decision(TODAY, 1, {Language.FR: "x"})
        one.decide(decided, adopted=votes[0])
        for vote in votes[1:]:
            with pytest.raises(BudgetNotDraft):
                one.decide(decided, adopted=vote)
        with pytest.raises(BudgetNotDraft):
            one.change(content)
        assert one.state is (BudgetState.ADOPTED if votes[0] else BudgetState.REJECTED)


class TestAnotherOrganisation:
    async def test_sees_touches_and_decides_nothing(
        self, office: Office, service: InProcess, neighbour: FakeProperty
    ) -> None:
        made = await drafted(office)
        async with open_office(service, neighbour) as other:
            for method, path, body in (
                ("GET", "", None), ("GET", "/variance", None), ("DELETE", "", None), ("POST", "/next", {}),
                ("POST", "/calls", {"schedule": "yearly", "due_on": DUE}),
            ):  # fmt: skip
                own = await other.accountant.request(method, f"{other.path}/budgets/{made}{path}", json=body)
                theirs = await other.accountant.request(method, f"{office.path}/budgets/{made}{path}", json=body)
                assert (own.status_code, theirs.status_code) == (404, 403)
            told = decision(other, f"finance/budget/{made}")
            await hears(other, told, decision(other, f"finance/budget/{made}", association_id=str(office.association)))
            sees = await other.sees()
            assert (sees["budgets"], sees["budget_lines"], sees["decisions"]) == (0, 0, 2)
        assert (await state(office, made), await office.get("decisions")) == ("draft", [])
