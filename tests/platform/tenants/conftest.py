"""Every part and service of the platform, and the operator among them. All of it ends with the tests of this folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from koprogo.stack import certificates, stack
from koprogo.stack.instance import SERVICES
from koprogo.stack.parts.part import launch
from koprogo.stack.testing import TestInstance, running
from tests.platform.cluster import control_plane, kinds
from tests.platform.cluster.charts import of_kind, render
from tests.platform.cluster.control_plane import ControlPlane
from tests.platform.cluster.kafka import KafkaForBoth
from tests.platform.tenants.place import Place, install

OPEN = ExitStack()
"""All that is up. With a fixture of the session it would stay up beside the tests of other folders."""


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if nextitem is None or nextitem.path.parent != item.path.parent:
        OPEN.close()


@pytest.fixture(scope="session")
def cluster() -> ControlPlane:
    return OPEN.enter_context(control_plane.running(kinds.used()))


@pytest.fixture(scope="session")
def kafka() -> KafkaForBoth:
    """Which the operator reaches as in the cluster: with a certificate, and the rights of its KafkaUser."""
    return KafkaForBoth(of_kind(render("data", "vps"), "KafkaUser"))


@pytest.fixture(scope="session")
def town(kafka: KafkaForBoth) -> TestInstance:
    town = OPEN.enter_context(running(durable=True))
    certificates.ensure(town.instance.folder / "certificates", [*SERVICES, "operator", "kafka"])
    with ThreadPoolExecutor(1) as beside:
        launched = beside.submit(launch, kafka, town.instance, lambda _: None)
        town.start(*(name for name in stack.PARTS if name != "kafka"))
        launched.result()
    return town


@pytest.fixture(scope="session")
def place(cluster: ControlPlane, town: TestInstance, kafka: KafkaForBoth) -> Place:
    install(cluster)
    place = Place(cluster, town.instance, f"127.0.0.1:{kafka.secured_port}")
    OPEN.callback(place.running.stop, patience=5)
    return place


@pytest.fixture(scope="module", autouse=True)
def quiet(place: Place) -> None:
    """The operator is there, and nobody of the tests before for it to see to."""
    place.forget_all()


@pytest.fixture(scope="class")
def quieter(place: Place) -> None:
    """Nobody of this file, either: before an operator that starts, and starts again."""
    place.forget_all()
