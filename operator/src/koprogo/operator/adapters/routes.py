"""A tenant's own domains: each a certificate, a door that shows it, and a route to the platform's address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from koprogo.kernel.errors import Conflict
from koprogo.operator.adapters.cluster import Cluster
from koprogo.operator.tenant import GROUP, LABEL, VERSION, Tenant

GATEWAYS, ROUTES = (("gateway.networking.k8s.io", "v1", kind) for kind in ("gateways", "httproutes"))
CERTIFICATES = ("cert-manager.io", "v1", "certificates")


class DomainTaken(Conflict):
    reason = "DOMAIN_TAKEN"


class Routes:
    def __init__(self, cluster: Cluster, *, namespace: str, issuer: str, public_host: str, port: int) -> None:
        self._cluster, self._namespace = cluster, namespace
        self._issuer, self._public_host, self._port = issuer, public_host, port

    async def ensure_door(self, tenant: Tenant, host: str) -> bool:
        """One each: the platform's own has room for 64, and is Git's. Traefik serves all at one address."""
        found = await self._cluster.get(self._folder(GATEWAYS))
        for other in found["items"] if found else ():
            is_his = other["metadata"].get("labels", {}).get(LABEL) == tenant.name
            if not is_his and host in [one.get("hostname") for one in other["spec"]["listeners"]]:
                raise DomainTaken(f"{host} is somebody else's already; take it from {tenant.name}, or from him.")
        listener = {
            "name": "https",
            "protocol": "HTTPS",
            "port": self._port,
            "hostname": host,
            "tls": {"mode": "Terminate", "certificateRefs": [{"name": _certificate(tenant, host)}]},
            "allowedRoutes": {"namespaces": {"from": "Same"}},
        }
        return await self._apply(GATEWAYS, "Gateway", tenant, host, {
            "gatewayClassName": "traefik", "listeners": [listener]
        })  # fmt: skip

    async def ensure_route(self, tenant: Tenant, host: str) -> bool:
        # Sessions and links name one address: who comes by another is sent there.
        redirect = {"scheme": "https", "hostname": self._public_host, "statusCode": 302}
        spec = {
            "parentRefs": [{"name": _name(tenant, host), "namespace": self._namespace}],
            "hostnames": [host],
            "rules": [{"filters": [{"type": "RequestRedirect", "requestRedirect": redirect}]}],
        }
        return await self._apply(ROUTES, "HTTPRoute", tenant, host, spec)

    async def ensure_certificate(self, tenant: Tenant, host: str) -> bool:
        spec = {
            "secretName": _certificate(tenant, host),
            "dnsNames": [host],
            "renewBefore": "720h",
            "issuerRef": {"kind": "ClusterIssuer", "name": self._issuer},
        }
        return await self._apply(CERTIFICATES, "Certificate", tenant, host, spec)

    async def keep_only(self, tenant: Tenant, hosts: Collection[str]) -> bool:
        """Whether there were others."""
        kept = {_name(tenant, host) for host in hosts}
        gone = False
        for kind in (ROUTES, GATEWAYS, CERTIFICATES):
            found = await self._cluster.get(f"{self._folder(kind)}?labelSelector={LABEL}%3D{tenant.name}")
            for one in found["items"] if found else ():
                if (name := one["metadata"]["name"]) not in kept:
                    gone |= await self._cluster.delete(f"{self._folder(kind)}/{name}")
        return gone

    def _folder(self, kind: tuple[str, str, str]) -> str:
        group, version, plural = kind
        return f"/apis/{group}/{version}/namespaces/{self._namespace}/{plural}"

    async def _apply(
        self, kind: tuple[str, str, str], named: str, tenant: Tenant, host: str, spec: Mapping[str, Any]
    ) -> bool:
        owner = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "Tenant", "name": tenant.name, "uid": str(tenant.uid)}
        wanted = {
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
        return await self._cluster.apply(f"{self._folder(kind)}/{_name(tenant, host)}", wanted)


def _name(tenant: Tenant, host: str) -> str:
    return f"{tenant.name}.{host}"


def _certificate(tenant: Tenant, host: str) -> str:
    """The secret that it lies in."""
    return f"{_name(tenant, host)}-certificate"
