"""What the status of a tenant says, folded out of what became of each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from koprogo.operator.plan import Step


class Became(StrEnum):
    KEPT = "kept"
    """It was so already."""
    MADE = "made"
    WAITS = "waits"
    """Not yet: it is tried again soon."""
    REFUSED = "refused"
    """It will not be, until somebody changes something."""


class Outcome(msgspec.Struct, frozen=True):
    step: Step
    became: Became
    reason: str = ""
    message: str = ""

    @property
    def is_done(self) -> bool:
        return self.became in (Became.KEPT, Became.MADE)


def camel(reason: str) -> str:
    """`TENANT_ERASED` as Kubernetes writes a reason."""
    return "".join(word.capitalize() for word in reason.split("_")) or "Unknown"


def fold(outcomes: Sequence[Outcome], previous: Sequence[Mapping[str, Any]], now: str) -> list[dict[str, Any]]:
    """One condition a type, true when all its steps are done; `Ready` is all of them."""
    told: dict[str, tuple[bool, str, str]] = {}
    for outcome in outcomes:
        kind = outcome.step.condition
        if not outcome.is_done and told.get(kind, (True, "", ""))[0]:
            told[kind] = (False, outcome.reason, f"{outcome.step.name}: {outcome.message}")
        told.setdefault(kind, (True, "Done", ""))
    failing = next(((reason, message) for done, reason, message in told.values() if not done), None)
    told["Ready"] = (failing is None, *(failing or ("Done", "")))
    return [condition(kind, *said, previous, now) for kind, said in told.items()]


def condition(
    kind: str, is_true: bool, reason: str, message: str, previous: Sequence[Mapping[str, Any]], now: str
) -> dict[str, Any]:
    """Its time is that of the last change from true to false or back."""
    status = "True" if is_true else "False"
    before = next((one for one in previous if one["type"] == kind), None)
    since = before["lastTransitionTime"] if before and before["status"] == status else now
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": since}


def was_true(previous: Sequence[Mapping[str, Any]], kind: str) -> bool:
    return any(one["type"] == kind and one["status"] == "True" for one in previous)


def components(outcomes: Sequence[Outcome]) -> dict[str, dict[str, str]]:
    return {
        outcome.step.name: {
            "state": "Done" if outcome.is_done else camel(outcome.became.value),
            "lastError": "" if outcome.is_done else outcome.message,
        }
        for outcome in outcomes
    }


def phase(outcomes: Sequence[Outcome], *, is_suspended: bool, was_ready: bool) -> str:
    if all(outcome.is_done for outcome in outcomes):
        return "Suspended" if is_suspended else "Ready"
    if any(outcome.step.deed == "await-restore" for outcome in outcomes):
        return "Pending"
    return "Degraded" if was_ready else "Provisioning"
