"""Prometheus and Alertmanager say what they make of our alerts: when one fires, when it does not, and who is told."""

from __future__ import annotations

import functools
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.charts import documents, of_kind, render
from tests.platform.cluster.programs import program, run, tool

ROOT = repository()
REQUESTS = 'koprogo_http_request_seconds_count{{namespace="finance",status="{status}"}}'
# Alert, and its window where it has several: the minute it is asked at, series that make it fire, and that do not.
Case = tuple[int, dict[str, str], dict[str, str]]
FINE, WRONG = REQUESTS.format(status="200"), REQUESTS.format(status="500")
STEPS = {"1h": 1, "6h": 5, "1d": 15, "3d": 30}
"""Minutes between two samples: what looks at days is not computed for each of their minutes."""


def burning(window: str, steps: int, errors: int, ended: int) -> Case:
    """Errors in a hundred at each step; where it is silent they ended so many steps ago."""
    until = steps - ended
    return (
        steps * STEPS[window],
        {FINE: f"0+100x{steps}", WRONG: f"0+{errors}x{steps}"},
        # The long window still remembers, the short one does not.
        {FINE: f"0+100x{steps}", WRONG: f"0+{errors}x{until} {errors * until}+0x{ended}"},
    )


CASES: dict[str, Case] = {
    "ErrorBudgetBurns 1h": burning("1h", 75, 10, 10),
    "ErrorBudgetBurns 6h": burning("6h", 90, 5, 8),
    "ErrorBudgetBurns 1d": burning("1d", 108, 2, 10),
    "ErrorBudgetBurns 3d": burning("3d", 150, 1, 14),
    "EventsAreDead": (
        25,
        {'koprogo_events_dead_total{namespace="finance"}': "0x20 1+0x10"},
        {'koprogo_events_dead_total{namespace="finance"}': "5x30"},
    ),
    "PostgresIsDown": (5, {"cnpg_collector_up": "0x10"}, {"cnpg_collector_up": "1x10"}),
    "ReplicaIsBehind": (10, {"cnpg_pg_replication_lag": "60x20"}, {"cnpg_pg_replication_lag": "60x5 1x15"}),
    "ArchivingFails": (
        40,
        {"cnpg_pg_stat_archiver_failed_count": "0+1x60"},
        {"cnpg_pg_stat_archiver_failed_count": "3x60"},
    ),
    "PartitionsWithoutLeader": (
        5,
        {"kafka_controller_kafkacontroller_offlinepartitionscount": "1x10"},
        {"kafka_controller_kafkacontroller_offlinepartitionscount": "0x10"},
    ),
    "PartitionsWithTooFewCopies": (
        20,
        {"kafka_server_replicamanager_underreplicatedpartitions": "2x30"},
        {"kafka_server_replicamanager_underreplicatedpartitions": "2x15 0x15"},
    ),
    "ReadersAreBehind": (
        20,
        {'kafka_consumergroup_lag{consumergroup="finance"}': "2000x30"},
        {'kafka_consumergroup_lag{consumergroup="finance"}': "900x30"},
    ),
    "VolumeFills": (
        15,
        {"kubelet_volume_stats_available_bytes": "10x20", "kubelet_volume_stats_capacity_bytes": "100x20"},
        {"kubelet_volume_stats_available_bytes": "30x20", "kubelet_volume_stats_capacity_bytes": "100x20"},
    ),
    "BooksAreNotProved": (2, {"koprogo_finance_unproved_books": "1x5"}, {"koprogo_finance_unproved_books": "0x5"}),
    "ManyAreTurnedAway": (
        30,
        {REQUESTS.format(status="401"): "0+600x40"},
        {REQUESTS.format(status="401"): "0+100x40", FINE: "0+9000x40"},
    ),
    "ProcessIsLarge": (
        20,
        {'process_resident_memory_bytes{namespace="finance",pod="one"}': "125000000x30"},
        {'process_resident_memory_bytes{namespace="finance",pod="one"}': "100000000x30"},
    ),
    "TenantIsStuck": (20, {'tenant_phase{phase="Degraded"}': "1x30"}, {'tenant_phase{phase="Ready"}': "1x30"}),
    "TenantBackupIsMissing": (
        70,
        {'tenant_backup_phase{phase="Failed"}': "1x80"},
        {'tenant_backup_phase{phase="Complete"}': "1x80"},
    ),
    "OperatorIsAway": (15, {"other": "1x20"}, {'up{namespace="operator"}': "1x20"}),
}


