"""The ladder of reminders (R144): at most one level up at a time, and never before the day the last one gave."""

from datetime import date, timedelta

import msgspec

from koprogo.finance.domain.arrears import LEVELS, ArrearsPolicy, Level, Owed, Standing
from koprogo.finance.domain.payment_plan import PlanState
from koprogo.kernel.money import euros

LATE = {Level.FRIENDLY: 15, Level.FIRM: 30, Level.FORMAL: 60}
"""Days after the due day from which a level may be sent (R144)."""
DAYS_TO_PAY = {Level.FRIENDLY: 14, Level.FIRM: 10, Level.FORMAL: 14}
"""What each letter gives, from the day it is sent: at least ten days lie between two levels, and after the first
fourteen (R143)."""


class Verdict(msgspec.Struct, frozen=True):
    """Whether a reminder is due, and the reason in words."""

    reason: str
    sentence: str
    figures: dict[str, str] = {}
    level: Level | None = None
    demands: tuple[Owed, ...] = ()
    """It would cover them all."""
    is_sendable: bool = False


def decide(standing: Standing, policy: ArrearsPolicy, today: date) -> Verdict:
    """Which reminder this owner would get today, or why none."""
    if not standing.overdue_on(today):
        return Verdict(reason="NOTHING_OVERDUE", sentence="Nothing of this owner is overdue: he has paid, or has time.")
    counted = standing.counted_on(today)
    if not counted:
        return Verdict(reason="ALL_DISPUTED", sentence="All that is overdue is disputed; settle the dispute first.")
    if standing.plan is not None and standing.plan.state_on(today) is PlanState.KEPT:
        return Verdict(reason="PLAN_KEPT", sentence="This owner keeps a payment plan; he is left alone.")
    open_ = sum(demand.open for demand in counted)
    if open_ < policy.threshold:
        return Verdict(
            reason="BELOW_THRESHOLD",
            sentence=f"{euros(open_)} is overdue; reminders are sent from {euros(policy.threshold)} on.",
            figures={"open": euros(open_), "threshold": euros(policy.threshold)},
        )
    if standing.last is not None and today <= standing.last.pay_until:
        return Verdict(
            reason="REMINDED_LATELY",
            sentence=f"The last reminder gives this owner until {standing.last.pay_until} to pay; wait for that day.",
            figures={"until": str(standing.last.pay_until)},
        )
    return _next(counted, today)


def _next(counted: list[Owed], today: date) -> Verdict:
    reached = {notice.level for demand in counted for notice in demand.notices}
    if Level.FORMAL in reached:
        # What was called since then needs a formal notice of its own; a charge alone would breed charges without end.
        level = Level.FORMAL
        waiting = [d for d in counted if not d.is_charge and level not in {notice.level for notice in d.notices}]
        if not waiting:
            return Verdict(
                reason="LADDER_ENDS",
                sentence="After a formal notice a person decides: a payment plan, a lawyer, the justice of the peace.",
            )
    else:
        level = LEVELS[max((LEVELS.index(one) + 1 for one in reached), default=0)]
        waiting = counted
    late = (today - waiting[0].due_on).days
    if late < LATE[level]:
        day = waiting[0].due_on + timedelta(days=LATE[level])
        return Verdict(
            reason="NOT_LATE_ENOUGH",
            sentence=f"The oldest demand is {late} days late; the next reminder may go out on {day}.",
            figures={"late": str(late), "day": str(day)},
        )
    open_ = euros(sum(demand.open for demand in counted))
    return Verdict(
        reason="REMINDER_DUE",
        sentence=f"{open_} is overdue, the oldest of it since {late} days.",
        figures={"open": open_, "late": str(late)},
        level=level,
        demands=tuple(counted),
        is_sendable=True,
    )
