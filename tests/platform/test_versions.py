"""Kubernetes' own objects, of every chart and environment, are what each version that we name takes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from koprogo.stack.paths import repository
from tests.platform.cluster.charts import CHARTS, ENVIRONMENTS, Objects, identity, of_kind, render
from tests.platform.cluster.programs import kubernetes_version
from tests.platform.cluster.versions import CHECKSUMS, is_of_kubernetes, refusals


@pytest.fixture(scope="module")
def core() -> Objects:
    objects = [one for chart in CHARTS for env in ENVIRONMENTS for one in render(chart, env)]
    return [one for one in objects if is_of_kubernetes(one)]


class TestTheVersions:
    def test_begin_with_the_oldest_that_a_chart_takes_and_end_with_the_one_the_tests_run(self) -> None:
        oldest, *_, newest = CHECKSUMS
        assert newest == kubernetes_version()
        for file in (repository() / "charts").glob("*/Chart.yaml"):
            assert f'kubeVersion: ">={oldest.removeprefix("v").rpartition(".")[0]}.0-0"' in file.read_text(), file


@pytest.mark.parametrize("version", CHECKSUMS)
class TestAVersionOfKubernetes:
    def test_takes_every_object(self, version: str, core: Objects) -> None:
        assert {one["kind"] for one in core} >= {"Deployment", "NetworkPolicy", "ValidatingAdmissionPolicy", "Job"}
        refused = {identity(one): wrong for one in core if (wrong := refusals(one, version))}
        assert refused == {}

    @pytest.mark.parametrize(
        ("path", "value", "said"),
        [
            (("spec", "template", "spec", "hostNetwrk"), True, "'hostNetwrk' was unexpected"),
            (("spec", "replicas"), "three", "/spec/replicas"),
            (("spec", "template", "spec", "containers"), None, "/spec/template/spec/containers"),
            (("apiVersion",), "apps/v1beta9", "is not known"),
            (("kind",), "Deploymnt", "is not known"),
        ],
    )
    def test_refuses_what_is_mistyped(
        self, version: str, core: Objects, path: tuple[str, ...], value: Any, said: str
    ) -> None:
        wrong = deepcopy(of_kind(core, "Deployment")[0])
        inner = wrong
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        assert any(said in one for one in refusals(wrong, version)), refusals(wrong, version)


NEWER = "schedulingGroup"
"""Of a pod; the oldest version does not know it."""


def test_a_field_of_a_newer_version_is_refused_by_an_older_one() -> None:
    oldest, *_, newest = CHECKSUMS
    pod = {"containers": [{"name": "one", "image": "x"}], NEWER: {}}
    one = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one"}, "spec": pod}
    assert any(NEWER in wrong for wrong in refusals(one, oldest))
    assert not any("unexpected" in wrong for wrong in refusals(one, newest))
