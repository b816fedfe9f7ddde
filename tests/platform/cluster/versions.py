"""What each version of Kubernetes takes, as its own project publishes it: the OpenAPI documents of its API server."""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from koprogo.stack import paths
from tests.platform.cluster.programs import SOURCES, downloaded

CHECKSUMS = {
    one["version"]: one["checksum"] for one in tomllib.loads((SOURCES / "versions.toml").read_text())["version"]
}
NOT_OF_KUBERNETES = ("gateway.networking.k8s.io",)


def documents(version: str) -> Path:
    """Their folder; of the module, 125 MB, nothing else is kept."""
    folder = paths.cache() / "platform" / f"openapi-{version}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as working:
            module = downloaded("k8s.io/kubernetes", version, CHECKSUMS[version], kept_in=Path(working))
            shutil.copytree(module / "api" / "openapi-spec" / "v3", Path(working) / "made")
            (Path(working) / "made").rename(folder)
    return folder


def is_of_kubernetes(one: dict[str, Any]) -> bool:
    """Its own kinds; those that others add are applied to a real API server in other tests."""
    group = one["apiVersion"].rpartition("/")[0]
    return group not in NOT_OF_KUBERNETES and ("." not in group or group.endswith(".k8s.io"))


def refusals(one: dict[str, Any], version: str) -> list[str]:
    """What this version would say against an object; a field that it does not know, too."""
    kind = f"{one['apiVersion']} {one['kind']}"
    validator = _validator(version, one["apiVersion"], one["kind"])
    if validator is None:
        return [f"{kind} is not known"]
    return [
        f"{kind} /{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(one)
    ]


@cache
def _validator(version: str, api: str, kind: str) -> Any:
    """None where it does not know the kind."""
    components = _components(version, api)
    names = [
        name
        for name, schema in components.get("schemas", {}).items()
        for known in schema.get("x-kubernetes-group-version-kind", [])
        if "/".join(filter(None, (known["group"], known["version"]))) == api
        and known["kind"] == kind
        and "metadata" in schema.get("properties", {})
    ]
    if not names:
        return None
    (name,) = names
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


@cache
def _components(version: str, api: str) -> dict[str, Any]:
    file = documents(version) / (f"{'apis' if '/' in api else 'api'}__{api.replace('/', '__')}_openapi.json")
    if not file.exists():
        return {}
    components: dict[str, Any] = json.loads(file.read_text())["components"]
    for schema in components["schemas"].values():
        if "properties" in schema and "x-kubernetes-preserve-unknown-fields" not in schema:
            schema.setdefault("additionalProperties", False)
    return components
