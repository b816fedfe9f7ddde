"""A tenant's own domains: each a certificate, and a route that leads to the platform's address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from koprogo.operator.adapters.cluster import Cluster
from koprogo.operator.tenant import GROUP, LABEL, VERSION, Tenant

ROUTES, CERTIFICATES = ("gateway.networking.k8s.io", "v1", "httproutes"), ("cert-manager.io", "v1", "certificates")


class Routes:
    def __init__(self, cluster: Cluster, *, namespace: str, issuer: str, public_host: str) -> None:
        self._cluster, self._namespace = cluster, namespace
        self._issuer, self._public_host = issuer, public_host

    async def ensure_route(self, tenant: Tenant, host: str) -> bool:
        # Sessions and links name one address: who comes by another is sent there.
        redirect = {"scheme": "https", "hostname": self._public_host, "statusCode": 302}
        spec = {
            "parentRefs": [{"name": "koprogo", "namespace": self._namespace}],
            "hostnames": [host],
            "rules": [{"filters": [{"type": "RequestRedirect", "requestRedirect": redirect}]}],
        }
        return await self._cluster.apply(
            self._path(ROUTES, tenant, host), self._object(ROUTES, "HTTPRoute", tenant, host, spec)
        )

    async def ensure_certificate(self, tenant: Tenant, host: str) -> bool:
        spec = {
            "secretName": f"{_name(tenant, host)}-certificate",
            "dnsNames": [host],
            "renewBefore": "720h",
            "issuerRef": {"kind": "ClusterIssuer", "name": self._issuer},
        }
        return await self._cluster.apply(
            self._path(CERTIFICATES, tenant, host), self._object(CERTIFICATES, "Certificate", tenant, host, spec)
        )

    async def keep_only(self, tenant: Tenant, hosts: Collection[str]) -> bool:
        """Whether there were others."""
        kept = {_name(tenant, host) for host in hosts}
        gone = False
        for kind in (ROUTES, CERTIFICATES):
            found = await self._cluster.get(f"{self._folder(kind)}?labelSelector={LABEL}%3D{tenant.name}")
            for one in found["items"] if found else ():
                if (name := one["metadata"]["name"]) not in kept:
                    gone |= await self._cluster.delete(f"{self._folder(kind)}/{name}")
        return gone

    def _folder(self, kind: tuple[str, str, str]) -> str:
        group, version, plural = kind
        return f"/apis/{group}/{version}/namespaces/{self._namespace}/{plural}"

    def _path(self, kind: tuple[str, str, str], tenant: Tenant, host: str) -> str:
        return f"{self._folder(kind)}/{_name(tenant, host)}"

    def _object(
        self, kind: tuple[str, str, str], named: str, tenant: Tenant, host: str, spec: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        owner = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Tenant", "name": tenant.name, "uid": str(tenant.uid)}
        return {
            "apiVersion": f"{kind[0]}/{kind[1]}",
            "kind": named,
            "metadata": {
                "name": _name(tenant, host),
                "namespace": self._namespace,
                "labels": {LABEL: tenant.name},
                "ownerReferences": [owner],
            },
            "spec": spec,
        }


def _name(tenant: Tenant, host: str) -> str:
    return f"{tenant.name}.{host}"
