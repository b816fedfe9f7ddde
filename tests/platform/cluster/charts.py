"""What Helm makes of a chart for an environment, as Argo CD would: the same files in the same order."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.programs import run, tool

ENVIRONMENTS = ("vps", "k3s", "k8s-ha")
PLATFORM = ("baseline", "data", "gateway", "observability", "operator")
CHARTS = (*SERVICES, *PLATFORM)
CLUSTER_WIDE = (
    "Namespace", "ClusterIssuer", "ClusterRole", "ClusterRoleBinding",
    "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
)  # fmt: skip
Objects = list[dict[str, Any]]


def namespace(chart: str) -> str:
    """Where what names no namespace goes."""
    return "kube-system" if chart == "baseline" else chart


def render(chart: str, environment: str, *words: str, root: Path | None = None) -> Objects:
    """Each in its namespace, as Argo CD would put it; RuntimeError with what Helm or the chart's schema refuses."""
    objects = [one for one in documents(text(chart, environment, *words, root=root)) if one]
    for one in objects:
        if one["kind"] not in CLUSTER_WIDE:
            one["metadata"].setdefault("namespace", namespace(chart))
    return objects


def documents(text: str) -> Objects:
    """As `safe_load_all`, ten times as fast."""
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


@cache
def text(chart: str, environment: str, *words: str, root: Path | None = None) -> str:
    here = root or repository()
    values = [here / "argocd" / "environments" / environment / f"{name}.yaml" for name in ("global", chart)]
    files = [word for file in values if file.exists() for word in ("-f", str(file))]
    command = [str(tool("helm")), "template", chart, str(here / "charts" / chart), "-n", namespace(chart)]
    return run([*command, *files, *words], here)


def of_kind(objects: Objects, kind: str) -> Objects:
    return [one for one in objects if one["kind"] == kind]


def identity(one: dict[str, Any]) -> tuple[str, str, str]:
    """Kind, namespace and name: what an object is known by."""
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]
