"""One look at a tenant, whatever made us look: what is wanted is compared with what is, and made so."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from koprogo.operator import metrics
from koprogo.operator.conditions import Became, Outcome, components, condition, fold, phase, was_true
from koprogo.operator.deeds import Outside, deeds
from koprogo.operator.plan import farewell, plan
from koprogo.operator.tenant import DeletionPolicy, Tenant
from koprogo.operator.walk import walk

logger = logging.getLogger(__name__)

LOOKS, LEAVES = 10, 2
"""At once: so that neighbours are not overrun at the start, and a long archive keeps nobody from being suspended."""


class Statuses(Protocol):
    async def write_status(self, plural: str, name: str, status: Mapping[str, Any]) -> None: ...


class Lead:
    def __init__(self, outside: Outside, statuses: Statuses, stop_after: str = "") -> None:
        self._services = outside.services.names
        self._deeds = deeds(outside)
        self._statuses, self._stop_after = statuses, stop_after
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._looks, self._leaves = asyncio.Semaphore(LOOKS), asyncio.Semaphore(LEAVES)

    async def look(self, name: str, tenants: Mapping[str, Tenant]) -> list[Outcome]:
        """What became of each step; nothing where he is leaving or gone. `tenants` are all, as last told."""
        async with self._locks[name], self._looks:
            # As he is now, and not as he was when we began to wait.
            tenant = tenants.get(name)
            if tenant is None or tenant.is_leaving:
                return []
            if other := _same_id(tenant, tenants):
                return await self._refuse(tenant, f"{other} has the same tenantId; choose a new one.")
            began = time.perf_counter()
            steps = plan(tenant.spec, self._services, is_restored=tenant.is_restored)
            outcomes = await walk(tenant, steps, self._deeds, self._stop_after)
            self._count(tenant, outcomes, time.perf_counter() - began)
            was_ready = was_true(tenant.status.get("conditions", ()), "Ready")
            now = phase(outcomes, is_suspended=tenant.spec.suspended, was_ready=was_ready)
            await self._tell(tenant, now, outcomes)
            return outcomes

    async def take_leave(self, tenant: Tenant, tenants: Mapping[str, Tenant]) -> list[Outcome]:
        """Of one who is being deleted; when all is done the cluster may forget him."""
        async with self._locks[tenant.name], self._leaves:
            if _same_id(tenant, tenants):
                # He never began: what there is under this id is the other's.
                metrics.TENANTS.now_in(tenant.name, None)
                return []
            if tenant.status.get("phase") not in ("Deleting", "Held"):
                await self._tell(tenant, "Deleting", [])
            outcomes = await walk(tenant, farewell(tenant.spec, self._services), self._deeds, self._stop_after)
            is_held = any(one.reason == "LegalHold" for one in outcomes)
            await self._tell(tenant, "Held" if is_held else "Deleting", outcomes)
            if all(one.is_done for one in outcomes):
                metrics.TENANTS.now_in(tenant.name, None)
                logger.info("a tenant has left", extra={"fields": _record(tenant)})
            return outcomes

    def _count(self, tenant: Tenant, outcomes: list[Outcome], seconds: float) -> None:
        worst = next((b for b in (Became.REFUSED, Became.WAITS) if any(o.became is b for o in outcomes)), "done")
        metrics.RECONCILED.labels(worst).inc()
        metrics.SECONDS.observe(seconds)
        if tenant.status.get("observedGeneration") != tenant.generation:
            return
        # What was as it should be for this same wish, and no longer is, was changed by another hand.
        before = tenant.status.get("conditions", ())
        for one in outcomes:
            if one.became is Became.MADE and was_true(before, one.step.condition):
                metrics.CORRECTED.labels(one.step.deed).inc()

    async def _refuse(self, tenant: Tenant, message: str) -> list[Outcome]:
        metrics.RECONCILED.labels(Became.REFUSED).inc()
        before = tenant.status.get("conditions", ())
        now = _now()
        said = [condition(kind, False, "TenantIdTaken", message, before, now) for kind in ("SpecValid", "Ready")]
        status = {"phase": "Pending", "observedGeneration": tenant.generation, "conditions": said}
        await self._write(tenant, status)
        return []

    async def _tell(self, tenant: Tenant, phase: str, outcomes: list[Outcome]) -> None:
        status: dict[str, Any] = {"phase": phase, "observedGeneration": tenant.generation}
        if outcomes:
            before = tenant.status.get("conditions", ())
            status |= {"conditions": fold(outcomes, before, _now()), "components": components(outcomes)}
        if tenant.is_leaving and tenant.spec.deletion_policy is DeletionPolicy.ARCHIVE:
            # Said before he is gone, and his status with him.
            status["archive"] = tenant.archive
        await self._write(tenant, status)

    async def _write(self, tenant: Tenant, status: Mapping[str, Any]) -> None:
        metrics.TENANTS.now_in(tenant.name, status["phase"])
        # Each write is an event for everybody who watches.
        if any(tenant.status.get(field) != value for field, value in status.items()):
            # A merge keeps what is not said: a component that is no longer wanted is unsaid.
            old = dict.fromkeys(tenant.status.get("components", ())) if "components" in status else {}
            await self._statuses.write_status(
                "tenants", tenant.name, {**status, "components": {**old, **status.get("components", {})}}
            )


def _same_id(tenant: Tenant, tenants: Mapping[str, Tenant]) -> str | None:
    """Who came first keeps it; of two who came at once the one whose name is first."""
    for other in sorted(tenants.values(), key=lambda one: (one.created, one.name)):
        if other.spec.tenant_id == tenant.spec.tenant_id:
            return None if other.name == tenant.name else other.name
    return None


def _record(tenant: Tenant) -> dict[str, str]:
    """What is left of him where logs are kept."""
    policy = tenant.spec.deletion_policy
    kept = {"archive": tenant.archive} if policy is DeletionPolicy.ARCHIVE else {}
    return {"left": str(tenant.spec.tenant_id), "policy": policy.value, **kept}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
