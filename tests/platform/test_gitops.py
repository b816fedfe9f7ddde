"""Real Argo CD syncs this repository into a real API server, as one commit after the other says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.argo import ArgoCd
from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.cluster.programs import run, tool

ENVIRONMENT = "vps"
PLAYED = {
    # What their operators, which do not run here, would write; Argo CD's own checks read it.
    "postgresql.cnpg.io/v1/clusters": {"phase": "Cluster in healthy state", "conditions": [{"type": "Ready"}]},
    "kafka.strimzi.io/v1/kafkas": {"conditions": [{"type": "Ready"}]},
    "kafka.strimzi.io/v1/kafkanodepools": {"conditions": [{"type": "Ready"}]},
    "kafka.strimzi.io/v1/kafkatopics": {"conditions": [{"type": "Ready"}]},
    "kafka.strimzi.io/v1/kafkausers": {"conditions": [{"type": "Ready"}]},
    "cert-manager.io/v1/certificates": {"conditions": [{"type": "Ready"}]},
    "cert-manager.io/v1/clusterissuers": {"conditions": [{"type": "Ready"}]},
    "postgresql.cnpg.io/v1/databases": {"applied": True},
    "keda.sh/v1alpha1/scaledobjects": {"conditions": [{"type": "Ready"}]},
    "gateway.networking.k8s.io/v1/httproutes": {
        "parents": [
            {
                "controllerName": "traefik.io/gateway-controller",
                "parentRef": {"name": "koprogo", "namespace": "gateway"},
                "conditions": [{"type": "Accepted"}, {"type": "ResolvedRefs"}],
            }
        ]
    },
    "gateway.networking.k8s.io/v1/gateways": {"conditions": [{"type": "Accepted"}, {"type": "Programmed"}]},
}


class Repository:
    """A clone of ours as Argo CD knows it: each change is a commit that is pushed."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.served = folder / "clone", folder / "served.git"
        self.url = f"file://{self.served}"
        self.clone.mkdir(parents=True)
        for name in ("charts", "argocd", "proto"):
            shutil.copytree(repository() / name, self.clone / name, symlinks=True)
        self._git("init", "-q", "-b", "main")
        run(["git", "init", "-q", "--bare", "-b", "main", str(self.served)], folder)
        self._git("remote", "add", "origin", str(self.served))

    def commit(self, why: str) -> str:
        self._git("add", "-A")
        self._git("commit", "-q", "-m", why)
        self._git("push", "-q", "origin", "main")
        return self._git("rev-parse", "HEAD")

    def revert(self) -> str:
        self._git("revert", "--no-edit", "HEAD")
        self._git("push", "-q", "origin", "main")
        return self._git("rev-parse", "HEAD")

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.clone / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def _git(self, *words: str) -> str:
        who = {"GIT_AUTHOR_NAME": "Platform", "GIT_AUTHOR_EMAIL": "platform@koprogo.example"}
        who |= {"GIT_COMMITTER_NAME": "Platform", "GIT_COMMITTER_EMAIL": "platform@koprogo.example"}
        done = subprocess.run(
            ["git", *words], cwd=self.clone, capture_output=True, text=True, check=True,
            env={**os.environ, **who, "GIT_CONFIG_GLOBAL": "/dev/null"},
        )  # fmt: skip
        return done.stdout.strip()


@pytest.fixture(scope="module")
def played(empty_cluster: ControlPlane) -> Iterator[None]:
    """Says of what the absent operators would look after that it is well."""
    ended = threading.Event()

    def play() -> None:
        while not ended.wait(1):
            for kind, status in PLAYED.items():
                # The API server may ask for patience, or be slow: an operator would come back, too.
                with suppress(httpx.HTTPError):
                    for one in empty_cluster.items(f"/apis/{kind}"):
                        told = one.get("status", {})
                        if not told or any(c["status"] == "Unknown" for c in told.get("conditions", [])):
                            say(kind, one, status)

    def say(kind: str, one: dict[str, Any], status: dict[str, Any]) -> None:
        metadata = one["metadata"]
        told = {**status, "observedGeneration": metadata["generation"]}
        inner = [c for parent in told.get("parents", []) for c in parent["conditions"]]
        for condition in [*told.get("conditions", []), *inner]:
            condition |= {"status": "True", "reason": "Played", "message": ""}
            condition["lastTransitionTime"] = metadata["creationTimestamp"]
            condition["observedGeneration"] = metadata["generation"]
        group, plural = kind.rsplit("/", 1)
        where = f"namespaces/{metadata['namespace']}/" if "namespace" in metadata else ""
        empty_cluster.http.patch(
            f"/apis/{group}/{where}{plural}/{metadata['name']}/status",
            content=json.dumps({"status": told}),
            headers={"Content-Type": "application/merge-patch+json"},
        )

    player = threading.Thread(target=play, daemon=True)
    player.start()
    yield
    ended.set()
    player.join()


