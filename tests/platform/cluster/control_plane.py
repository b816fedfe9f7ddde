"""A real Kubernetes control plane on loopback: etcd, API server, controllers, scheduler; kwok plays the nodes."""

from __future__ import annotations

import json
import secrets
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from koprogo.stack import paths
from koprogo.stack.instance import free_ports
from koprogo.stack.running import Running
from tests.platform.cluster.programs import module_folder, program, run, tool

EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
AUDIT = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "resources": [{"group": "coordination.k8s.io", "resources": ["leases"]}]},
        {"level": "None", "users": ["system:kube-scheduler", "system:kube-controller-manager", "system:apiserver"]},
        {"level": "Metadata"},
    ],
}
NAMES = ("etcd", "peers", "api", "controllers", "scheduler", "kwok")


def patiently(ready: Callable[[], bool]) -> Callable[[], bool]:
    """Who does not answer yet is not ready."""

    def is_ready() -> bool:
        try:
            return ready()
        except (httpx.HTTPError, RuntimeError):
            return False

    return is_ready


class Patient(httpx.HTTPTransport):
    """Asks again where the API server asks for patience: of a kind that it has just learnt."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadline = time.monotonic() + 30
        while (answer := super().handle_request(request)).status_code == 429 and time.monotonic() < deadline:
            answer.close()
            time.sleep(0.3)
        return answer


class ControlPlane:
    """What it keeps lies in `folder`; everything listens on 127.0.0.1, at ports of its own.

    Pods that run cannot reach that: for them the API server has another address.
    """

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder, self.host = folder, host
        base = free_ports(len(NAMES))
        self.ports = {name: base + offset for offset, name in enumerate(NAMES)}
        self.address = f"https://{host}:{self.ports['api']}"
        self.kubeconfig = folder / "admin.kubeconfig"
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}

    def start(self, kinds: Sequence[Path], *, nodes: int = 3) -> None:
        """`kinds` come before the controllers: of kinds that come later garbage is collected late."""
        self._certificates()
        etcd = f"http://127.0.0.1:{self.ports['etcd']}"
        peers = f"http://127.0.0.1:{self.ports['peers']}"
        self._launch(
            "etcd",
            [
                "--name=one",
                f"--data-dir={self.folder}/etcd",
                "--log-level=warn",
                "--unsafe-no-fsync",
                f"--listen-client-urls={etcd}",
                f"--advertise-client-urls={etcd}",
                f"--listen-peer-urls={peers}",
                f"--initial-advertise-peer-urls={peers}",
                f"--initial-cluster=one={peers}",
            ],
            lambda: httpx.get(f"{etcd}/health").is_success,
        )
        self._api_server(etcd)
        if kinds:
            self.kubectl("apply", "--server-side", *(word for file in kinds for word in ("-f", str(file))))
        self._controllers()
        if nodes:
            self._nodes(nodes)
        self.until(lambda: self.kubectl("-n", "default", "get", "serviceaccount", "default", check=False))

    def stop(self) -> None:
        for name in ("kwok", "scheduler", "controllers", "api", "etcd"):
            Running(self.folder, name).stop(patience=5)

    def kubectl(self, *words: str, given: Any = None, check: bool = True) -> str:
        """What it prints; with check, RuntimeError with what the API server said. `given` goes in as its input."""
        command = [str(tool("kubectl")), "--kubeconfig", str(self.kubeconfig), *words]
        text = given if isinstance(given, str) or given is None else "\n".join(map(json.dumps, given))
        if check:
            return run(command, self.folder, text)
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, input=text).stdout.strip()

    def get(self, *words: str) -> Any:
        return json.loads(self.kubectl("get", *words, "-o", "json"))

    def items(self, path: str) -> list[dict[str, Any]]:
        """All objects of a kind, asked of the API server itself: a kubectl each time would cost a core."""
        found: list[dict[str, Any]] = self.http.get(path).raise_for_status().json()["items"]
        return found

    def one(self, path: str) -> dict[str, Any]:
        """An object, by its own path; empty while there is none."""
        answer = self.http.get(path)
        if answer.status_code == 404:
            return {}
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def merge(self, path: str, change: dict[str, Any]) -> None:
        """Into an object, or with `/status` into what is said of it; what is None is taken away."""
        kind = {"Content-Type": "application/merge-patch+json"}
        self.http.patch(path, content=json.dumps(change), headers=kind).raise_for_status()

    def apply(self, objects: Iterable[dict[str, Any]], *, is_tried: bool = False) -> list[dict[str, Any]]:
        """Server-side and to the letter; what it made of them, or with `is_tried` would make.

        RuntimeError with what the API server says against one. Past kubectl, which learns all kinds anew each time.
        """
        how = {"fieldManager": "tests", "force": "true", "fieldValidation": "Strict"}
        made = []
        for one in objects:
            answer = self.http.patch(
                self._path(one), content=json.dumps(one), params={**how, "dryRun": "All"} if is_tried else how,
                headers={"Content-Type": "application/apply-patch+yaml"},
            )  # fmt: skip
            if answer.is_error:
                raise RuntimeError(f"{one['kind']} {one['metadata']['name']}: {answer.json()['message']}")
            made.append(answer.json())
        return made

    def _path(self, one: dict[str, Any]) -> str:
        kind = (one["apiVersion"], one["kind"])
        if kind not in self._kinds:
            self._kinds = {key: value for where in ("/api", "/apis") for key, value in self._told_of(where)}
        plural, is_namespaced = self._kinds[kind]
        within = f"namespaces/{one['metadata'].get('namespace', 'default')}/" if is_namespaced else ""
        return f"/{'apis' if '/' in kind[0] else 'api'}/{kind[0]}/{within}{plural}/{one['metadata']['name']}"

    def _told_of(self, where: str) -> Iterator[tuple[tuple[str, str], tuple[str, bool]]]:
        """Version and kind, to the name in a path and whether it lies in a namespace."""
        accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        for group in self.http.get(where, headers={"Accept": accept}).raise_for_status().json()["items"]:
            for version in group["versions"]:
                api = "/".join(filter(None, (group["metadata"].get("name"), version["version"])))
                for one in version["resources"]:
                    yield (api, one["responseKind"]["kind"]), (one["resource"], one["scope"] == "Namespaced")

    def until(self, condition: Callable[[], Any], seconds: float = 60, what: str = "") -> Any:
        deadline = time.monotonic() + seconds
        while True:
            if answer := condition():
                return answer
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}")
            time.sleep(0.3)

    def _api_server(self, etcd: str) -> None:
        keys = self.folder / "keys"
        (self.folder / "audit.yaml").write_text(yaml.safe_dump(AUDIT))
        trust = ssl.create_default_context(cafile=keys / "ca.crt")
        trust.load_cert_chain(keys / "admin.crt", keys / "admin.key")
        self.http = httpx.Client(base_url=self.address, transport=Patient(verify=trust), timeout=30)
        self._launch(
            "api",
            [
                f"--etcd-servers={etcd}",
                f"--bind-address={self.host}",
                f"--advertise-address={self.host}",
                f"--secure-port={self.ports['api']}",
                "--endpoint-reconciler-type=none",
                "--profiling=false",
                f"--client-ca-file={keys}/ca.crt",
                f"--tls-cert-file={keys}/api.crt",
                f"--tls-private-key-file={keys}/api.key",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={keys}/tokens.pub",
                f"--service-account-signing-key-file={keys}/tokens.key",
                "--service-cluster-ip-range=10.96.0.0/16",
                "--authorization-mode=Node,RBAC",
                "--allow-privileged=true",
                "--kubelet-preferred-address-types=InternalIP",
                f"--kubelet-client-certificate={keys}/admin.crt",
                f"--kubelet-client-key={keys}/admin.key",
                "--enable-admission-plugins=NodeRestriction",
                f"--audit-policy-file={self.folder}/audit.yaml",
                f"--audit-log-path={self.folder}/logs/audit.log",
            ],
            lambda: self.http.get("/readyz").is_success,
            program_name="kube-apiserver",
        )

    def _controllers(self) -> None:
        keys = self.folder / "keys"
        common = ["--bind-address=127.0.0.1", "--kube-api-qps=500", "--kube-api-burst=1000", "--leader-elect=false"]
        self._launch(
            "controllers",
            [
                *common,
                f"--kubeconfig={self.folder}/controllers.kubeconfig",
                f"--secure-port={self.ports['controllers']}",
                "--use-service-account-credentials=true",
                f"--service-account-private-key-file={keys}/tokens.key",
                f"--root-ca-file={keys}/ca.crt",
                "--concurrent-namespace-syncs=10",
                "--profiling=false",
            ],
            lambda: True,
            program_name="kube-controller-manager",
        )
        self._launch(
            "scheduler",
            [
                *common,
                f"--kubeconfig={self.folder}/scheduler.kubeconfig",
                f"--secure-port={self.ports['scheduler']}",
                f"--authentication-kubeconfig={self.folder}/scheduler.kubeconfig",
                "--profiling=false",
                f"--authorization-kubeconfig={self.folder}/scheduler.kubeconfig",
            ],
            lambda: httpx.get(f"https://127.0.0.1:{self.ports['scheduler']}/healthz", verify=False).is_success,
            program_name="kube-scheduler",
        )

    def _nodes(self, count: int) -> None:
        """kwok says of every pod that it runs: rollouts go on, but no container is proved to work."""
        stages = module_folder("kubernetes", "sigs.k8s.io/kwok") / "kustomize" / "stage"
        found = [
            file
            for where in ("node/fast/node-*", "node/heartbeat-with-lease/node-*", "pod/fast/pod-*")
            for file in sorted(stages.glob(f"{where}.yaml"))
        ]
        (self.folder / "stages.yaml").write_text("---\n".join(file.read_text() for file in found))
        room = {"cpu": "32", "memory": "256Gi", "pods": "250", "ephemeral-storage": "100Gi"}
        self.kubectl("apply", "-f", "-", given=[
            {
                "apiVersion": "v1", "kind": "Node",
                "metadata": {
                    "name": f"node-{number}",
                    "labels": {
                        "kubernetes.io/hostname": f"node-{number}", "topology.kubernetes.io/zone": f"zone-{number}",
                    },
                },
                "status": {"allocatable": room, "capacity": room},
            }
            for number in range(1, count + 1)
        ])  # fmt: skip
        self._launch(
            "kwok",
            [
                f"--kubeconfig={self.kubeconfig}",
                f"--config={self.folder}/stages.yaml",
                "--manage-all-nodes=true",
                "--node-lease-duration-seconds=40",
                "--node-ip=127.0.0.1",
                f"--server-address=127.0.0.1:{self.ports['kwok']}",
            ],
            lambda: all(
                any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"].get("conditions", []))
                for node in self.get("nodes")["items"]
            ),
        )

    def _launch(self, name: str, options: list[str], ready: Callable[[], bool], *, program_name: str = "") -> None:
        running = Running(self.folder, name)
        running.start([program(program_name or name), *options], {})
        running.wait_until(patiently(ready), 120)

    def _certificates(self) -> None:
        keys = self.folder / "keys"
        keys.mkdir(parents=True)
        self._openssl("req", "-x509", *EC, "-days", "30", "-subj", "/CN=cluster", "-keyout", "ca.key", "-out", "ca.crt")
        self._openssl("genrsa", "-out", "tokens.key", "2048")
        self._openssl("rsa", "-in", "tokens.key", "-pubout", "-out", "tokens.pub")
        self.certificate("api", "/CN=kube-apiserver", f"subjectAltName=IP:{self.host},IP:10.96.0.1,DNS:localhost")
        for name, subject in (
            ("admin", "/O=system:masters/CN=admin"),
            ("controllers", "/CN=system:kube-controller-manager"),
            ("scheduler", "/CN=system:kube-scheduler"),
        ):
            self.certificate(name, subject, "extendedKeyUsage=clientAuth")
            self.write_kubeconfig(
                name, {"client-certificate": f"{keys}/{name}.crt", "client-key": f"{keys}/{name}.key"}
            )

    def write_kubeconfig(self, name: str, user: dict[str, str]) -> Path:
        """Of a user of the API server, by certificate or by token."""
        cluster = {"server": self.address, "certificate-authority": str(self.folder / "keys" / "ca.crt")}
        file = self.folder / f"{name}.kubeconfig"
        file.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "one",
            "clusters": [{"name": "one", "cluster": cluster}],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": "one", "context": {"cluster": "one", "user": name}}],
        }))  # fmt: skip
        file.chmod(0o600)
        return file

    def certificate(self, name: str, subject: str, extension: str) -> None:
        """`name`.crt and .key among the keys, from the cluster's own authority."""
        self._openssl(
            "req", "-x509", "-CA", "ca.crt", "-CAkey", "ca.key", *EC, "-days", "30", "-subj", subject,
            "-addext", extension, "-addext", "basicConstraints=critical,CA:FALSE",
            "-set_serial", str(secrets.randbits(63)), "-keyout", f"{name}.key", "-out", f"{name}.crt",
        )  # fmt: skip

    def _openssl(self, *words: str) -> None:
        run(["openssl", *words], self.folder / "keys")


@contextmanager
def running(kinds: Sequence[Path]) -> Iterator[ControlPlane]:
    """One with a folder of its own, which is forgotten with it."""
    parent = paths.data() / "temporary"
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        cluster = ControlPlane(Path(folder))
        try:
            cluster.start(kinds)
            yield cluster
        finally:
            cluster.stop()
