"""Who is told of an alert, as Alertmanager itself decides it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.charts import of_kind, render
from tests.platform.cluster.programs import program, run, tool

ROOT = repository()


def rules(*charts: str) -> dict[str, Any]:
    found = [one for chart in charts for one in of_kind(render(chart, "k8s-ha"), "PrometheusRule")]
    return {"groups": [group for one in found for group in one["spec"]["groups"]]}


def alerts(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [rule for group in told["groups"] for rule in group["rules"]]


class TestWhoIsTold:
    @pytest.fixture
    def routing(self, tmp_path: Path) -> Path:
        """What Argo CD gives to Alertmanager."""
        here = ROOT / "argocd"
        command = [
            str(tool("helm")),
            "template",
            "argocd",
            str(here),
            "-f",
            str(here / "environments/k8s-ha/global.yaml"),
        ]
        (one,) = (
            found
            for found in yaml.safe_load_all(run(command, ROOT))
            if found["kind"] == "Application" and found["metadata"]["name"] == "prometheus"
        )
        file = tmp_path / "alertmanager.yaml"
        file.write_text(yaml.safe_dump(one["spec"]["source"]["helm"]["valuesObject"]["alertmanager"]["config"]))
        return file

    def test_is_a_configuration_that_alertmanager_takes(self, routing: Path) -> None:
        assert "SUCCESS" in run([str(program("amtool")), "check-config", str(routing)], ROOT)
        routing.write_text(routing.read_text().replace("receiver: page", "receiver: pager"))
        with pytest.raises(RuntimeError, match="failed to validate"):
            run([str(program("amtool")), "check-config", str(routing)], ROOT)

    @pytest.mark.parametrize(
        ("labels", "receiver"),
        [
            (("severity=page", "service=finance"), "page"),
            (("severity=critical",), "page"),
            (("severity=ticket", "service=finance"), "ticket"),
            (("severity=security",), "security"),
            (("severity=warning",), "ticket"),
            ((), "ticket"),
            (("alertname=Watchdog", "severity=none"), "nobody"),
        ],
    )
    def test_is_who_has_to_act(self, routing: Path, labels: tuple[str, ...], receiver: str) -> None:
        words = ["config", "routes", "test", f"--config.file={routing}", f"--verify.receivers={receiver}", *labels]
        assert receiver in run([str(program("amtool")), *words], ROOT).split()

    def test_is_somebody_for_every_alert_that_we_have(self, routing: Path) -> None:
        for rule in alerts(rules(*SERVICES, "observability", "operator")):
            severity = rule["labels"]["severity"]
            words = ["config", "routes", "test", f"--config.file={routing}", f"alertname={rule['alert']}"]
            told = run([str(program("amtool")), *words, f"severity={severity}"], ROOT)
            assert told == severity, rule["alert"]
