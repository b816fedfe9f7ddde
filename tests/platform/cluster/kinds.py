"""The kinds of objects of the operators we use, as their own projects publish them."""

from __future__ import annotations

import hashlib
import re
import tempfile
import tomllib
from pathlib import Path

from koprogo.stack import paths
from tests.platform.cluster.programs import SOURCES, downloaded, module_folder, run, tool

WATCHED = {"GatewayClass", "GRPCRoute", "BackendTLSPolicy", "TLSRoute"}


def files() -> list[Path]:
    """Of a CustomResourceDefinition each."""
    wanted = tomllib.loads((SOURCES / "kinds.toml").read_text())
    found = [downloaded(m["path"], m["version"], m["checksum"]) / m["folder"] for m in wanted["module"]]
    argo = module_folder("argocd", "github.com/argoproj/argo-cd/v3") / "manifests" / "crds"
    folders = [*found, _strimzi(wanted["strimzi"]["artifacts"], wanted["strimzi"]["kinds"]), argo]
    kinds = [file for folder in folders for file in sorted(folder.glob("*.yaml"))]
    return [file for file in kinds if "kind: CustomResourceDefinition" in file.read_text()]


def used() -> list[Path]:
    """Those of which our charts make objects, and that Traefik watches: an API server takes long over all."""
    folders = [paths.repository() / name for name in ("charts", "argocd")]
    ours = [file for folder in folders for end in ("yaml", "tpl") for file in folder.rglob(f"*.{end}")]
    named = {kind for file in ours for kind in re.findall(r"kind: (\w+)", file.read_text())} | WATCHED
    return [file for file in files() if re.findall(r"^    kind: (\w+)$", file.read_text(), re.MULTILINE)[0] in named]


def _strimzi(artifacts: list[str], kinds: list[str]) -> Path:
    told = hashlib.sha256(" ".join(artifacts + kinds).encode()).hexdigest()[:12]
    folder = paths.cache() / "platform" / f"strimzi-{told}"
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=folder.parent) as working:
            for artifact in artifacts:
                goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
                run(["mvn", "-q", "-B", goal, f"-Dartifact={artifact}", f"-DoutputDirectory={working}/jars"], SOURCES)
            made = Path(working) / "made"
            made.mkdir()
            generator = [str(tool("java")), "-cp", f"{working}/jars/*", "io.strimzi.crdgenerator.CrdGenerator"]
            targets = [f"io.strimzi.api.kafka.model.{kind}={made / kind}.yaml" for kind in kinds]
            for target in targets:
                run([*generator, "--yaml", "--crd-api-version", "v1", target], SOURCES)
            made.rename(folder)
    return folder
