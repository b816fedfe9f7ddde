"""As on a cluster: serve, relay and consume of one service are processes of their own, and any of them may die."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from koprogo.stack.client import eventually, handed_over, mails
from koprogo.stack.instance import free_ports
from koprogo.stack.parts.part import answers
from koprogo.stack.running import Running
from koprogo.stack.testing import TestInstance

PARTS = ("serve", "relay", "consume")


class Apart:
    """governance in three processes."""

    def __init__(self, town: TestInstance) -> None:
        self.town = town
        self.processes = {part: Running(town.instance.folder, f"governance-{part}") for part in PARTS}
        self.ports = {"serve": town.instance.port("governance_http")}
        self.ports |= {part: free_ports(1) for part in PARTS if part != "serve"}

    def start(self, part: str) -> None:
        environment = self.town.instance.environment("governance") | {"KOPROGO_HTTP_PORT": str(self.ports[part])}
        self.processes[part].start([sys.executable, "-m", "koprogo.governance", part], environment)


@pytest.fixture
def apart(town: TestInstance) -> Iterator[Apart]:
    town.stop("governance")
    processes = Apart(town)
    for part in PARTS:
        processes.start(part)
    yield processes
    for running in processes.processes.values():
        running.stop()
    town.start("governance")


class TestAServiceInThreeProcesses:
    def test_loses_and_doubles_nothing_when_its_relay_and_its_consumer_die(
        self, town: TestInstance, office: Any, apart: Apart
    ) -> None:
        title = {"fr": "Budget", "nl": "Begroting", "de": "Haushalt"}
        meeting = eventually(
            lambda: (
                answer := office.syndic.ask(
                    "POST",
                    f"{office.governance}/meetings",
                    json={
                        "kind": "ordinary",
                        "starts_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
                        "place": "Zavelplein 7",
                        "agenda": [{"title": title, "nature": "ordinary"}],
                    },
                ),
                answer.is_success and answer.json(),
            )[1]
        )
        path = f"{office.governance}/meetings/{meeting['id']}"
        for part in ("relay", "consume"):
            apart.processes[part].kill()
        office.syndic.post(f"{path}/convocation", {"syndic_name": "Claire Dubois"})
        time.sleep(1)
        waiting = office.syndic.get(f"{path}/dispatches?limit=200")
        assert {one["status"] for one in waiting} == {"requested"}, "nothing leaves without the relay"
        apart.start("relay")
        time.sleep(1)
        apart.processes["relay"].kill()
        apart.start("relay")
        apart.start("consume")
        sent = handed_over(lambda: office.syndic.get(f"{path}/dispatches?limit=200"), seconds=90)
        mine = {one["id"] for one in sent if one["channel"] == "email"}
        arrived = [m["message_id"].strip("<").partition("@")[0] for m in mails(town.instance)]
        assert sorted(one for one in arrived if one in mine) == sorted(mine)

    def test_shows_of_each_whether_it_is_well(self, apart: Apart) -> None:
        for part in PARTS:
            address = f"http://127.0.0.1:{apart.ports[part]}"
            eventually(lambda address=address: answers(f"{address}/health/ready"))
            figures = httpx.get(f"{address}/metrics").text
            assert "process_resident_memory_bytes" in figures
        apart.processes["relay"].kill()
        assert not answers(f"http://127.0.0.1:{apart.ports['relay']}/health/live")
