"""Everything rendered is taken by a real API server, and what must not be is refused with its reason."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from koprogo.stack.instance import SERVICES
from tests.platform.cluster.charts import CHARTS, ENVIRONMENTS, Objects, identity, of_kind, render
from tests.platform.cluster.control_plane import ControlPlane


def deploy(cluster: ControlPlane, objects: Objects) -> None:
    """As Argo CD: a hook of the sync before makes room, the new one ends, then all the rest."""
    (service,) = {one["metadata"]["namespace"] for one in objects}
    cluster.kubectl("-n", service, "delete", "job", "--all", "--wait")
    cluster.apply(of_kind(objects, "Job"))
    cluster.kubectl("-n", service, "wait", "--for=condition=complete", "job", "--all", "--timeout=60s")
    cluster.apply(one for one in objects if one["kind"] != "Job")
    for process in ("serve", "relay", "consume"):
        cluster.kubectl("-n", service, "rollout", "status", f"deployment/{service}-{process}", "--timeout=60s")


@pytest.fixture(scope="module")
def installed(cluster: ControlPlane) -> dict[str, Objects]:
    """The largest environment, whole, as it is on its first day."""
    cluster.kubectl("create", "namespace", "cert-manager")
    objects = {chart: render(chart, "k8s-ha") for chart in CHARTS}
    for chart in ("baseline", *(chart for chart in CHARTS if chart != "baseline")):
        cluster.apply(objects[chart])
    return objects


class TestAnEnvironment:
    @pytest.mark.parametrize("env", ENVIRONMENTS)
    @pytest.mark.parametrize("chart", CHARTS)
    def test_is_taken_whole_and_to_the_letter(
        self, cluster: ControlPlane, installed: dict[str, Objects], chart: str, env: str
    ) -> None:
        """Over the other one: of what differs only claims to volumes, which never shrink, cannot change."""
        objects = [one for one in render(chart, env) if one["kind"] not in ("Job", "PersistentVolumeClaim")]
        taken = cluster.apply(objects, is_tried=True)
        assert [identity(one) for one in taken] == [identity(one) for one in objects]

    def test_becomes_ready(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        for service in SERVICES:
            for process in ("serve", "relay", "consume"):
                cluster.kubectl(
                    "-n", service, "rollout", "status", f"deployment/{service}-{process}", "--timeout=60s"
                )  # fmt: skip

    def test_gives_each_service_its_own_objects(self, installed: dict[str, Objects]) -> None:
        seen: dict[tuple[str, str, str], str] = {}
        for chart, objects in installed.items():
            for one in objects:
                kind, where, name = identity(one)
                known = seen.setdefault((kind, where, name), chart)
                assert known == chart, f"{kind} {name} belongs to {known} and to {chart}"


def pod_of(objects: Objects) -> dict[str, Any]:
    (one,) = [one for one in of_kind(objects, "Deployment") if one["metadata"]["name"] == "finance-serve"]
    return copy.deepcopy(one)


class TestABadChange:
    """Each is refused before anything runs, and says what is wrong."""

    def refusal(self, cluster: ControlPlane, objects: Objects) -> str:
        with pytest.raises(RuntimeError) as refused:
            cluster.apply(objects, is_tried=True)
        return str(refused.value)

    def test_of_a_privileged_pod(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        pod = pod_of(installed["finance"])["spec"]["template"]
        pod |= {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {**pod["metadata"], "name": "bad", "namespace": "finance"},
        }
        pod["spec"]["containers"][0]["securityContext"] = {"privileged": True}
        said = self.refusal(cluster, [pod])
        assert 'violates PodSecurity "restricted' in said
        assert "privileged" in said

    def test_of_a_tag_for_a_digest(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        changed = pod_of(installed["finance"])
        changed["spec"]["template"]["spec"]["containers"][0]["image"] = (
            "registry.koprogo.example/koprogo/finance:latest"
        )
        assert "name images by digest, not by tag: registry.koprogo.example/koprogo/finance:latest" in self.refusal(
            cluster, [changed]
        )

    def test_of_a_mistyped_field(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        changed = pod_of(installed["finance"])
        changed["spec"]["minReadySecond"] = 5
        assert "minReadySecond" in self.refusal(cluster, [changed])

    def test_of_two_scalers_for_one_target(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        (scaler,) = of_kind(installed["finance"], "HorizontalPodAutoscaler")
        second = copy.deepcopy(scaler)
        second["metadata"]["name"] = "finance-consume"
        second["spec"]["scaleTargetRef"]["name"] = "finance-consume"
        assert "consumers are scaled by KEDA" in self.refusal(cluster, [second])

    def test_of_a_topic_without_owner(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        topic = copy.deepcopy(of_kind(installed["data"], "KafkaTopic")[0])
        del topic["metadata"]["labels"]["koprogo.io/owner"]
        topic["metadata"]["name"] = "somebody.something"
        assert "a topic names the service that owns it" in self.refusal(cluster, [topic])

    def test_of_more_than_its_room(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        pod = pod_of(installed["finance"])["spec"]["template"]
        pod |= {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {**pod["metadata"], "name": "large", "namespace": "finance"},
        }
        pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "5"
        assert "exceeded quota" in self.refusal(cluster, [pod])


def balanced(namespace: str, **more: bool) -> dict[str, Any]:
    ports = [{"name": "web", "port": 80}, {"name": "websecure", "port": 443}]
    return {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "door", "namespace": namespace},
        "spec": {"type": "LoadBalancer", "ports": ports, **more},
    }  # fmt: skip


class TestTheDoor:
    def test_is_one_without_node_ports(self, cluster: ControlPlane, installed: dict[str, Objects]) -> None:
        cluster.apply([balanced("gateway", allocateLoadBalancerNodePorts=False)], is_tried=True)

    @pytest.mark.parametrize(
        ("service", "named"),
        [
            (balanced("gateway"), "services.nodeports"),
            (balanced("property", allocateLoadBalancerNodePorts=False), "services.loadbalancers"),
        ],
    )
    def test_is_no_other(
        self, cluster: ControlPlane, installed: dict[str, Objects], service: dict[str, Any], named: str
    ) -> None:
        with pytest.raises(RuntimeError, match=f"exceeded quota: room, requested: {named}"):
            cluster.apply([service], is_tried=True)


class TestADeploymentOfOneService:
    def test_touches_that_service_alone_and_is_taken_back(
        self, cluster: ControlPlane, installed: dict[str, Objects]
    ) -> None:
        before = versions(cluster)
        new = f"sha256:{'1' * 64}"
        deploy(cluster, render("property", "k8s-ha", "--set", f"image.digest={new}"))
        changed = {key for key, version in versions(cluster).items() if before[key] != version}
        assert {where for where, _ in changed} == {"property"}
        assert {name for _, name in changed} == {f"property-{process}" for process in ("serve", "relay", "consume")}
        deploy(cluster, render("property", "k8s-ha"))
        image = cluster.get("-n", "property", "deployment", "property-serve")["spec"]["template"]["spec"]["containers"][
            0
        ]
        assert image["image"].endswith("0" * 64)


def versions(cluster: ControlPlane) -> dict[tuple[str, str], int]:
    return {
        (one["metadata"]["namespace"], one["metadata"]["name"]): one["metadata"]["generation"]
        for one in cluster.get("deployments", "-A")["items"]
    }
