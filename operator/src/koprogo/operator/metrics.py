"""What the operator counts; never by tenant."""

from __future__ import annotations

from collections import Counter as Count

from prometheus_client import Counter, Gauge, Histogram

RECONCILED = Counter("tenant_reconcile", "Tenants looked at, by what came of it", ["result"])
SECONDS = Histogram("tenant_reconcile_seconds", "How long one look took", buckets=(0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120))
CORRECTED = Counter("tenant_drift_corrections", "What somebody changed by hand and was put right", ["component"])
PHASE = Gauge("tenant_phase", "Tenants in each phase", ["phase"])

PHASES = ("Pending", "Provisioning", "Ready", "Degraded", "Suspended", "Deleting", "Held")
_phases: dict[str, str] = {}


def now_in(tenant: str, phase: str | None) -> None:
    """`None` when he is gone."""
    _phases.pop(tenant, None)
    if phase is not None:
        _phases[tenant] = phase
    counts = Count(_phases.values())
    for name in PHASES:
        PHASE.labels(name).set(counts[name])
