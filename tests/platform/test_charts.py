"""What is rendered for each environment agrees with the code, with the other environments, and with its rules."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import defaultdict
from importlib import import_module
from typing import Any

import msgspec
import pytest
import yaml

from koprogo.stack.instance import SERVICES
from koprogo.stack.parts.others import users
from koprogo.stack.paths import repository
from tests.platform.cluster.charts import CHARTS, ENVIRONMENTS, Objects, documents, of_kind, render, text
from tests.platform.cluster.programs import run, tool

ROOT = repository()
PORTS = yaml.safe_load((ROOT / "charts" / "services.yaml").read_text())["ports"]
GRPC = str(PORTS["grpc"])
TOPICS = [yaml.safe_load(file.read_text()) for file in sorted((ROOT / "proto" / "topics").glob("*.yaml"))]


@pytest.fixture(scope="module")
def rendered() -> dict[tuple[str, str], Objects]:
    return {(chart, env): render(chart, env) for chart in CHARTS for env in ENVIRONMENTS}


def containers(objects: Objects) -> list[dict[str, Any]]:
    return [
        container
        for one in objects
        if one["kind"] in ("Deployment", "StatefulSet", "Job")
        for container in one["spec"]["template"]["spec"]["containers"]
    ]


def values(service: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "charts" / service / "values.yaml").read_text())
    return found


class TestEveryChart:
    @pytest.mark.parametrize("chart", CHARTS)
    def test_renders_the_same_twice(self, chart: str) -> None:
        assert text(chart, "k8s-ha") == text.__wrapped__(chart, "k8s-ha")

    def test_depends_on_nothing_of_others(self) -> None:
        for chart in CHARTS:
            described = yaml.safe_load((ROOT / "charts" / chart / "Chart.yaml").read_text())
            assert all("repository" not in one for one in described.get("dependencies", []))

    def test_names_nothing_that_has_ended(self) -> None:
        gone = re.compile(r"bitnami|minio/minio|promtail|ingress-nginx|barmanObjectStore|kafka\.strimzi\.io/v1beta2")
        for file in [*ROOT.glob("charts/**/*"), *ROOT.glob("argocd/**/*")]:
            if file.is_file():
                assert not gone.search(file.read_text()), file

    def test_runs_images_by_digest(self, rendered: dict[tuple[str, str], Objects]) -> None:
        for objects in rendered.values():
            for container in containers(objects):
                assert re.search(r"@sha256:[0-9a-f]{64}$", container["image"])

    def test_names_every_secret_and_how_it_is_made(self, rendered: dict[tuple[str, str], Objects]) -> None:
        for chart in (*SERVICES, "data"):
            told = yaml.safe_load((ROOT / "charts" / chart / "secrets.yaml").read_text())
            assert all(one["made"] and one["rotated"] for one in told)
            documented = {(one["secret"], key) for one in told for key in one["keys"]}
            known = {
                re.sub(r"^(\w+)-(run|owner)$", r"<database>-\2", one) for one in secrets_of(rendered[chart, "k8s-ha"])
            }
            assert known == {secret for secret, _ in documented}
            for container in containers(rendered[chart, "k8s-ha"]):
                for one in container.get("env", []):
                    if reference := one.get("valueFrom", {}).get("secretKeyRef"):
                        name = re.sub(r"^(\w+)-(run|owner)$", r"<database>-\2", reference["name"])
                        assert (name, reference["key"]) in documented

    def test_gives_users_of_the_object_store_the_rights_they_are_tested_with(self) -> None:
        told = yaml.safe_load((ROOT / "charts" / "data" / "secrets.yaml").read_text())
        (made,) = (one["made"] for one in told if one["secret"] == "objectstore-users")
        example = json.loads(made[made.index("{") : made.rindex("}") + 1])
        tried = {one["name"]: set(one["actions"]) for one in users(defaultdict(str))["identities"]}
        # In a cluster nobody is administrator.
        del tried["administrator"]
        assert {one["name"]: set(one["actions"]) for one in example["identities"]} == tried


def secrets_of(objects: Objects) -> set[str]:
    """Names of all secrets that a chart's objects read."""
    read = [one for one in objects if one["kind"] not in ("Certificate", "ClusterIssuer")]
    text = yaml.dump_all(read, Dumper=yaml.CSafeDumper)
    found = set(re.findall(r"secretKeyRef:\n\s+key: \S+\n\s+name: (\S+)", text))
    found |= set(re.findall(r"secretName: (\S+)", text))
    found |= set(re.findall(r"passwordSecret:\n\s+name: (\S+)", text))
    for kafka in of_kind(objects, "Kafka"):
        # Strimzi reads an authority that it does not make from secrets of these names.
        if not kafka["spec"]["clientsCa"]["generateCertificateAuthority"]:
            found |= {f"{kafka['metadata']['name']}-clients-ca{end}" for end in ("", "-cert")}
    return found | set(re.findall(r"(?:accessKeyId|secretAccessKey):\n\s+key: \S+\n\s+name: (\S+)", text))


