"""Real Traefik as a process: it reads Gateways and routes from the control plane, and listens on this machine."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import httpx

from koprogo.stack.instance import free_ports
from koprogo.stack.parts.others import program
from koprogo.stack.running import Running
from tests.platform.cluster.charts import Objects
from tests.platform.cluster.control_plane import ControlPlane, patiently

CLASS = {
    "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": {"name": "traefik"},
    "spec": {"controllerName": "traefik.io/gateway-controller"},
}  # fmt: skip
DOORS = ("http", "https", "internal")


class Traefik:
    def __init__(self, cluster: ControlPlane, https: int | None = None) -> None:
        self.cluster, self.running = cluster, Running(cluster.folder, "traefik")
        base = free_ports(len(DOORS))
        self.ports = {name: base + offset for offset, name in enumerate(DOORS)}
        if https is not None:
            self.ports["https"] = https

    def start(self) -> None:
        self.cluster.apply([CLASS])
        doors = [f"--entrypoints.{name}.address=127.0.0.1:{port}" for name, port in self.ports.items()]
        self.running.start(
            [program("traefik"), *doors, "--providers.kubernetesgateway=true", "--ping=true",
             "--ping.entrypoint=internal", "--global.checknewversion=false", "--global.sendanonymoususage=false"],
            {"KUBECONFIG": str(self.cluster.kubeconfig)},
        )  # fmt: skip
        ping = f"http://127.0.0.1:{self.ports['internal']}/ping"
        self.running.wait_until(patiently(lambda: httpx.get(ping).is_success), 60)

    def stop(self) -> None:
        self.running.stop(patience=5)

    def listens_here(self, gateways: Objects) -> None:
        """The ports of their listeners become those that are free on this machine."""
        for one in gateways:
            for listener in one["spec"]["listeners"]:
                listener["port"] = self.ports[listener["name"]]

    def ask(self, host: str, path: str, authority: Path, *, method: str = "GET", **more: str) -> httpx.Response:
        """Of HTTPS, as a client who was told this host: its certificate is verified."""
        with httpx.Client(verify=ssl.create_default_context(cafile=authority), timeout=10) as client:
            return client.request(
                method, f"https://127.0.0.1:{self.ports['https']}{path}", headers={"host": host, **more},
                extensions={"sni_hostname": host},
            )  # fmt: skip


def secret(name: str, certificate: bytes, key: bytes) -> dict[str, object]:
    """As cert-manager writes one for a Certificate."""
    return {
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {"name": name, "namespace": "gateway"},
        "stringData": {"tls.crt": certificate.decode(), "tls.key": key.decode()},
    }  # fmt: skip


def address() -> str:
    """Of this machine, and not its loopback: no endpoint of a Service may be there. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])
