"""What a control plane without nodes cannot show: that the containers work, and go on working."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from koprogo.stack.client import Person, eventually
from koprogo.stack.demo import load
from koprogo.stack.instance import SERVICES
from koprogo.stack.office import Office
from tests.e2e.meetings import Assembly, titles, verify
from tests.node.town import Town

CHAIR = "Peeters An"


def pods(town: Town, namespace: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town.cluster.get("-n", namespace, "pods")["items"]
    return found


class TestTheMainJob:
    def test_runs_through_the_gateway_of_the_cluster(self, town: Town, tmp_path: Path) -> None:
        """A building is taken over, a meeting held, its minutes mailed, its money called: as in `make up`."""
        load.load(town.instance)
        loaded = json.loads((town.instance.folder / "demo.json").read_text())
        syndic = Person(town.instance, loaded["syndic"], town.instance.secrets[f"demo:{loaded['syndic']}"])
        meeting = f"governance/v1/associations/{loaded['association']}/meetings/{loaded['held']}"
        (tmp_path / "roll.jsonl").write_bytes(syndic.get(f"{meeting}/roll-call"))
        (tmp_path / "verify.py").write_bytes(syndic.get("governance/v1/roll-call-verifier"))
        done = verify(tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        documents = f"documents/v1/associations/{loaded['association']}/documents"
        for minutes in syndic.get(f"{meeting}/minutes"):
            # Signed, they are set anew.
            paper = f"{documents}/{minutes['document_id']}/content"
            eventually(lambda paper=paper: syndic.ask("GET", paper).content.startswith(b"%PDF"))  # type: ignore[misc]

    def test_is_done_by_pods_that_kept_within_their_limits(self, town: Town) -> None:
        for service in SERVICES:
            for pod in pods(town, service):
                for state in pod["status"].get("containerStatuses", []):
                    assert state["restartCount"] == 0, (pod["metadata"]["name"], state)
                    assert "@sha256:" in state["image"] or "@sha256:" in state["imageID"]


class TestAPodOfAService:
    def test_writes_nowhere_and_is_nobody(self, town: Town) -> None:
        """Said by the kernel of the running container, not by its manifest."""
        probe = (
            "import os\n"
            "print(os.getuid(), open('/proc/self/status').read().split('CapEff:\\t')[1].split()[0])\n"
            "try:\n    open('/app/here', 'w')\nexcept OSError as no:\n    print(no.errno)"
        )
        for service in SERVICES:
            told = town.cluster.kubectl(
                "-n", service, "exec", f"deployment/{service}-serve", "--", "/usr/bin/python3.11", "-c", probe
            )
            assert told.split() == ["10001", "0000000000000000", "30"]


class TestWhenThePrimaryOfPostgresIsKilled:
    def test_in_the_middle_of_a_vote_no_ballot_is_lost(self, town: Town, office: Office, tmp_path: Path) -> None:
        meeting = Assembly(
            office,
            [{"title": titles("Toiture", "Dak", "Dach"), "nature": "conservation_works"}],
            kind="extraordinary",
        )
        meeting.convene()
        meeting.open(CHAIR)
        present = [name for name, line in office.roll.items() if not line["is_suspended"]]
        meeting.arrive(*present)
        office.syndic.post(f"{meeting.path}/quorum")
        meeting.open_vote(0, seconds=600)
        half = len(present) // 2
        for name in present[:half]:
            assert meeting.ballot(office.syndic, 0, name, "for").status_code == 204
        killed = town.primary()
        # Returns when its processes are dead: the next ballots come while there is no primary.
        town.cluster.kubectl("-n", "data", "delete", "pod", killed, "--grace-period=1")
        for name in present[half:]:
            eventually(lambda name=name: has_voted(meeting, name), seconds=120)  # type: ignore[misc]
        result = office.syndic.post(f"{meeting.path}/items/{meeting.items[0]}/closing")
        votes = sorted(office.roll[name]["votes"] for name in present)
        # R055: nobody votes with more than all the others together.
        counted = sum(votes[:-1]) + min(votes[-1], sum(votes[:-1]))
        assert (result["cast"]["for"], result["cast"]["abstain"]) == (str(counted), "0")
        office.syndic.post(f"{meeting.path}/closing")
        done = meeting.roll_call(tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        town.cluster.until(lambda: town.primary() != killed, 60, "the other instance is the primary")
        town.cluster.until(town.is_healthy, 180, "both instances of PostgreSQL are healthy again")


def has_voted(meeting: Assembly, name: str) -> bool:
    """As a voter would: who has no answer tries again, and is told when the first one had counted."""
    try:
        answer = meeting.ballot(meeting.syndic, 0, name, "for")
    except httpx.HTTPError:
        return False
    return answer.status_code == 204 or (answer.status_code == 409 and answer.json()["reason"] == "ALREADY_CAST")


class TestARollingUpdate:
    def test_under_load_loses_no_request(self, town: Town, office: Office) -> None:
        syndic = office.syndic
        people = [Person(town.instance, syndic.email, syndic.password) for _ in range(3)]
        for person in people:
            # Keycloak may still hold connections to the primary that is gone.
            eventually(lambda person=person: is_signed_in(person), seconds=60)  # type: ignore[misc]
        load_ = Load([partial(lots_answer, person, office) for person in people])
        with load_:
            for service in ("identity", "property"):
                town.cluster.kubectl("-n", service, "rollout", "restart", f"deployment/{service}-serve")
            for service in ("identity", "property"):
                town.until_ready("deployment", service, [f"{service}-serve"])
            time.sleep(8)
        assert set(load_.seen) == {200}, {one: load_.seen.count(one) for one in set(load_.seen)}
        assert len(load_.seen) > 100


def is_signed_in(person: Person) -> bool:
    try:
        return bool(person.token)
    except httpx.HTTPError:
        return False


def lots_answer(person: Person, office: Office) -> int:
    return person.ask("GET", f"{office.property_}/lots?limit=20").status_code


class Load:
    """Asks again and again, each client by itself, and keeps each answer."""

    def __init__(self, clients: Sequence[Callable[[], Any]]) -> None:
        self.seen: list[Any] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._go_on, args=(ask,)) for ask in clients]

    def _go_on(self, ask: Callable[[], Any]) -> None:
        while not self._over.is_set():
            try:
                self.seen.append(ask())
            except httpx.HTTPError as failed:
                self.seen.append(repr(failed))
            time.sleep(0.02)

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