@pytest.mark.parametrize("service", SERVICES)
class TestAService:
    def test_is_given_every_setting_that_it_reads(self, service: str, rendered: dict[tuple[str, str], Objects]) -> None:
        settings = import_module(f"koprogo.{service}.settings").Settings
        required = {f"KOPROGO_{f.name.upper()}" for f in msgspec.structs.fields(settings) if f.required}
        known = {f"KOPROGO_{f.name.upper()}" for f in msgspec.structs.fields(settings)}
        for env in ENVIRONMENTS:
            for container in containers(rendered[service, env]):
                given = {one["name"] for one in container["env"] if one["name"].startswith("KOPROGO_")}
                assert required <= given <= known, (env, container["name"])

    def test_opens_the_ports_that_all_services_open(
        self, service: str, rendered: dict[tuple[str, str], Objects]
    ) -> None:
        (opened,) = of_kind(rendered[service, "k8s-ha"], "Service")
        assert {port["name"]: port["port"] for port in opened["spec"]["ports"]} == PORTS

    def test_asks_whom_its_code_asks(self, service: str) -> None:
        settings = import_module(f"koprogo.{service}.settings").Settings
        named = {f.name.removeprefix("grpc_") for f in msgspec.structs.fields(settings) if f.name.startswith("grpc_")}
        assert set(values(service)["asks"]) | {"identity"} == named - {"host", "port"}

    def test_reads_the_topics_that_name_it(self, service: str) -> None:
        assert set(values(service)["consumes"]) == {t["topic"] for t in TOPICS if service in t["consumers"]}

    def test_has_no_more_readers_than_partitions(self, service: str, rendered: dict[tuple[str, str], Objects]) -> None:
        partitions = {topic["topic"]: topic["partitions"] for topic in TOPICS}
        for scaled in of_kind(rendered[service, "k8s-ha"], "ScaledObject"):
            for trigger in scaled["spec"]["triggers"]:
                assert scaled["spec"]["maxReplicaCount"] <= partitions[trigger["metadata"]["topic"]]

    def test_is_scaled_by_one_hand(self, service: str, rendered: dict[tuple[str, str], Objects]) -> None:
        for env in ENVIRONMENTS:
            objects = rendered[service, env]
            targets = [
                one["spec"]["scaleTargetRef"]["name"]
                for kind in ("HorizontalPodAutoscaler", "ScaledObject")
                for one in of_kind(objects, kind)
            ]
            assert len(targets) == len(set(targets))
            counted = [one["metadata"]["name"] for one in of_kind(objects, "Deployment") if "replicas" in one["spec"]]
            assert not set(targets) & set(counted), "Argo CD would take back what the scaler does"

    def test_is_interrupted_a_pod_at_a_time_and_kept_small(
        self, service: str, rendered: dict[tuple[str, str], Objects]
    ) -> None:
        for env in ENVIRONMENTS:
            objects = rendered[service, env]
            names = {one["metadata"]["name"] for one in of_kind(objects, "Deployment")}
            assert names == {f"{service}-{process}" for process in ("serve", "relay", "consume")}
            assert {one["metadata"]["name"] for one in of_kind(objects, "PodDisruptionBudget")} == names
            for one in of_kind(objects, "Deployment"):
                pod = one["spec"]["template"]["spec"]
                (container,) = pod["containers"]
                assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
                assert pod["topologySpreadConstraints"]
                limit = int(container["resources"]["limits"]["memory"].removesuffix("Mi"))
                assert limit <= (512 if one["metadata"]["name"] == "documents-consume" else 128)

    def test_migrates_before_the_new_version_with_the_owners_role(
        self, service: str, rendered: dict[tuple[str, str], Objects]
    ) -> None:
        objects = rendered[service, "k8s-ha"]
        (job,) = of_kind(objects, "Job")
        assert job["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync"
        owners = [c["name"] for c in containers(objects) if any(e["name"] == "OWNER_PASSWORD" for e in c["env"])]
        # What answers requests owns no schema.
        assert sorted(owners) == ["migrate", "relay"]


class TestWhatTheSchemaRefuses:
    @pytest.mark.parametrize("chart", CHARTS)
    def test_is_any_word_it_does_not_know(self, chart: str) -> None:
        """A mistyped one would be ignored, and the size that it meant with it."""
        with pytest.raises(RuntimeError, match="instanses"):
            text(chart, "k8s-ha", "--set", "instanses=3")

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            (("--set", "postgres.instances=0"), "postgres/instances"),
            (("--set", "postgres.instanses=3"), "instanses"),
            (("--set", "kafka.controllers=2"), "kafka/controllers"),
            (("--set", f"postgres.image=postgresql@sha256:{'0' * 64}"), "postgres/image"),
            (("--set", "keycloak.image=keycloak:latest"), "keycloak/image"),
        ],
    )
    def test_of_the_data_is_refused_by_its_name(self, words: tuple[str, ...], named: str) -> None:
        with pytest.raises(RuntimeError, match=re.escape(named)):
            text("data", "k8s-ha", *words)

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            (("--set", "serve.replicas=3"), "replicas"),
            (("--set", "serve.min=0"), "serve/min"),
            (("--set", "consume.max=4"), "consume/max"),
            (("--set", "image.digest=latest"), "image/digest"),
            (("--set", "image.tag=1.2.3"), "tag"),
            (("--set", "settings.SMTP_PASSWORD=hunter2"), "SMTP_PASSWORD"),
            (("--set", "serve.resources.limits.cpu=1"), "cpu"),
            (("--set", "asks={communty}"), "asks"),
        ],
    )
    def test_of_a_service_is_refused_by_its_name(self, words: tuple[str, ...], named: str) -> None:
        with pytest.raises(RuntimeError, match=re.escape(named)):
            text("documents", "k8s-ha", *words)


