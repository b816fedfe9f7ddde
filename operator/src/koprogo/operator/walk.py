"""Doing the steps of a plan, side by side where none needs the other, as far as they go."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence

from koprogo.kernel.errors import DomainError, Kind
from koprogo.operator.conditions import Became, Outcome, camel
from koprogo.operator.plan import Step
from koprogo.operator.tenant import Tenant

logger = logging.getLogger(__name__)

Deed = Callable[[Tenant, Step], Awaitable[bool | None]]
"""Whether it found something else than what it was to make, and made it."""
LATER = (Kind.UNAVAILABLE, Kind.NOT_FOUND)


async def walk(tenant: Tenant, steps: Sequence[Step], deeds: Mapping[str, Deed], stop_after: str = "") -> list[Outcome]:
    """In the order of the steps. What does not need a step that failed is done all the same."""
    outcomes: dict[str, Outcome] = {}

    async def take(step: Step) -> Outcome:
        if missing := sorted(name for name in step.needs if not outcomes[name].is_done):
            return Outcome(step, Became.WAITS, "WaitsForStep", f"it needs {missing[0]} first")
        outcome = await _do(tenant, step, deeds[step.deed])
        if stop_after == f"{tenant.name}/{step.name}":
            os._exit(9)
        return outcome

    while now := [step for step in steps if step.name not in outcomes and step.needs <= outcomes.keys()]:
        found = await asyncio.gather(*map(take, now))
        outcomes |= {one.step.name: one for one in found}
    return [outcomes[step.name] for step in steps]


async def _do(tenant: Tenant, step: Step, deed: Deed) -> Outcome:
    try:
        return Outcome(step, Became.MADE if await deed(tenant, step) else Became.KEPT)
    except DomainError as refused:
        became = Became.WAITS if refused.kind in LATER else Became.REFUSED
        return Outcome(step, became, camel(refused.reason), refused.message)
    except Exception as unexpected:
        logger.exception("a step failed", extra={"fields": {"step": step.name}})
        return Outcome(step, Became.WAITS, "Unexpected", f"{type(unexpected).__name__}; look at the operator's log")
