"""Real Argo CD as processes: it reads a Git repository on this machine and syncs it into the control plane."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from koprogo.stack.instance import free_ports
from koprogo.stack.parts.others import valkey_server
from koprogo.stack.running import Running, is_listening
from tests.platform.cluster.control_plane import ControlPlane, patiently
from tests.platform.cluster.programs import module_folder, program, tool

DOORS = ("repo", "repo_metrics", "controller_metrics", "valkey", "sets_metrics", "sets_probe", "sets_hook")
MAPS = ("cm", "cmd-params-cm", "rbac-cm", "tls-certs-cm", "ssh-known-hosts-cm", "gpg-keys-cm")


class ArgoCd:
    """Its controllers without its web page: Applications are the way in, as in the mode called core."""

    def __init__(self, cluster: ControlPlane) -> None:
        self.cluster = cluster
        self.folder = cluster.folder / "argocd"
        base = free_ports(len(DOORS))
        self.ports = {name: base + offset for offset, name in enumerate(DOORS)}

    def start(self) -> None:
        self._what_its_installation_brings()
        bin = self.folder / "bin"
        for name in ("tmp", "ssh", "tls", "keys", "source", "plugins", "bin"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("argocd-repo-server", "argocd-application-controller", "argocd-applicationset-controller"):
            (bin / name).symlink_to(program("argocd"))
        # The repository server calls these by name, also where nothing is signed.
        hack = module_folder("argocd", "github.com/argoproj/argo-cd/v3") / "hack"
        for name in ("git-verify-wrapper.sh", "gpg-wrapper.sh"):
            (bin / name).write_text((hack / name).read_text())
            (bin / name).chmod(0o755)
        for name in ("helm", "kubectl"):
            (bin / name).symlink_to(tool(name))
        at = "127.0.0.1:{}".format
        ports = self.ports
        self._launch(
            "valkey",
            [valkey_server(), "--port", str(ports["valkey"]), "--bind", "127.0.0.1", "--save", ""],
            lambda: is_listening(ports["valkey"]),
        )
        self._launch(
            "repo-server",
            [
                bin / "argocd-repo-server",
                "--address",
                "127.0.0.1",
                "--port",
                str(ports["repo"]),
                "--metrics-address",
                "127.0.0.1",
                "--metrics-port",
                str(ports["repo_metrics"]),
                "--redis",
                at(ports["valkey"]),
                "--revision-cache-expiration",
                "3s",
            ],
            lambda: httpx.get(f"http://{at(ports['repo_metrics'])}/healthz?full=true").is_success,
        )
        self._launch(
            "controller",
            [
                bin / "argocd-application-controller",
                "-n",
                "argocd",
                "--redis",
                at(ports["valkey"]),
                "--repo-server",
                at(ports["repo"]),
                "--metrics-port",
                str(ports["controller_metrics"]),
                "--app-resync",
                "5",
                "--app-resync-jitter",
                "0",
                "--repo-error-grace-period-seconds",
                "5",
            ],
            lambda: httpx.get(f"http://{at(ports['controller_metrics'])}/healthz").is_success,
        )
        self._launch(
            "sets",
            [
                bin / "argocd-applicationset-controller",
                "-n",
                "argocd",
                "--argocd-repo-server",
                at(ports["repo"]),
                "--metrics-addr",
                at(ports["sets_metrics"]),
                "--probe-addr",
                at(ports["sets_probe"]),
                "--webhook-addr",
                at(ports["sets_hook"]),
            ],
            lambda: "Starting workers" in Running(self.folder, "sets").last_words(400),
        )

    def stop(self) -> None:
        for name in ("sets", "controller", "repo-server", "valkey"):
            Running(self.folder, name).stop(patience=5)

    def application(self, name: str) -> dict[str, Any]:
        """Its status; empty while there is none."""
        return next((dict(one.get("status", {})) for one in self.applications() if one["metadata"]["name"] == name), {})

    def applications(self) -> list[dict[str, Any]]:
        return self.cluster.items("/apis/argoproj.io/v1alpha1/namespaces/argocd/applications")

    def is_at(self, name: str, revision: str, *, healthy: bool = True) -> bool:
        status = self.application(name)
        sync = status.get("sync", {})
        return (
            sync.get("status") == "Synced"
            and sync.get("revision") == revision
            and status.get("operationState", {}).get("phase") == "Succeeded"
            and (not healthy or status.get("health", {}).get("status") == "Healthy")
        )

    def trouble(self, application: dict[str, Any]) -> list[str]:
        """What keeps it from being well, a line each."""
        name, status = application["metadata"]["name"], application.get("status", {})
        lines = [f"{name}: {status.get('sync', {}).get('status')}, {status.get('health', {}).get('status')}"]
        lines += [f"  {one['type']}: {one['message'][:300]}" for one in status.get("conditions", [])]
        if message := status.get("operationState", {}).get("message"):
            lines.append(f"  {message[:300]}")
        for one in status.get("resources", []):
            health = one.get("health", {})
            state = (one.get("status"), health.get("status", "Healthy"))
            if state != ("Synced", "Healthy"):
                lines.append(f"  {one['kind']} {one['name']}: {state} {health.get('message', '')}")
        return lines

    def _what_its_installation_brings(self) -> None:
        label = {"app.kubernetes.io/part-of": "argocd"}
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        self.cluster.apply([
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}},
            *(
                {"apiVersion": "v1", "kind": "ConfigMap",
                 "metadata": {"name": f"argocd-{name}", "namespace": "argocd", "labels": label}, "data": {}}
                for name in MAPS
            ),
            {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "stringData": {"server.secretkey": key},
             "metadata": {"name": "argocd-secret", "namespace": "argocd", "labels": label}},
        ])  # fmt: skip

    def _launch(self, name: str, command: list[str | Path], ready: Callable[[], bool]) -> None:
        place = self.folder
        environment = {
            "KUBECONFIG": str(self.cluster.kubeconfig),
            "PATH": f"{place}/bin:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(place / "tmp"),
            "TMPDIR": str(place / "tmp"),
            # A process outside of the cluster is https://kubernetes.default.svc to itself.
            "ARGOCD_FAKE_IN_CLUSTER": "true",
            "ARGOCD_GPG_ENABLED": "false",
            "ARGOCD_SSH_DATA_PATH": str(place / "ssh"),
            "ARGOCD_TLS_DATA_PATH": str(place / "tls"),
            "ARGOCD_GNUPGHOME": str(place / "keys"),
            "ARGOCD_GPG_DATA_PATH": str(place / "source"),
            "ARGOCD_PLUGINSOCKFILEPATH": str(place / "plugins"),
            "ARGOCD_ASK_PASS_SOCK": str(place / "tmp" / "ask-pass.sock"),
        }
        running = Running(place, name)
        running.start(command, environment)
        running.wait_until(patiently(ready), 120)
