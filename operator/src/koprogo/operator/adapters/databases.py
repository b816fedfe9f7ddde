"""A tenant's own databases, asked of CloudNativePG: one a service, of the roles that the service has already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from koprogo.kernel.errors import Unavailable
from koprogo.operator.adapters.cluster import Cluster
from koprogo.operator.tenant import LABEL, Tenant

DATABASES = ("postgresql.cnpg.io", "v1", "databases")


class DatabaseNotApplied(Unavailable):
    reason = "DATABASE_NOT_APPLIED"


class Databases:
    def __init__(self, cluster: Cluster, *, namespace: str, postgres: str) -> None:
        self._cluster, self._namespace, self._postgres = cluster, namespace, postgres

    async def ensure(self, tenant: Tenant, service: str) -> bool:
        """Whether what is asked for had to be changed."""
        return await self._cluster.apply(self._path(tenant, service), self._object(tenant, service, "present"))

    async def drop(self, tenant: Tenant, service: str) -> None:
        """Said in the object first: one that is merely deleted, by whomever, keeps its database."""
        if await self._cluster.get(self._path(tenant, service)) is None:
            return
        await self._cluster.apply(self._path(tenant, service), self._object(tenant, service, "absent"))
        await self.be_applied(tenant, service)
        await self._cluster.delete(self._path(tenant, service))

    async def be_applied(self, tenant: Tenant, service: str) -> None:
        """DatabaseNotApplied until what is asked for is so."""
        found = await self._cluster.get(self._path(tenant, service)) or {}
        status = found.get("status", {})
        if not status.get("applied") or status.get("observedGeneration") != found["metadata"]["generation"]:
            said = status.get("message") or "CloudNativePG has said nothing yet"
            raise DatabaseNotApplied(f"The database {tenant.database(service)} is not as it should be: {said}")

    def _path(self, tenant: Tenant, service: str) -> str:
        group, version, plural = DATABASES
        return f"/apis/{group}/{version}/namespaces/{self._namespace}/{plural}/{_name(tenant, service)}"

    def _object(self, tenant: Tenant, service: str, ensure: str) -> Mapping[str, Any]:
        # No owner: what the cluster collects when a tenant is retained must not be his data.
        return {
            "apiVersion": "/".join(DATABASES[:2]),
            "kind": "Database",
            "metadata": {
                "name": _name(tenant, service),
                "namespace": self._namespace,
                "labels": {LABEL: tenant.name},
            },
            "spec": {
                "name": tenant.database(service),
                "owner": f"{service}_owner",
                "cluster": {"name": self._postgres},
                "ensure": ensure,
                "databaseReclaimPolicy": "retain",
            },
        }


def _name(tenant: Tenant, service: str) -> str:
    return f"t-{tenant.name}-{service}"