@pytest.fixture(scope="module")
def git(empty_cluster: ControlPlane) -> Repository:
    git = Repository(empty_cluster.folder / "git")
    git.replace("argocd/values.yaml", "https://git.koprogo.example/koprogo/koprogo.git", git.url)
    # Their mirrors are not here; their kinds are loaded.
    values = yaml.safe_load((git.clone / "argocd" / "values.yaml").read_text())
    (git.clone / "argocd" / "values.yaml").write_text(yaml.safe_dump({**values, "operators": {}}))
    git.commit("Begin")
    return git


@pytest.fixture(scope="module")
def argo(empty_cluster: ControlPlane, played: None, git: Repository) -> Iterator[ArgoCd]:
    argo = ArgoCd(empty_cluster)
    try:
        argo.start()
        empty_cluster.kubectl("create", "namespace", "cert-manager")
        # No storage here gives volumes by itself.
        empty_cluster.kubectl("apply", "-f", "-", given=[{
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "one"},
            "spec": {
                "capacity": {"storage": "100Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/nowhere"},
            },
        }])  # fmt: skip
        root = [
            "-f",
            f"environments/{ENVIRONMENT}/global.yaml",
            *(word for one in ("root", "projects", "config") for word in ("-s", f"templates/{one}.yaml")),
        ]
        text = run([str(tool("helm")), "template", "argocd", ".", *root], git.clone / "argocd")
        empty_cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", given=text)
        yield argo
    finally:
        argo.stop()


def image(cluster: ControlPlane, service: str) -> str:
    found = cluster.get("-n", service, "deployment", f"{service}-serve")
    return str(found["spec"]["template"]["spec"]["containers"][0]["image"])


def until(argo: ArgoCd, condition: Any, what: str, seconds: float = 240) -> None:
    try:
        argo.cluster.until(condition, seconds, what)
    except AssertionError as late:
        told = argo.applications()
        raise AssertionError("\n".join([str(late), *(line for one in told for line in argo.trouble(one))])) from None


@pytest.fixture(scope="module")
def synced(argo: ArgoCd, git: Repository) -> str:
    """All of the environment out of one object that was applied by hand."""
    revision = git._git("rev-parse", "HEAD")
    names = ("root", "baseline", "data", *SERVICES, "gateway", "observability", "operator")
    for name in names:
        until(argo, lambda name=name: argo.is_at(name, revision), f"{name} is at the first commit")
    return revision


def begun(argo: ArgoCd, name: str) -> str:
    return str(argo.application(name)["operationState"]["startedAt"])


class TestTheFirstDay:
    def test_ends_with_everything_healthy(self, argo: ArgoCd, synced: str) -> None:
        found = argo.applications()
        assert {one["metadata"]["name"] for one in found} == {
            "root", "baseline", "data", "gateway", "observability", "operator", *SERVICES
        }  # fmt: skip

    def test_goes_wave_by_wave(self, argo: ArgoCd, synced: str) -> None:
        made = {one["metadata"]["name"]: one["metadata"]["creationTimestamp"] for one in argo.applications()}
        assert (
            made["baseline"]
            < made["data"]
            < min(made[one] for one in SERVICES)
            < made["gateway"]
            < made["observability"]
        )

    def test_migrates_each_service_before_it_starts(self, argo: ArgoCd, synced: str) -> None:
        for service in SERVICES:
            result = argo.application(service)["operationState"]["syncResult"]["resources"]
            (job,) = [one for one in result if one["kind"] == "Job"]
            assert (job["hookType"], job["hookPhase"]) == ("PreSync", "Succeeded")


