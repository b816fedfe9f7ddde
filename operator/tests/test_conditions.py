"""What the status says is what became of the steps, and its times are those of the changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from koprogo.operator.conditions import Became, Outcome, camel, components, fold, phase
from koprogo.operator.plan import Step

KINDS = ("IdentityReady", "ServicesReady", "RoutingReady")
MORNING, EVENING = "2026-01-01T08:00:00Z", "2026-01-01T20:00:00Z"
OUTCOMES = st.lists(
    st.builds(
        Outcome,
        st.builds(lambda on, kind: Step(deed="do", on=on, condition=kind), st.text("abc"), st.sampled_from(KINDS)),
        st.sampled_from(Became),
        st.just("Because"),
        st.just("it is so"),
    ),
    min_size=1,
)


class TestConditions:
    @given(OUTCOMES)
    def test_are_true_when_all_their_steps_are_done(self, outcomes: list[Outcome]) -> None:
        told = {one["type"]: one["status"] for one in fold(outcomes, [], MORNING)}
        for kind in {one.step.condition for one in outcomes}:
            done = all(one.is_done for one in outcomes if one.step.condition == kind)
            assert told[kind] == str(done)
        assert told["Ready"] == str(all(one.is_done for one in outcomes))

    @given(OUTCOMES, OUTCOMES)
    def test_keep_their_time_until_they_change(self, before: list[Outcome], after: list[Outcome]) -> None:
        then = fold(before, [], MORNING)
        was = {one["type"]: one["status"] for one in then}
        for one in fold(after, then, EVENING):
            expected = MORNING if was.get(one["type"]) == one["status"] else EVENING
            assert one["lastTransitionTime"] == expected

    @given(OUTCOMES)
    def test_say_which_step_fails_and_why(self, outcomes: list[Outcome]) -> None:
        for one in fold(outcomes, [], MORNING):
            failing = [o for o in outcomes if not o.is_done and one["type"] in (o.step.condition, "Ready")]
            assert one["reason"] == ("Because" if failing else "Done")
            assert not failing or any(one["message"].startswith(o.step.name) for o in failing)


class TestAPhase:
    @given(OUTCOMES, st.booleans(), st.booleans())
    def test_is_ready_or_suspended_only_when_all_is_done(
        self, outcomes: list[Outcome], is_suspended: bool, was_ready: bool
    ) -> None:
        found = phase(outcomes, is_suspended=is_suspended, was_ready=was_ready)
        if all(one.is_done for one in outcomes):
            assert found == ("Suspended" if is_suspended else "Ready")
        else:
            assert found == ("Degraded" if was_ready else "Provisioning")

    def test_is_pending_while_an_archive_is_awaited(self) -> None:
        step = Step(deed="await-restore", on="identity", condition="ServicesReady")
        outcomes = [Outcome(step, Became.WAITS, "AwaitsRestore", "")]
        assert phase(outcomes, is_suspended=False, was_ready=False) == "Pending"


def test_a_component_says_its_last_error_and_forgets_it_when_it_is_done() -> None:
    step = Step(deed="erase", on="identity", condition="Erased")
    assert components([Outcome(step, Became.WAITS, "Late", "later")]) == {
        "erase-identity": {"state": "Waits", "lastError": "later"}
    }
    assert components([Outcome(step, Became.KEPT)])["erase-identity"] == {"state": "Done", "lastError": ""}


def test_a_reason_is_written_as_kubernetes_writes_it() -> None:
    assert camel("TENANT_ERASED") == "TenantErased"
    assert camel("waits") == "Waits"