class TestTheEnvironments:
    def test_differ_in_size_alone(self, rendered: dict[tuple[str, str], Objects]) -> None:
        """The same services, ports, variables, topics, routes and alerts everywhere."""
        shapes = [
            {chart: {shape for one in rendered[chart, env] for shape in shape_of(one)} for chart in CHARTS}
            for env in ENVIRONMENTS
        ]
        assert shapes[0] == shapes[1] == shapes[2]

    @pytest.mark.parametrize("env", ENVIRONMENTS)
    def test_say_of_a_service_its_digest_and_its_size(self, env: str) -> None:
        for service in SERVICES:
            told = yaml.safe_load((ROOT / "argocd" / "environments" / env / f"{service}.yaml").read_text())
            assert set(told) <= {"image", "serve", "relay", "consume"}
            assert set(told["image"]) == {"digest"}


def shape_of(one: dict[str, Any]) -> set[tuple[str, ...]]:
    kind, name = one["kind"], one["metadata"]["name"]
    if kind in ("HorizontalPodAutoscaler", "ScaledObject", "TriggerAuthentication", "KafkaNodePool"):
        return set()
    found = {(kind, name)}
    for container in containers([one]):
        found |= {(kind, name, "variable", variable["name"]) for variable in container.get("env", [])}
        found |= {(kind, name, "port", str(port["containerPort"])) for port in container.get("ports", [])}
    if kind == "HTTPRoute":
        found |= {
            (kind, name, match["path"]["value"]) for rule in one["spec"]["rules"] for match in rule.get("matches", [])
        }
    if kind == "PrometheusRule":
        found |= {(kind, name, rule["alert"]) for group in one["spec"]["groups"] for rule in group["rules"]}
    return found


class TestWhoReachesWhom:
    def test_is_what_was_reviewed(self, rendered: dict[tuple[str, str], Objects]) -> None:
        """Read out of the rendered policies, as the network would: egress there and ingress here."""
        for env in ENVIRONMENTS:
            assert reachable(rendered["baseline", env]) == reviewed()

    def test_is_whom_the_code_lets_call(self) -> None:
        calls = {(caller, asked) for caller, asked, port in reviewed() if port == GRPC and caller in SERVICES}
        wanted = {
            (caller, service)
            for service in SERVICES
            for callers in import_module(f"koprogo.{service}.settings").CALLERS.values()
            for caller in callers
        }
        asked = {(service, target) for service in SERVICES for target in values(service)["asks"]}
        asked |= {(service, "identity") for service in SERVICES if service != "identity"}
        assert calls == asked
        assert asked <= wanted, "a service asks another whose door is closed to it"


