"""This machine as a real node: containerd, kubelet, kube-proxy and the cluster's DNS. Needs root, and puts all back.

It adds a bridge, a table of nftables and sysctls that the kubelet asks for; `stop` ends the processes by their pids and
takes away what they made.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import yaml

from koprogo.stack.instance import free_ports
from koprogo.stack.running import Running
from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.cluster.programs import program, run, tool

BRIDGE, ADDRESS, PODS = "koprogo0", "10.244.0.1", "10.244.0.0/24"
# Debian's, unpacked beside the system and not installed.
PACKAGES = [
    "containerd", "runc", "containernetworking-plugins", "nftables", "libnftables1", "libnftnl11", "libnfnetlink0",
    "libedit2", "libjansson4", "libxtables12", "conntrack", "libnetfilter-conntrack3",
]  # fmt: skip
SYSCTLS = (
    "vm.overcommit_memory", "vm.panic_on_oom", "kernel.panic", "kernel.panic_on_oops", "kernel.keys.root_maxkeys",
    "kernel.keys.root_maxbytes", "net.ipv4.ip_forward",
)  # fmt: skip
PAUSE = """#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
static void quit(int number) { (void)number; _exit(0); }
static void reap(int number) { (void)number; while (waitpid(-1, 0, WNOHANG) > 0) {} }
int main(void) { signal(SIGINT, quit); signal(SIGTERM, quit); signal(SIGCHLD, reap); for (;;) pause(); }
"""


class Machine:
    """`start` before the control plane, whose API server listens on the bridge; `join` after it."""

    def __init__(self, folder: Path, debian: Path) -> None:
        self.folder, self.debian = folder, debian
        base = free_ports(5)
        self.ports = {name: base + i for i, name in enumerate(("kubelet", "health", "proxy", "figures", "dns"))}
        self.socket = folder / "containerd.sock"
        self.before = folder / "sysctl.json"
        libraries = [debian / where for where in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu")]
        self.libraries = {"LD_LIBRARY_PATH": ":".join(str(one) for one in libraries)}

    def start(self) -> None:
        self.before.write_text(json.dumps({name: run(["sysctl", "-n", name], self.folder) for name in SYSCTLS}))
        for words in (["add", BRIDGE, "type", "bridge"], ["set", BRIDGE, "up"]):
            run(["ip", "link", *words], self.folder)
        run(["ip", "addr", "add", f"{ADDRESS}/24", "dev", BRIDGE], self.folder)
        self._containerd()

    def join(self, cluster: ControlPlane) -> None:
        self._dns(cluster)
        self._kubelet(cluster)
        config = [f"--kubeconfig={cluster.kubeconfig}", "--hostname-override=node-1", "--proxy-mode=nftables"]
        # Both ends of a call to a service sit on the one bridge.
        config += [f"--cluster-cidr={PODS}", "--masquerade-all", "--nodeport-addresses=127.0.0.0/8"]
        config += [f"--healthz-bind-address=127.0.0.1:{self.ports['proxy']}", "--conntrack-max-per-core=0"]
        config += [f"--metrics-bind-address=127.0.0.1:{self.ports['figures']}"]
        proxy = Running(self.folder, "kube-proxy")
        path = os.environ["PATH"]
        proxy.start([program("kube-proxy"), *config], {**self.libraries, "PATH": f"{self.debian}/usr/sbin:{path}"})
        self._endpoint(cluster)
        cluster.until(lambda: _is_ready(cluster), 60, "the node is Ready")

    def load(self, archive: Path, name: str) -> str:
        """An image, and the name with the digest by which pods ask for it."""
        before = set(self._known())
        self.ctr("images", "import", "--digests", "--base-name", name, str(archive))
        known = [one for one in self._known() if one.startswith(f"{name}@")]
        fresh = [one for one in known if one not in before] or known
        return fresh[-1]

    def _known(self) -> list[str]:
        return self.ctr("images", "ls", "-q").split()

    def ctr(self, *words: str) -> str:
        return run([f"{self.debian}/usr/bin/ctr", "-a", str(self.socket), "-n", "k8s.io", *words], self.folder)

    def stop(self) -> None:
        for name in ("kube-proxy", "kubelet"):
            Running(self.folder, name).stop(patience=5)
        if Running(self.folder, "containerd").pid is not None:
            self._end_containers()
        Running(self.folder, "containerd").stop(patience=10)
        Running(self.folder, "dns").stop(patience=5)
        mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted((m for m in mounts if m.startswith(f"{self.folder}/")), reverse=True):
            _try("umount", "-l", mount)
        _try("ip", "link", "del", BRIDGE)
        for family in ("ip", "ip6"):
            _try(f"{self.debian}/usr/sbin/nft", "delete", "table", family, "kube-proxy", **self.libraries)
        for group in sorted(Path("/sys/fs/cgroup").glob("*/kubepods*/**/"), reverse=True):
            _try("rmdir", str(group))
        if self.before.exists():
            for name, value in json.loads(self.before.read_text()).items():
                _try("sysctl", "-qw", f"{name}={value}")

    def _end_containers(self) -> None:
        """With the networks of their pods, whose ends on the bridge go with them."""
        containers = self.ctr("containers", "ls", "-q").split()
        networks = set()
        for container in containers:
            networks.update(re.findall(r"/netns/cni-[0-9a-f-]+", self.ctr("containers", "info", container)))
        for container in containers:
            for words in (["task", "rm", "-f", container], ["containers", "rm", container]):
                _try(f"{self.debian}/usr/bin/ctr", "-a", str(self.socket), "-n", "k8s.io", *words)
        for network in networks:
            _try("umount", f"/run{network}")
            Path(f"/run{network}").unlink(missing_ok=True)

    def _containerd(self) -> None:
        network = {
            "cniVersion": "0.4.0", "name": "pods",
            "plugins": [{
                "type": "bridge", "bridge": BRIDGE, "isGateway": True, "ipMasq": False, "hairpinMode": True,
                "ipam": {
                    "type": "host-local", "dataDir": f"{self.folder}/addresses", "ranges": [[{"subnet": PODS}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            }],
        }  # fmt: skip
        (self.folder / "networks").mkdir()
        (self.folder / "networks" / "10-pods.conflist").write_text(json.dumps(network))
        cri = '[plugins."io.containerd.grpc.v1.cri"'
        (self.folder / "containerd.toml").write_text(f"""
