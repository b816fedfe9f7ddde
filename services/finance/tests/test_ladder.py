"""Which reminder an owner gets, and why or why not (R144), as examples."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from koprogo.finance.domain.arrears import ArrearsPolicy, Level, Notice, Owed, Standing
from koprogo.finance.domain.bank_first import KnownOfBank, Receipt, bank_first
from koprogo.finance.domain.ladder import DAYS_TO_PAY, LATE, decide
from koprogo.finance.domain.payment_plan import Instalment, PaymentPlan
from koprogo.finance.domain.reminder import may_cost
from koprogo.kernel.words import Language

TODAY = date(2026, 6, 30)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def notice(level: str, days_ago: int) -> Notice:
    sent = ago(days_ago)
    return Notice(Level(level), sent, sent + timedelta(days=DAYS_TO_PAY[Level(level)]))


def owed(late: int, *notices: Notice, open: int = 10_000, is_disputed: bool = False, is_charge: bool = False) -> Owed:
    return Owed(
        id=uuid4(),
        titles={Language.FR: "Appel"},
        communication="010806817183",
        due_on=ago(late),
        asked=10_000,
        open=open,
        is_disputed=is_disputed,
        is_charge=is_charge,
        notices=notices,
    )


def standing(*demands: Owed, plan: PaymentPlan | None = None) -> Standing:
    notices = [notice for demand in demands for notice in demand.notices]
    last = max(notices, key=lambda notice: notice.sent_on, default=None)
    return Standing(party_id=uuid4(), party_name="Peeters", demands=demands, last=last, plan=plan)


def plan(*instalments: tuple[int, int], settled: int = 0) -> PaymentPlan:
    """Days ago and amount of each instalment."""
    return PaymentPlan(
        id=uuid4(),
        party_id=uuid4(),
        agreed_on=ago(90),
        instalments=tuple(Instalment(ago(days), amount) for days, amount in instalments),
        settled=settled,
    )


FRIENDLY, FIRM, FORMAL = Level
EXAMPLES: dict[str, tuple[Standing, Level | None, str]] = {
    "due today": (standing(owed(0)), None, "NOTHING_OVERDUE"),
    "due in a week": (standing(owed(-7)), None, "NOTHING_OVERDUE"),
    "a day late": (standing(owed(1)), None, "NOT_LATE_ENOUGH"),
    "14 days late": (standing(owed(14)), None, "NOT_LATE_ENOUGH"),
    "15 days late": (standing(owed(15)), FRIENDLY, "REMINDER_DUE"),
    "a year late and never reminded: one level at a time": (standing(owed(365)), FRIENDLY, "REMINDER_DUE"),
    "29 days late after a friendly one": (standing(owed(29, notice("friendly", 14))), None, "REMINDED_LATELY"),
    "until today to pay": (standing(owed(90, notice("friendly", 14))), None, "REMINDED_LATELY"),
    "the day after": (standing(owed(90, notice("friendly", 15))), FIRM, "REMINDER_DUE"),
    "29 days late, friendly long ago": (standing(owed(29, notice("friendly", 20))), None, "NOT_LATE_ENOUGH"),
    "30 days late after a friendly one": (standing(owed(30, notice("friendly", 15))), FIRM, "REMINDER_DUE"),
    "59 days late after a firm one": (standing(owed(59, notice("firm", 29))), None, "NOT_LATE_ENOUGH"),
    "60 days late after a firm one": (standing(owed(60, notice("firm", 30))), FORMAL, "REMINDER_DUE"),
    "100 days late, firm ten days ago": (standing(owed(100, notice("firm", 10))), None, "REMINDED_LATELY"),
    "100 days late, firm eleven days ago": (standing(owed(100, notice("firm", 11))), FORMAL, "REMINDER_DUE"),
    "formally noticed": (standing(owed(90, notice("formal", 30))), None, "LADDER_ENDS"),
    "formally noticed, a newer one 59 days late": (
        standing(owed(150, notice("formal", 30)), owed(59)), None, "NOT_LATE_ENOUGH",
    ),
    "formally noticed, a newer one 60 days late": (
        standing(owed(150, notice("formal", 30)), owed(60)), FORMAL, "REMINDER_DUE",
    ),
    "formally noticed, and its charge is left": (
        standing(owed(150, notice("formal", 80)), owed(66, is_charge=True)), None, "LADDER_ENDS",
    ),
    "nothing but a charge": (standing(owed(15, is_charge=True)), FRIENDLY, "REMINDER_DUE"),
    "disputed": (standing(owed(90, is_disputed=True)), None, "ALL_DISPUTED"),
    "disputed in part": (standing(owed(90, notice("firm", 30), is_disputed=True), owed(15)), FRIENDLY, "REMINDER_DUE"),
    "4.99 open": (standing(owed(90, open=499)), None, "BELOW_THRESHOLD"),
    "5.00 open": (standing(owed(90, open=500)), FRIENDLY, "REMINDER_DUE"),
    "5.00 open in two demands": (standing(owed(90, open=250), owed(1, open=250)), FRIENDLY, "REMINDER_DUE"),
    "a plan whose first instalment is to come": (standing(owed(90), plan=plan((-10, 10_000))), None, "PLAN_KEPT"),
    "a plan four days late": (standing(owed(90), plan=plan((4, 5_000), (-9, 5_000))), None, "PLAN_KEPT"),
    "a plan five days late": (standing(owed(90), plan=plan((5, 5_000), (-9, 5_000))), FRIENDLY, "REMINDER_DUE"),
    "a plan paid so far": (standing(owed(90), plan=plan((9, 5_000), (-9, 5_000), settled=5_000)), None, "PLAN_KEPT"),
    "a plan a cent short": (
        standing(owed(90), plan=plan((9, 5_000), (-9, 5_000), settled=4_999)), FRIENDLY, "REMINDER_DUE",
    ),
}  # fmt: skip


class TestTheLadder:
    @pytest.mark.parametrize("example", EXAMPLES)
    def test_says_of_an_owner(self, example: str) -> None:
        owner, level, reason = EXAMPLES[example]
        verdict = decide(owner, ArrearsPolicy(), TODAY)
        assert (verdict.level, verdict.reason) == (level, reason)
        assert verdict.is_sendable == (level is not None)

    def test_leaves_at_least_ten_days_between_two_levels_and_fourteen_after_the_first(self) -> None:
        assert min(DAYS_TO_PAY.values()) >= 10
        assert DAYS_TO_PAY[Level.FRIENDLY] >= 14
        assert list(LATE.values()) == [15, 30, 60]

    def test_covers_all_that_is_overdue_the_oldest_first_and_nothing_disputed(self) -> None:
        young, old, disputed, not_due = owed(2), owed(20), owed(99, is_disputed=True), owed(-5)
        verdict = decide(standing(young, old, disputed, not_due), ArrearsPolicy(), TODAY)
        assert verdict.demands == (old, young)

    def test_starts_anew_once_what_it_was_about_is_paid_but_not_at_once(self) -> None:
        owner = standing(owed(20))
        for days, reason in ((14, "REMINDED_LATELY"), (15, "REMINDER_DUE")):
            reminded = Standing(
                party_id=owner.party_id, party_name="", demands=owner.demands, last=notice("formal", days)
            )
            assert decide(reminded, ArrearsPolicy(), TODAY).reason == reason


class TestTheBank:
    """Matched before anybody is reminded."""

    @pytest.mark.parametrize(
        ("days", "reason"),
        [(0, "REMINDER_DUE"), (7, "REMINDER_DUE"), (8, "BANK_NOT_MATCHED"), (None, "BANK_NOT_MATCHED")],
    )
    def test_has_told_the_last_days(self, days: int | None, reason: str) -> None:
        owner = standing(owed(20))
        bank = KnownOfBank([], ago(days) if days is not None else None)
        verdict = bank_first(decide(owner, ArrearsPolicy(), TODAY), owner, bank, ArrearsPolicy(), TODAY)
        assert (verdict.level, verdict.reason) == (Level.FRIENDLY, reason)

    def test_has_no_statement_that_waits_for_another(self) -> None:
        owner = standing(owed(20))
        bank = KnownOfBank([], TODAY, is_one_missing=True)
        verdict = bank_first(decide(owner, ArrearsPolicy(), TODAY), owner, bank, ArrearsPolicy(), TODAY)
        assert (verdict.reason, verdict.is_sendable) == ("BANK_NOT_MATCHED", False)

    def test_leaves_nothing_open_that_may_be_his(self) -> None:
        owner = standing(owed(20, open=7_000), owed(2, open=500), owed(-20, open=2_000))
        for amount, is_suspect, reason in (
            (7_000, False, "BANK_NOT_MATCHED"),
            (7_500, False, "BANK_NOT_MATCHED"),
            (9_500, False, "BANK_NOT_MATCHED"),
            (1, True, "BANK_NOT_MATCHED"),
            (7_001, False, "REMINDER_DUE"),
        ):
            receipt = Receipt(amount, frozenset({owner.party_id} if is_suspect else {uuid4()}))
            bank = KnownOfBank([receipt], TODAY)
            assert (
                bank_first(decide(owner, ArrearsPolicy(), TODAY), owner, bank, ArrearsPolicy(), TODAY).reason == reason
            )


class TestACost:
    @pytest.mark.parametrize(
        ("level", "notices", "clause", "safe_mode", "charged"),
        [
            (FRIENDLY, [], "art. 22", False, False),
            (FIRM, [notice("friendly", 30)], "", False, False),
            (FIRM, [notice("friendly", 30)], "art. 22", True, True),
            (FIRM, [notice("friendly", 15)], "art. 22", True, True),
            (FIRM, [notice("friendly", 14)], "art. 22", True, False),
            (FIRM, [], "art. 22", True, False),
            (FIRM, [], "art. 22", False, True),
            (FORMAL, [notice("friendly", 60), notice("firm", 30)], "art. 22", True, True),
        ],
    )
    def test_needs_a_clause_and_in_the_safe_mode_a_free_reminder_and_fourteen_days(
        self, level: Level, notices: list[Notice], clause: str, safe_mode: bool, charged: bool
    ) -> None:
        demands = [owed(90, *notices)]
        assert may_cost(level, demands, clause=clause, safe_mode=safe_mode, today=TODAY) is charged

    def test_is_never_charged_for_a_charge_alone(self) -> None:
        demands = [owed(90, notice("friendly", 60), is_charge=True)]
        assert not may_cost(FIRM, demands, clause="art. 22", safe_mode=False, today=TODAY)
