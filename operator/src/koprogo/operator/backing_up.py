"""What becomes of a TenantBackup, written into its status, and its end."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from koprogo.kernel.errors import Conflict, DomainError, Kind
from koprogo.operator import archive, backup, metrics
from koprogo.operator.archive import Files, Into, Pages
from koprogo.operator.backup import Backup
from koprogo.operator.conditions import camel, condition
from koprogo.operator.sealed import SUFFIX, Sealed
from koprogo.operator.tenant import GROUP, VERSION, Tenant, TenantUnknown

logger = logging.getLogger(__name__)

PATH = f"/apis/{GROUP}/{VERSION}/tenantbackups"
AT_ONCE = 1
"""Each keeps a transaction open in a service, and all his pages pass through here."""


class BackupHeld(Conflict):
    reason = "LEGAL_HOLD"


class Store(Into, Protocol):
    async def lock(self, prefix: str, until: datetime) -> bool: ...
    async def size(self, prefix: str) -> int: ...


class Cluster(Protocol):
    async def write_status(self, plural: str, name: str, status: Mapping[str, Any]) -> None: ...
    async def apply(self, path: str, wanted: Mapping[str, Any]) -> bool: ...
    async def delete(self, path: str) -> bool: ...


class BackingUp:
    def __init__(
        self, services: Pages, files: Files, objects: Store, sealed: Sealed, cluster: Cluster, *, locks: bool = True
    ) -> None:
        self._services, self._files, self._objects = services, files, objects
        self._sealed, self._cluster, self._locks = sealed, cluster, locks
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def take(self, body: Mapping[str, Any], tenant: Tenant | None) -> str:
        """The phase it is in now; what ends neither well nor badly is to be tried again."""
        wanted = Backup.read(body)
        try:
            async with self._turn:
                status = await self._take(wanted, tenant)
        except DomainError as refused:
            phase = "Failed" if refused.kind in (Kind.INVALID, Kind.NOT_FOUND) else "Waiting"
            status = {"phase": phase, "reason": camel(refused.reason), "message": refused.message}
        except Exception as unexpected:
            logger.exception("a backup failed")
            said = f"{type(unexpected).__name__}; look at the operator's log"
            status = {"phase": "Waiting", "reason": "Unexpected", "message": said}
        await self._tell(wanted, status)
        return str(status["phase"])

    async def _take(self, wanted: Backup, tenant: Tenant | None) -> dict[str, Any]:
        if tenant is None or tenant.is_leaving:
            raise TenantUnknown("There is no tenant of this name, or he is leaving; his archive is made by that.")
        key = wanted.key(tenant.spec.tenant_id)
        # Said first: whoever deletes it in the middle finds what there is to remove.
        begun = {"phase": "Running", "reason": "Running", "message": "", "key": key,
                 "startedAt": wanted.status.get("startedAt") or _written(backup.now())}  # fmt: skip
        await self._tell(wanted, begun)
        await archive.write(tenant, key, self._services, self._files.of(tenant), self._sealed)
        manifest = await self._objects.get(f"{key}/manifest.json{SUFFIX}")
        ended = {**begun, "finishedAt": _written(backup.now())}
        return {
            **ended,
            # Not while it is written: an attempt that failed would stay for as long, and the next beside it.
            **await self._lock(msgspec.structs.replace(wanted, status=ended)),
            "phase": "Complete",
            "reason": "Done",
            "bytes": await self._objects.size(f"{key}/"),
            # Of the sealed manifest, which has those of all the rest.
            "sha256": hashlib.sha256(manifest).hexdigest(),
            "recipient": self._sealed.recipient,
        }

    async def _lock(self, one: Backup) -> dict[str, str]:
        """What its status says of it."""
        if not self._locks or (until := one.to_be_locked) is None:
            return {}
        # One of before, which was not copied over, is not here: nothing of it is locked.
        is_here = await self._objects.lock(f"{one.status['key']}/", until)
        return {"lockedUntil": _written(until)} if is_here else {}

    async def make_due(self, tenant: Tenant, known: Collection[str]) -> None:
        wanted = backup.due(tenant, backup.now().date())
        if wanted is not None and wanted["metadata"]["name"] not in known:
            await self._cluster.apply(f"{PATH}/{wanted['metadata']['name']}", wanted)

    async def keep(self, body: Mapping[str, Any], tenant: Tenant | None) -> None:
        """For as long as is asked for by now; once that is over the resource goes, and what it stands for with it."""
        one = Backup.read(body)
        if not one.is_over(backup.now()):
            if said := await self._lock(one):
                await self._cluster.write_status("tenantbackups", one.name, said)
        elif not one.is_held(tenant):
            await self._cluster.delete(f"{PATH}/{one.name}")

    async def remove(self, body: Mapping[str, Any], tenant: Tenant | None) -> None:
        """Whatever forbids it is said in its status and raised."""
        one = Backup.read(body)
        try:
            if one.is_held(tenant):
                raise BackupHeld("It is under a legal hold, or its tenant is: lift it first.")
            if key := one.status.get("key"):
                await self._objects.empty(f"{key}/")
        except DomainError as refused:
            await self._say_kept(one, refused)
            raise
        metrics.BACKUPS.now_in(one.name, None)

    async def _say_kept(self, one: Backup, refused: DomainError) -> None:
        reason, before = camel(refused.reason), one.status.get("conditions", ())
        said = condition("Removed", False, reason, refused.message, before, _written(backup.now()))
        others = [other for other in before if other["type"] != "Removed"]
        status = {"reason": reason, "message": refused.message, "conditions": [*others, said]}
        await self._cluster.write_status("tenantbackups", one.name, status)

    async def _tell(self, one: Backup, status: Mapping[str, Any]) -> None:
        phase = str(status["phase"])
        metrics.BACKUPS.now_in(one.name, phase)
        said = condition(
            "Complete", phase == "Complete", status["reason"], status["message"],
            one.status.get("conditions", ()), _written(backup.now()),
        )  # fmt: skip
        await self._cluster.write_status("tenantbackups", one.name, {**status, "conditions": [said]})


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
