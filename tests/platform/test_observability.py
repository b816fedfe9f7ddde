"""Alerts and dashboards ask for figures that somebody writes, in words that Prometheus understands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest

from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.charts import of_kind, render

ROOT = repository()
SUFFIXES = ("_bucket", "_count", "_sum")


def written_by_us() -> set[str]:
    """Names in the code, as prometheus_client shows them."""
    found = set()
    for folder in ("libs", "services", "operator"):
        for file in (ROOT / folder).rglob("src/**/*.py"):
            for kind, name in re.findall(r'(Counter|Gauge|Histogram)\(\s*"(\w+)"', file.read_text()):
                found |= {name + suffix for suffix in SUFFIXES} if kind == "Histogram" else {name}
    return found


def written_by_others() -> set[str]:
    lines = (ROOT / "tests" / "platform" / "metrics.txt").read_text().splitlines()
    return {line.split()[0] for line in lines if not line.startswith("#")}


def metrics_of(node: Any) -> Iterator[str]:
    """All names that an expression reads."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node.name
    elif isinstance(node, promql_parser.MatrixSelector):
        yield node.vector_selector.name
    for part in ("expr", "lhs", "rhs", "param", "args"):
        inner = getattr(node, part, None)
        for one in inner if isinstance(inner, list) else [inner]:
            if one is not None:
                yield from metrics_of(one)


def asked() -> dict[str, str]:
    """Every expression of every alert and panel, by where it stands."""
    found = {}
    for chart in (*SERVICES, "observability"):
        for rules in of_kind(render(chart, "k8s-ha"), "PrometheusRule"):
            for group in rules["spec"]["groups"]:
                for number, rule in enumerate(group["rules"]):
                    found[f"{chart}: {rule['alert']} {number}"] = rule["expr"]
    for board in boards():
        for panel in board["panels"]:
            for target in panel["targets"]:
                found[f"{board['title']}: {panel['title']}"] = target["expr"].replace("$service", "finance")
    return found


def boards() -> list[dict[str, Any]]:
    maps = of_kind(render("observability", "k8s-ha"), "ConfigMap")
    return [json.loads(text) for one in maps for text in one["data"].values()]


class TestWhatIsAsked:
    def test_is_understood_and_written_by_somebody(self) -> None:
        known = written_by_us() | written_by_others()
        for where, expression in asked().items():
            names = set(metrics_of(promql_parser.parse(expression)))
            assert names, where
            assert names <= known, f"{where} asks for {names - known}, which nobody writes"

    def test_is_not_named_in_vain(self) -> None:
        read = {name for text in asked().values() for name in metrics_of(promql_parser.parse(text))}
        assert written_by_others() <= read

    @pytest.mark.parametrize(
        "wrong", ["koprogo_http_requests_total", "sum(rate(koprogo_http_request_seconds_count[5m])"]
    )
    def test_would_be_refused(self, wrong: str) -> None:
        with pytest.raises((ValueError, AssertionError)):
            assert set(metrics_of(promql_parser.parse(wrong))) <= written_by_us() | written_by_others()


class TestADashboard:
    def test_is_one_of_at_least_five_and_fits_its_grid(self) -> None:
        shown = boards()
        assert len(shown) >= 5
        assert len({board["uid"] for board in shown}) == len(shown)
        for board in shown:
            places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in board["panels"]]
            assert len(set(places)) == len(places)


class TestAnAlert:
    def test_says_what_is_wrong_and_whom_it_wakes(self) -> None:
        for chart in (*SERVICES, "observability"):
            for rules in of_kind(render(chart, "k8s-ha"), "PrometheusRule"):
                for group in rules["spec"]["groups"]:
                    for rule in group["rules"]:
                        assert rule["labels"]["severity"] in ("page", "ticket", "security")
                        assert rule["annotations"]["summary"]
                        runbook = rule["annotations"].get("runbook")
                        assert runbook is None or (ROOT / runbook).is_file(), runbook
