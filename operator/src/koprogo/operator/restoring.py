"""What becomes of a TenantRestore, written into its status."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError, Kind, Unavailable
from koprogo.operator.archive import Files, Objects
from koprogo.operator.conditions import camel, was_true
from koprogo.operator.lead import Statuses
from koprogo.operator.restore import Importing, Restore, RestoreSpec, restore
from koprogo.operator.tenant import Tenant, TenantUnknown

logger = logging.getLogger(__name__)


class TenantHasBegun(DomainError):
    reason = "TENANT_HAS_BEGUN"


class DatabaseNotReady(Unavailable):
    reason = "DATABASE_NOT_READY"


class Restoring:
    def __init__(
        self, services: Importing, files: Files, archives: Objects, sealed: Objects, statuses: Statuses
    ) -> None:
        self._services, self._files, self._statuses = services, files, statuses
        self._archives, self._sealed = archives, sealed

    async def restore(self, body: Mapping[str, Any], into: Tenant | None) -> str:
        """The phase it is in now; what ends neither well nor badly is to be tried again."""
        meta = body["metadata"]
        wanted = Restore(meta["name"], UUID(meta["uid"]), msgspec.convert(dict(body["spec"]), RestoreSpec))
        try:
            status = await self._restore(wanted, into)
        except DomainError as refused:
            phase = "Failed" if refused.kind is Kind.INVALID else "Waiting"
            status = {"phase": phase, "reason": camel(refused.reason), "message": refused.message}
        except Exception as unexpected:
            logger.exception("a restoration failed")
            said = f"{type(unexpected).__name__}; look at the operator's log"
            status = {"phase": "Waiting", "reason": "Unexpected", "message": said}
        await self._statuses.write_status("tenantrestores", wanted.name, status)
        return str(status["phase"])

    async def _restore(self, wanted: Restore, into: Tenant | None) -> dict[str, Any]:
        if into is None:
            raise TenantUnknown("There is no tenant of this name yet; make one without a first syndic.")
        if not wanted.spec.dry_run and not _can_begin(wanted, into):
            raise TenantHasBegun("He has begun already; name a new tenant that has no first syndic.")
        if into.is_dedicated and not was_true(into.status.get("conditions", ()), "DatabaseReady"):
            # What came before would be among the others' rows.
            raise DatabaseNotReady("His own databases are still being made; it is tried again.")
        files = self._files.of(into)
        source = self._sealed if wanted.spec.is_sealed else self._archives
        compared = await restore(wanted, into.spec.tenant_id, self._services, source, files)
        told = {name: {**msgspec.to_builtins(one), "equal": one.is_equal} for name, one in compared.items()}
        is_equal = all(one.is_equal for one in compared.values())
        if wanted.spec.dry_run:
            message = "Nothing was restored; compared says " + (
                "that all is the same." if is_equal else "what differs."
            )
            return {"phase": "Complete", "reason": "DryRun", "message": message, "compared": told}
        if is_equal:
            return {"phase": "Complete", "reason": "Done", "message": "", "compared": told}
        message = "What was restored is not what was archived; compared says where."
        return {"phase": "Failed", "reason": "RestoreDiffers", "message": message, "compared": told}

    async def note(self, restore_name: str, into: Tenant) -> Tenant:
        """The tenant has begun: told to him, since the restoration may be forgotten."""
        await self._statuses.write_status("tenants", into.name, {"restoredFrom": restore_name})
        return msgspec.structs.replace(into, status={**into.status, "restoredFrom": restore_name})


def _can_begin(wanted: Restore, into: Tenant) -> bool:
    return into.spec.first_syndic is None and into.status.get("restoredFrom", wanted.name) == wanted.name