@functools.cache
def rules(*charts: str) -> dict[str, Any]:
    """As Prometheus reads them."""
    found = [one for chart in charts for one in of_kind(render(chart, "k8s-ha"), "PrometheusRule")]
    return {"groups": [group for one in found for group in one["spec"]["groups"]]}


def alerts(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [rule for group in told["groups"] for rule in group["rules"]]


def key(rule: dict[str, Any]) -> str:
    return " ".join(filter(None, (rule["alert"], rule["labels"].get("window"))))


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program("promtool"), *words], capture_output=True, text=True)


def case(name: str, minute: int, series: dict[str, str], count: int) -> dict[str, Any]:
    alert, _, window = name.partition(" ")
    chosen = f'ALERTS{{alertname="{alert}",alertstate="firing"' + (f',window="{window}"' if window else "") + "}"
    return {
        "interval": f"{STEPS.get(window, 1)}m",
        "input_series": [{"series": one, "values": values} for one, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f"count({chosen})",
                "eval_time": f"{minute}m",
                "exp_samples": [{"value": count}] if count else [],
            }
        ],
    }


def tried(folder: Path, name: str, *cases: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Of this alert alone: promtool computes every rule it is given for every minute, and some take days."""
    told = rules("finance", "observability", "operator")
    groups = [{**group, "rules": [rule for rule in group["rules"] if key(rule) == name]} for group in told["groups"]]
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": [group for group in groups if group["rules"]]}))
    (folder / "cases.yaml").write_text(
        yaml.safe_dump(
            {"rule_files": ["rules.yaml"], "evaluation_interval": cases[0]["interval"], "tests": list(cases)}
        )
    )
    return promtool("test", "rules", folder / "cases.yaml")


class TestTheRules:
    @pytest.mark.parametrize("chart", [*SERVICES, "observability", "operator"])
    def test_are_understood_by_prometheus(self, chart: str, tmp_path: Path) -> None:
        file = tmp_path / "rules.yaml"
        file.write_text(yaml.safe_dump(rules(chart)))
        checked = promtool("check", "rules", "--lint=all", "--lint-fatal", file)
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def test_are_all_tried(self) -> None:
        assert {key(rule) for rule in alerts(rules("finance", "observability", "operator"))} == set(CASES)

    @pytest.mark.parametrize("service", SERVICES)
    def test_of_a_service_are_those_of_every_other(self, service: str) -> None:
        """So that what is tried of finance holds for all."""
        assert json.loads(json.dumps(rules(service)).replace(service, "finance")) == rules("finance")

    @pytest.mark.parametrize("name", CASES)
    def test_fire_and_are_silent(self, name: str, tmp_path: Path) -> None:
        minute, firing, silent = CASES[name]
        right = tried(tmp_path, name, case(name, minute, firing, 1), case(name, minute, silent, 0))
        assert right.returncode == 0, right.stdout + right.stderr
        # The same figures, and the opposite expected: the test can fail.
        assert tried(tmp_path, name, case(name, minute, silent, 1)).returncode != 0

    def test_tell_of_the_first_dead_letter(self, tmp_path: Path) -> None:
        """Its counter begins with it: there is nothing from which it could have increased."""
        series = {'koprogo_events_dead_total{namespace="finance"}': "_x20 1x20"}
        name = "EventsAreDead"
        told = tried(tmp_path, name, case(name, 25, series, 1), case(name, 35, series, 0))
        assert told.returncode == 0, told.stdout + told.stderr


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
            for found in documents(run(command, ROOT))
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
