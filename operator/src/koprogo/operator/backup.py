"""Fr: sauvegarde. Nl: back-up. An archive of a tenant who goes on working, sealed for the holder of a key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from koprogo.operator.tenant import GROUP, VERSION, Tenant


class BackupSpec(msgspec.Struct, frozen=True, rename="camel"):
    tenant: str
    """Name of a Tenant."""
    retention_days: int = 30
    legal_hold: bool = False


class Backup(msgspec.Struct, frozen=True):
    name: str
    uid: UUID
    spec: BackupSpec
    status: Mapping[str, Any] = {}

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Backup:
        meta = body["metadata"]
        spec = msgspec.convert(dict(body["spec"]), BackupSpec)
        return cls(meta["name"], UUID(meta["uid"]), spec, dict(body.get("status", {})))

    def key(self, tenant_id: UUID) -> str:
        return f"backups/{tenant_id}/{self.uid}"

    @property
    def until(self) -> datetime | None:
        """Counted from its end: one that never ended is not kept for anything, and removed by who made it."""
        ended = self.status.get("finishedAt")
        return None if ended is None else datetime.fromisoformat(ended) + timedelta(days=self.spec.retention_days)

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and now >= self.until

    @property
    def to_be_locked(self) -> datetime | None:
        """Until when, if it is for longer than it is locked already."""
        locked = self.status.get("lockedUntil")
        is_locked = locked is not None and self.until is not None and datetime.fromisoformat(locked) >= self.until
        return None if is_locked else self.until

    def is_held(self, tenant: Tenant | None) -> bool:
        """By a hold of its own, which outlives the tenant, or by his."""
        return self.spec.legal_hold or (tenant is not None and tenant.spec.legal_hold)


def due(tenant: Tenant, today: date) -> Mapping[str, Any] | None:
    """Today's backup of a tenant who is to have one a day; the same name, whoever asks."""
    if tenant.spec.backups is None or tenant.is_leaving or tenant.status.get("phase") not in ("Ready", "Suspended"):
        return None
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "TenantBackup",
        "metadata": {"name": f"{tenant.name}-{today:%Y%m%d}"},
        "spec": {"tenant": tenant.name, "retentionDays": tenant.spec.backups.retention_days},
    }


def now() -> datetime:
    return datetime.now(UTC)
