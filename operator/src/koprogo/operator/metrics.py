"""What the operator counts; never by tenant."""

from __future__ import annotations

from collections import Counter as Count

from prometheus_client import Counter, Gauge, Histogram

RECONCILED = Counter("tenant_reconcile", "Tenants looked at, by what came of it", ["result"])
SECONDS = Histogram("tenant_reconcile_seconds", "How long one look took", buckets=(0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120))
CORRECTED = Counter("tenant_drift_corrections", "What somebody changed by hand and was put right", ["component"])


class Phases:
    """How many are in each phase."""

    def __init__(self, gauge: Gauge, *names: str) -> None:
        self._gauge, self._names = gauge, names
        self._known: dict[str, str] = {}

    def now_in(self, name: str, phase: str | None) -> None:
        """`None` when it is gone."""
        self._known.pop(name, None)
        if phase is not None:
            self._known[name] = phase
        counts = Count(self._known.values())
        for one in self._names:
            self._gauge.labels(one).set(counts[one])


TENANTS = Phases(
    Gauge("tenant_phase", "Tenants in each phase", ["phase"]),
    "Pending", "Provisioning", "Ready", "Degraded", "Suspended", "Deleting", "Held",
)  # fmt: skip
BACKUPS = Phases(
    Gauge("tenant_backup_phase", "Backups of tenants in each phase", ["phase"]),
    "Running", "Waiting", "Complete", "Failed",
)  # fmt: skip
