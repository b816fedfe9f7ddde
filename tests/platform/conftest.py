"""A real control plane, and who of two processes tests what."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.platform.cluster import kinds
from tests.platform.cluster.control_plane import ControlPlane, running

WITH_ONE_CLUSTER = ("/test_gateway.py", "/test_applying.py", "/test_tenant_kinds.py")
"""In this order: where all is applied, pods are said to run that nobody reaches."""
FIRST = ("/tenants/", "/test_gitops.py", *WITH_ONE_CLUSTER)
"""They take longest: what comes last is short, so that neither process waits for the other."""


def pytest_sessionstart() -> None:
    for program, package in (("go", "Go 1.26"), ("git", "git"), ("openssl", "openssl"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise pytest.UsageError(
                f"{program} is not there: install {package}, the tests of the platform build with it"
            )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, name in enumerate(FIRST) if name in item.nodeid), len(FIRST)))


class ByWhatTheyBringUp(LoadScopeScheduling):
    """All that lead tenants in one process, which brings up all parts and services; the others file by file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        if "/tenants/" in file:
            return "tenants"
        return "cluster" if file.endswith(WITH_ONE_CLUSTER) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWhatTheyBringUp:
    config.option.loadscopereorder = False
    return ByWhatTheyBringUp(config, log)


@pytest.fixture(scope="session")
def cluster() -> Iterator[ControlPlane]:
    with running(kinds.used()) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def empty_cluster() -> Iterator[ControlPlane]:
    """One of its own, where nothing was applied yet."""
    with running(kinds.used()) as cluster:
        yield cluster