class TestWhatOthersInstall:
    """Their charts are not here; what we tell them is."""

    OPERATORS = yaml.safe_load((ROOT / "argocd" / "values.yaml").read_text())["operators"]

    def test_meets_the_namespaces_as_they_will_be(self) -> None:
        files = ["-f", "environments/k3s/global.yaml", "-s", "templates/platform.yaml"]
        made = documents(run([str(tool("helm")), "template", "argocd", ".", *files], ROOT / "argocd"))
        waves = {
            one["metadata"]["name"]: int(one["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]) for one in made
        }
        assert waves["baseline"] < min(waves[name] for name in self.OPERATORS)

    def test_may_choose_its_images_where_it_makes_the_pods(self) -> None:
        rooms = values("baseline")["namespaces"]
        assert {one["namespace"] for one in self.OPERATORS.values()} & set(rooms)
        for one in self.OPERATORS.values():
            if room := rooms.get(one["namespace"]):
                assert room.get("images") == "any"

    def test_is_what_our_objects_are_tried_with(self) -> None:
        tried = tomllib.loads((ROOT / "tests" / "platform" / "programs" / "kinds.toml").read_text())["module"]
        versions = {one["path"].removesuffix("/v2").rpartition("/")[2]: one["version"][1:] for one in tried}
        both = {name: one["version"].removeprefix("v") for name, one in self.OPERATORS.items() if name in versions}
        assert {"gateway-api", "cert-manager", "cloudnative-pg", "keda"} <= set(both)
        assert both == {name: versions[name] for name in both}

    def test_finds_our_monitors_and_rules_without_a_label(self) -> None:
        told = self.OPERATORS["prometheus"]["values"]["prometheus"]["prometheusSpec"]
        for kind in ("rule", "serviceMonitor", "podMonitor"):
            assert told[f"{kind}SelectorNilUsesHelmValues"] is False

    def test_reads_secrets_that_are_documented(self) -> None:
        told = self.OPERATORS["prometheus"]["values"]
        documented = yaml.safe_load((ROOT / "charts" / "observability" / "secrets.yaml").read_text())
        read = {*told["alertmanager"]["alertmanagerSpec"]["secrets"], told["grafana"]["admin"]["existingSecret"]}
        assert {one["secret"] for one in documented} == read

    def test_opens_the_doors_that_our_gateway_has(self, rendered: dict[tuple[str, str], Objects]) -> None:
        (gateway,) = of_kind(rendered["gateway", "k3s"], "Gateway")
        assert gateway["spec"]["gatewayClassName"] == self.OPERATORS["traefik"]["values"]["gatewayClass"]["name"]
        ports = {("anywhere", "gateway", str(listener["port"])) for listener in gateway["spec"]["listeners"]}
        assert ports <= reviewed()


ANYWHERE: dict[str, str] = {}
"""Whom a rule speaks of that names nobody: every address. Its row stands for those of all others."""


def reviewed() -> set[tuple[str, ...]]:
    with (ROOT / "charts" / "baseline" / "reachability.csv").open() as file:
        return {tuple(row) for row in list(csv.reader(file))[1:]}


def reachable(objects: Objects) -> set[tuple[str, ...]]:
    workloads = values("baseline")["workloads"]
    workloads |= {one: {"namespace": one, "labels": {"app.kubernetes.io/name": one}} for one in SERVICES}
    policies = of_kind(objects, "NetworkPolicy")
    ports = {port["port"] for p in policies for way in ("ingress", "egress") for rule in p["spec"].get(way) or []
             for port in rule["ports"]}  # fmt: skip
    ours = {policy["metadata"]["namespace"] for policy in policies}
    ends = {**workloads, "internet": None, "anywhere": ANYWHERE}
    return {
        (here, there, str(port))
        for here, source in ends.items()
        for there, target in ends.items()
        for port in ports
        if allows(policies, source, target, "egress", port) and allows(policies, target, source, "ingress", port)
        if port != 53 and any(end and end.get("namespace") in ours for end in (source, target))
    }


def allows(policies: Objects, end: Any, other: Any, way: str, port: int) -> bool:
    if end is None or end is ANYWHERE:
        return True
    selecting = [
        policy
        for policy in policies
        if policy["metadata"]["namespace"] == end["namespace"] and matches(policy["spec"]["podSelector"], end["labels"])
    ]
    if not selecting:
        # No namespace of ours: what it may do is its own operator's business.
        return True
    return any(
        any(is_peer(peer, other) for peer in rule.get("from", rule.get("to", [{}])))
        for policy in selecting
        for rule in policy["spec"].get(way) or []
        if port in {one["port"] for one in rule["ports"]}
    )


def is_peer(peer: dict[str, Any], end: Any) -> bool:
    if not peer or end is ANYWHERE:
        return not peer and end is ANYWHERE
    if "ipBlock" in peer:
        return end is None
    if end is None:
        return False
    where = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
    return bool(where == end["namespace"] and matches(peer["podSelector"], end["labels"]))


def matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
