"""One real node with the whole platform on it, for all tests here: minutes, root only, and by its own command."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from koprogo.stack import paths
from koprogo.stack.client import Person
from koprogo.stack.office import Office, open_office
from tests.node.machine import ADDRESS, Machine, debian_programs
from tests.node.town import HOST, Town
from tests.platform.cluster import kinds
from tests.platform.cluster.control_plane import ControlPlane


def pytest_sessionstart() -> None:
    if os.geteuid() != 0:
        raise pytest.UsageError("A node needs root: it makes a bridge, containers and cgroups.")


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    parent = paths.data() / "temporary"
    parent.mkdir(parents=True, exist_ok=True)
    debian = debian_programs(paths.cache() / "platform" / "node-debian")
    with tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        (home / "control-plane").mkdir()
        machine, cluster = Machine(home, debian), ControlPlane(home / "control-plane", ADDRESS)
        town = Town(cluster, machine, home)
        try:
            machine.start()
            cluster.start(kinds.files(), nodes=0)
            machine.join(cluster)
            town.begin()
            with pytest.MonkeyPatch.context() as patch:
                _know_the_way(patch, town)
                yield town
        finally:
            town.stop()
            cluster.stop()
            machine.stop()


def _know_the_way(patch: pytest.MonkeyPatch, town: Town) -> None:
    """This machine asks no DNS of the cluster, and trusts its authority only here."""
    service = town.cluster.get("-n", "gateway", "service", "traefik")["spec"]["clusterIP"]
    asked = socket.getaddrinfo

    def answered(host: Any, *more: Any, **named: Any) -> Any:
        return asked(service if host in (HOST, HOST.encode()) else host, *more, **named)

    patch.setattr(socket, "getaddrinfo", answered)
    patch.setenv("SSL_CERT_FILE", str(town.cluster.folder / "keys" / "ca.crt"))


@pytest.fixture(scope="session")
def admin(town: Town) -> Person:
    return Person(town.instance, "admin@koprogo.localhost", town.instance.secrets["super_admin"])


@pytest.fixture(scope="session")
def office(town: Town, admin: Person) -> Office:
    return open_office(town.instance, admin, number="0417.497.106")
