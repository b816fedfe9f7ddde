"""What each step of a plan is, in the words of the adapters."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from koprogo.kernel.errors import Conflict, Unavailable
from koprogo.kit.tenants.state import CACHE_SECONDS
from koprogo.operator import archive
from koprogo.operator.adapters.buckets import Buckets
from koprogo.operator.adapters.databases import Databases
from koprogo.operator.adapters.dead_letters import DeadLetters
from koprogo.operator.adapters.keycloak import KeycloakOrganisations
from koprogo.operator.adapters.objects import S3Objects
from koprogo.operator.adapters.routes import Routes
from koprogo.operator.adapters.services import Services
from koprogo.operator.plan import Step
from koprogo.operator.tenant import Tenant
from koprogo.operator.walk import Deed


class AwaitsRestore(Unavailable):
    reason = "AWAITS_RESTORE"


class LegalHold(Conflict):
    reason = "LEGAL_HOLD"


class Outside(msgspec.Struct, frozen=True):
    """All that the operator leads."""

    organisations: KeycloakOrganisations
    services: Services
    buckets: Buckets
    archives: S3Objects
    databases: Databases
    routes: Routes
    dead_letters: DeadLetters


def deeds(outside: Outside) -> Mapping[str, Deed]:
    organisations, services, buckets, databases, routes = (
        outside.organisations, outside.services, outside.buckets, outside.databases, outside.routes,
    )  # fmt: skip

    async def archived(tenant: Tenant, step: Step) -> None:
        if not await archive.is_whole(tenant.archive, outside.archives):
            # Until every process knows that he is suspended: what one still wrote would be missing.
            await asyncio.sleep(CACHE_SECONDS + 0.5)
        await archive.write(tenant, tenant.archive, services, buckets.of(tenant), outside.archives)

    async def dedicate(tenant: Tenant, step: Step) -> None:
        await databases.be_applied(tenant, step.on)
        await services.dedicate(tenant, step.on)

    async def await_restore(tenant: Tenant, step: Step) -> None:
        raise AwaitsRestore("He has no first syndic: restore an archive into him with a TenantRestore.")

    async def hold(tenant: Tenant, step: Step) -> None:
        raise LegalHold("He is under a legal hold: lift it, or keep all with deletionPolicy Retain.")

    async def remove_organisation(tenant: Tenant, step: Step) -> None:
        await organisations.remove(tenant.spec.tenant_id)

    async def keep_only(tenant: Tenant, step: Step) -> bool:
        hosts = () if tenant.is_leaving else [domain.host for domain in tenant.spec.domains]
        return await routes.keep_only(tenant, hosts)

    return {
        "organisation": lambda tenant, step: organisations.ensure(tenant.spec),
        "database": lambda tenant, step: databases.ensure(tenant, step.on),
        "bucket": lambda tenant, step: buckets.ensure(tenant),
        "dedicate": dedicate,
        "provision": lambda tenant, step: services.provision(tenant, step.on),
        "await-restore": await_restore,
        "quotas": lambda tenant, step: services.set_quotas(tenant, step.on),
        "suspend": lambda tenant, step: services.suspend(tenant, step.on),
        "resume": lambda tenant, step: services.resume(tenant, step.on),
        "certificate": lambda tenant, step: routes.ensure_certificate(tenant, step.on),
        "door": lambda tenant, step: routes.ensure_door(tenant, step.on),
        "route": lambda tenant, step: routes.ensure_route(tenant, step.on),
        "remove-other-routes": keep_only,
        "hold": hold,
        "archive": archived,
        "erase": lambda tenant, step: services.erase(tenant, step.on),
        "forget-dead-letters": lambda tenant, step: outside.dead_letters.forget(tenant.spec.tenant_id),
        "empty-objects": lambda tenant, step: buckets.empty(tenant),
        "drop-bucket": lambda tenant, step: buckets.drop(tenant),
        "drop-database": lambda tenant, step: databases.drop(tenant, step.on),
        "remove-organisation": remove_organisation,
    }