version = 2
root = "{self.folder}/images"
state = "{self.folder}/state"
[grpc]
address = "{self.socket}"
{cri}]
sandbox_image = "pause.invalid/pause:1"
restrict_oom_score_adj = true
disable_apparmor = true
{cri}.cni]
bin_dir = "{self.debian}/usr/lib/cni"
conf_dir = "{self.folder}/networks"
{cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
{cri}.containerd.runtimes.runc.options]
BinaryName = "{self.debian}/usr/sbin/runc"
SystemdCgroup = false
""")
        containerd = Running(self.folder, "containerd")
        path = f"{self.debian}/usr/bin:{os.environ['PATH']}"
        configuration = str(self.folder / "containerd.toml")
        containerd.start([f"{self.debian}/usr/bin/containerd", "-c", configuration], {"PATH": path})
        containerd.wait_until(self.socket.exists, 30)
        self._pause()

    def _pause(self) -> None:
        """What holds a pod's namespaces open."""
        where = self.folder / "pause"
        where.mkdir()
        (where / "pause.c").write_text(PAUSE)
        run(["gcc", "-static", "-Os", "-s", "-o", "pause", "pause.c"], where)
        (where / "pause.c").unlink()
        tag = "pause.invalid/pause:1"
        run(
            ["podman", "build", "-q", "-t", tag, "-f", "-", "."], where, 'FROM scratch\nCOPY . /\nENTRYPOINT ["/pause"]'
        )
        archive = self.folder / "pause.tar"
        run(["podman", "save", "-q", "--format", "docker-archive", "-o", str(archive), tag], where)
        self.ctr("images", "import", str(archive))

    def _kubelet(self, cluster: ControlPlane) -> None:
        keys = cluster.folder / "keys"
        cluster.certificate("kubelet", "/O=system:nodes/CN=system:node:node-1", "extendedKeyUsage=clientAuth")
        own = {"client-certificate": f"{keys}/kubelet.crt", "client-key": f"{keys}/kubelet.key"}
        kubeconfig = cluster.write_kubeconfig("kubelet", own)
        configuration = {
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
            # What is not there or not allowed in a small virtual machine.
            "failCgroupV1": False, "cgroupDriver": "cgroupfs", "oomScoreAdj": 0, "failSwapOn": False,
            "enforceNodeAllocatable": ["pods"], "evictionHard": {"memory.available": "100Mi"},
            "imageGCHighThresholdPercent": 100, "maxPods": 200,
            "containerRuntimeEndpoint": f"unix://{self.socket}",
            "address": ADDRESS, "port": self.ports["kubelet"],
            "healthzBindAddress": "127.0.0.1", "healthzPort": self.ports["health"],
            "authentication": {
                "anonymous": {"enabled": False}, "webhook": {"enabled": True},
                "x509": {"clientCAFile": f"{keys}/ca.crt"},
            },
            "authorization": {"mode": "Webhook"},
            "podLogsDir": f"{self.folder}/podlogs", "volumePluginDir": f"{self.folder}/volumes",
            "clusterDNS": [ADDRESS], "clusterDomain": "cluster.local",
        }  # fmt: skip
        (self.folder / "kubelet.yaml").write_text(yaml.safe_dump(configuration))
        kubelet = Running(self.folder, "kubelet")
        path = f"{self.debian}/usr/bin:{self.debian}/usr/sbin:{os.environ['PATH']}"
        kubelet.start(
            [program("kubelet"), f"--config={self.folder}/kubelet.yaml", f"--kubeconfig={kubeconfig}",
             "--hostname-override=node-1", f"--node-ip={ADDRESS}", f"--root-dir={self.folder}/kubelet",
             f"--cert-dir={self.folder}/kubelet-keys"],
            {**self.libraries, "PATH": path},
        )  # fmt: skip

    def _dns(self, cluster: ControlPlane) -> None:
        (self.folder / "Corefile").write_text(
            f".:53 {{\n  bind {ADDRESS}\n  errors\n  kubernetes cluster.local {{\n"
            f"    kubeconfig {cluster.kubeconfig}\n    pods insecure\n  }}\n}}\n"
        )
        Running(self.folder, "dns").start([program("coredns"), "-conf", f"{self.folder}/Corefile"], {})

    def _endpoint(self, cluster: ControlPlane) -> None:
        """Where pods find the API server under the name kubernetes.default.svc."""
        cluster.kubectl("apply", "-f", "-", given=[{
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {
                "name": "kubernetes-bridge", "namespace": "default",
                "labels": {"kubernetes.io/service-name": "kubernetes"},
            },
            "endpoints": [{"addresses": [cluster.host], "conditions": {"ready": True}}],
            "ports": [{"name": "https", "port": cluster.ports["api"], "protocol": "TCP"}],
        }])  # fmt: skip


def debian_programs(folder: Path) -> Path:
    """Containerd and what it needs, in a folder of the cache."""
    if not (folder / "done").exists():
        archives = folder / "archives"
        archives.mkdir(parents=True, exist_ok=True)
        run(["apt-get", "-qq", "download", "-o", "APT::Sandbox::User=root", *PACKAGES], archives)
        for archive in sorted(archives.glob("*.deb")):
            run(["dpkg", "-x", str(archive), str(folder)], archives)
        (folder / "done").touch()
    return folder


def _is_ready(cluster: ControlPlane) -> bool:
    command = [str(tool("kubectl")), "--kubeconfig", str(cluster.kubeconfig), "wait", "--for=condition=Ready"]
    return subprocess.run([*command, "node/node-1", "--timeout=1s"], capture_output=True).returncode == 0


def _try(*command: str, **environment: str) -> None:
    """What is not there need not be taken away."""
    for _ in range(3):
        if subprocess.run(command, env={**os.environ, **environment}, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
