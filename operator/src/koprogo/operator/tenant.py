"""Fr: locataire de la plateforme. Nl: huurder van het platform. What the resource asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

import msgspec

from koprogo.kernel.errors import NotFound

GROUP, VERSION = "platform.koprogo.io", "v1alpha1"
LABEL = f"{GROUP}/tenant"


class TenantUnknown(NotFound):
    reason = "TENANT_UNKNOWN"


class DeletionPolicy(StrEnum):
    RETAIN = "Retain"
    """Nothing is erased; nobody writes any longer."""
    ARCHIVE = "Archive"
    ERASE = "Erase"


class Tier(StrEnum):
    SHARED = "shared"
    DEDICATED = "dedicated"
    """With a database of his own in each service, and a bucket of his own."""


class FirstSyndic(msgspec.Struct, frozen=True):
    email: str
    name: str
    language: str


class Domain(msgspec.Struct, frozen=True):
    host: str


class Quotas(msgspec.Struct, frozen=True, rename="camel"):
    requests_per_minute: int | None = None
    """Of each process of each service; when nothing is said, what the plan gives."""


class Backups(msgspec.Struct, frozen=True, rename="camel"):
    """One a day."""

    retention_days: int


PLANS = {"starter": 600, "pro": 3_000, "enterprise": 12_000}
"""Requests a minute."""


class TenantSpec(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    slug: str
    display_name: str
    tenant_id: UUID
    tier: Tier = Tier.SHARED
    plan: str
    languages: Sequence[str]
    first_syndic: FirstSyndic | None = None
    """Without one the tenant begins by being restored from an archive."""
    domains: Sequence[Domain] = ()
    quotas: Quotas = Quotas()
    backups: Backups | None = None
    suspended: bool = False
    deletion_policy: DeletionPolicy = DeletionPolicy.ARCHIVE
    legal_hold: bool = False

    @property
    def requests_per_minute(self) -> int:
        return self.quotas.requests_per_minute or PLANS[self.plan]


class Tenant(msgspec.Struct, frozen=True):
    name: str
    uid: UUID
    generation: int
    created: str
    spec: TenantSpec
    status: Mapping[str, Any] = {}
    is_leaving: bool = False

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Tenant:
        meta = body["metadata"]
        return cls(
            name=meta["name"],
            uid=UUID(meta["uid"]),
            generation=meta["generation"],
            created=meta["creationTimestamp"],
            spec=msgspec.convert(dict(body["spec"]), TenantSpec),
            status=dict(body.get("status", {})),
            is_leaving="deletionTimestamp" in meta,
        )

    def operation(self, deed: str) -> str:
        """The same whenever the same deed is done again for this tenant, by whichever process."""
        return str(uuid5(self.uid, deed))

    @property
    def is_restored(self) -> bool:
        return bool(self.status.get("restoredFrom"))

    def database(self, service: str) -> str:
        """Of his own. A slug has no underscore: no two give the same name."""
        return f"t_{self.spec.slug.replace('-', '_')}_{service}"

    @property
    def bucket(self) -> str:
        """Of his own."""
        return f"t-{self.spec.slug}"

    @property
    def is_dedicated(self) -> bool:
        return self.spec.tier is Tier.DEDICATED

    @property
    def archive(self) -> str:
        return f"archives/{self.spec.tenant_id}/{self.operation('archive')}"