class TestAPromotion:
    def test_is_one_line_and_touches_one_service(self, argo: ArgoCd, git: Repository, synced: str) -> None:
        before = {one: begun(argo, one) for one in SERVICES}
        file = f"argocd/environments/{ENVIRONMENT}/property.yaml"
        git.replace(file, "0" * 64, "1" * 64)
        assert git._git("diff", "--numstat").split()[:2] == ["1", "1"]
        new = git.commit("Promote property")
        until(argo, lambda: argo.is_at("property", new), "property is promoted")
        assert image(argo.cluster, "property").endswith("1" * 64)
        for other in SERVICES:
            if other != "property":
                until(argo, lambda other=other: argo.application(other)["sync"]["revision"] == new, f"{other} was read")
                assert begun(argo, other) == before[other], f"{other} was synced, and had no reason"

        back = git.revert()
        until(argo, lambda: argo.is_at("property", back), "property is taken back")
        assert image(argo.cluster, "property").endswith("0" * 64)


class TestWhatSomebodyChangesByHand:
    def test_is_put_right(self, argo: ArgoCd, synced: str) -> None:
        argo.cluster.kubectl("-n", "finance", "scale", "deployment", "finance-relay", "--replicas=4")
        until(
            argo,
            lambda: argo.cluster.get("-n", "finance", "deployment", "finance-relay")["spec"]["replicas"] == 1,
            "the number of relays is Git's again",
        )
        argo.cluster.kubectl("-n", "finance", "delete", "service", "finance")
        until(
            argo,
            lambda: argo.cluster.kubectl("-n", "finance", "get", "service", "finance", "--ignore-not-found"),
            "the service is there again",
        )

    def test_is_taken_away_when_git_no_longer_has_it(self, argo: ArgoCd, git: Repository, synced: str) -> None:
        template = git.clone / "charts" / "property" / "templates" / "all.yaml"
        kept = template.read_text()
        template.write_text(kept + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: passing}\n")
        until(argo, lambda revision=git.commit("Add"): argo.is_at("property", revision), "the map is there")
        assert argo.cluster.kubectl("-n", "property", "get", "configmap", "passing")
        template.write_text(kept)
        until(argo, lambda revision=git.commit("Remove"): argo.is_at("property", revision), "the map is removed")
        assert not argo.cluster.kubectl("-n", "property", "get", "configmap", "passing", "--ignore-not-found")


class TestABrokenChart:
    def test_is_reported_and_disturbs_nobody(self, argo: ArgoCd, git: Repository, synced: str) -> None:
        template = git.clone / "charts" / "governance" / "templates" / "all.yaml"
        template.write_text(template.read_text() + "{{ .Values.nothing.here }}\n")
        git.replace(f"argocd/environments/{ENVIRONMENT}/identity.yaml", "0" * 64, "2" * 64)
        new = git.commit("Break governance, promote identity")
        until(argo, lambda: argo.is_at("identity", new), "identity is promoted all the same")
        until(
            argo,
            lambda: any(c["type"] == "ComparisonError" for c in argo.application("governance").get("conditions", [])),
            "governance is reported",
        )
        assert image(argo.cluster, "governance").endswith("0" * 64)
        back = git.revert()
        until(argo, lambda: argo.is_at("governance", back), "governance is whole again")


TOO_FAR = (
    ({"kind": "ConfigMap", "metadata": {"name": "stray", "namespace": "finance"}}, "namespace finance is not"),
    ({"kind": "Namespace", "metadata": {"name": "stray"}}, "Namespace is not permitted in project property"),
    ({"kind": "ResourceQuota", "metadata": {"name": "more"}}, "ResourceQuota is not permitted in project property"),
)


class TestATeam:
    def test_does_not_reach_beyond_its_namespace(self, argo: ArgoCd, git: Repository, synced: str) -> None:
        template = git.clone / "charts" / "property" / "templates" / "all.yaml"
        kept = template.read_text()
        template.write_text(
            "---\n".join([kept, *(json.dumps({"apiVersion": "v1", **one}) + "\n" for one, _ in TOO_FAR)])
        )
        new = git.commit("Reach too far")

        def refused() -> bool:
            status = argo.application("property")
            result = status.get("operationState", {}).get("syncResult", {})
            told = f"{result.get('resources')} {status.get('conditions')}"
            return status.get("sync", {}).get("revision") == new and all(said in told for _, said in TOO_FAR)

        until(argo, refused, "all of it is refused")
        template.write_text(kept)
        until(argo, lambda revision=git.commit("Stay"): argo.is_at("property", revision), "property is whole again")
