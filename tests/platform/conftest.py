"""One real control plane for all tests of the platform."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from koprogo.stack import certificates, paths, stack
from koprogo.stack.instance import SERVICES
from koprogo.stack.parts.part import launch
from koprogo.stack.testing import TestInstance, running
from tests.platform.cluster import kinds
from tests.platform.cluster.charts import of_kind, render
from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.cluster.kafka import KafkaForBoth
from tests.platform.operator_place import Place, install


def pytest_sessionstart() -> None:
    for program, package in (("go", "Go 1.26"), ("git", "git"), ("openssl", "openssl"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise pytest.UsageError(
                f"{program} is not there: install {package}, the tests of the platform build with it"
            )


class TwoGroups(LoadScopeScheduling):
    """The operator among all parts and services in one process; Argo CD and what needs a cluster alone in the other."""

    def _split_scope(self, nodeid: str) -> str:
        return "operator" if "/test_operator" in nodeid else "cluster"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TwoGroups:
    return TwoGroups(config, log)


@contextmanager
def started() -> Iterator[ControlPlane]:
    parent = paths.data() / "temporary"
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        cluster = ControlPlane(Path(folder))
        try:
            cluster.start(kinds.used())
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(scope="session")
def cluster() -> Iterator[ControlPlane]:
    with started() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def empty_cluster() -> Iterator[ControlPlane]:
    """One of its own, where nothing was applied yet."""
    with started() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def kafka() -> KafkaForBoth:
    """Which the operator reaches as in the cluster: with a certificate, and the rights of its KafkaUser."""
    return KafkaForBoth(of_kind(render("data", "vps"), "KafkaUser"))


@pytest.fixture(scope="session")
def town(kafka: KafkaForBoth) -> Iterator[TestInstance]:
    """Every part and service, for the operator to lead tenants through: no test comes after those of the operator."""
    with running(durable=True) as instance:
        certificates.ensure(instance.instance.folder / "certificates", [*SERVICES, "operator", "kafka"])
        with ThreadPoolExecutor(1) as beside:
            launched = beside.submit(launch, kafka, instance.instance, lambda _: None)
            instance.start(*(name for name in stack.PARTS if name != "kafka"))
            launched.result()
        yield instance


@pytest.fixture(scope="session")
def place(cluster: ControlPlane, town: TestInstance, kafka: KafkaForBoth) -> Iterator[Place]:
    install(cluster)
    place = Place(cluster, town.instance, f"127.0.0.1:{kafka.secured_port}")
    place.start()
    yield place
    place.running.stop(patience=5)


@pytest.fixture(scope="class")
def quiet(place: Place) -> None:
    """Nobody is there whom an operator that starts, and starts again, would see to first."""
    place.forget_all()
