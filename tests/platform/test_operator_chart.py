"""The operator's chart gives it what it reads and no more, in a pod as strict as the others."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
import yaml

from koprogo.operator.settings import Settings
from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.charts import ENVIRONMENTS, of_kind, render, text

FIELDS = msgspec.structs.fields(Settings)
REQUIRED = {f"KOPROGO_{field.name.upper()}" for field in FIELDS if field.required}
KNOWN = {f"KOPROGO_{field.name.upper()}" for field in FIELDS}


@pytest.fixture(params=ENVIRONMENTS)
def deployment(request: pytest.FixtureRequest) -> dict[str, Any]:
    (one,) = of_kind(render("operator", request.param), "Deployment")
    return dict(one["spec"])


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    (one,) = deployment["template"]["spec"]["containers"]
    return dict(one)


class TestItsDeployment:
    def test_gives_every_setting_that_it_reads(self, deployment: dict[str, Any]) -> None:
        env = {one["name"]: one.get("value") for one in container(deployment)["env"]}
        assert set(env) >= REQUIRED
        assert set(env) <= KNOWN
        assert "KOPROGO_STOP_AFTER" not in env
        assert set(msgspec.json.decode(env["KOPROGO_SERVICES"])) == set(SERVICES)

    def test_is_never_there_twice(self, deployment: dict[str, Any]) -> None:
        assert (deployment["replicas"], deployment["strategy"]) == (1, {"type": "Recreate"})

    def test_is_small_and_takes_its_image_by_digest(self, deployment: dict[str, Any]) -> None:
        one = container(deployment)
        assert re.search(r"@sha256:[0-9a-f]{64}$", one["image"])
        assert int(one["resources"]["limits"]["memory"].removesuffix("Mi")) <= 128
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(one)

    def test_reads_the_secrets_that_are_written_down(self, deployment: dict[str, Any]) -> None:
        told = yaml.safe_load((repository() / "charts" / "operator" / "secrets.yaml").read_text())
        assert all(one["made"] and one["rotated"] for one in told)
        documented = {(one["secret"], key) for one in told for key in one["keys"]}
        references = [one["valueFrom"]["secretKeyRef"] for one in container(deployment)["env"] if "valueFrom" in one]
        assert {(one["name"], one["key"]) for one in references} <= documented
        mounted = {v["secret"]["secretName"] for v in deployment["template"]["spec"]["volumes"] if "secret" in v}
        assert mounted | {one["name"] for one in references} == {secret for secret, _ in documented}


class TestWhatItsSchemaRefuses:
    @pytest.mark.parametrize(
        ("words", "named"),
        [
            ("image.digest=latest", "image/digest"),
            ("image.tag=1.2.3", "tag"),
            ("replicas=2", "replicas"),
            ("resources.limits.cpu=1", "cpu"),
            ("services={identity}", "services"),
            ("backups.recipient=age1short", "backups/recipient"),
            (
                "backups.recipient=AGE-SECRET-KEY-1654VXRN6EZRYW4R24ZC0JL7073WM0DUV738YRN50PWHJ327H6RHSF0E5CG",
                "recipient",
            ),
            ("backups.identity=any", "identity"),
        ],
    )
    def test_is_refused_by_its_name(self, words: str, named: str) -> None:
        with pytest.raises(RuntimeError, match=re.escape(named)):
            text("operator", "k8s-ha", "--set", words)
