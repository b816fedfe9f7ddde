"""One real control plane for all tests of the platform."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from koprogo.stack import paths, stack
from koprogo.stack.testing import TestInstance, running
from tests.platform.cluster import kinds
from tests.platform.cluster.control_plane import ControlPlane
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
def town() -> Iterator[TestInstance]:
    """Every part and service, for the operator to lead tenants through: no test comes after those of the operator."""
    with running(*stack.PARTS, durable=True) as instance:
        yield instance


@pytest.fixture(scope="session")
def place(cluster: ControlPlane, town: TestInstance) -> Iterator[Place]:
    install(cluster)
    place = Place(cluster, town.instance)
    place.start()
    yield place
    place.running.stop(patience=5)
