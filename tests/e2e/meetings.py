"""A meeting, as the secretary and the owners drive it through the gateway."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from koprogo.stack.client import Person


def titles(fr: str, nl: str, de: str) -> dict[str, str]:
    return {"fr": fr, "nl": nl, "de": de}


class Assembly:
    """One meeting, as the secretary and the owners drive it."""

    def __init__(self, office: Any, agenda: list[dict[str, Any]], **more: Any) -> None:
        self.office, self.syndic = office, office.syndic
        self.starts = datetime.now(UTC) + timedelta(seconds=3)
        agenda = [dict(item) for item in agenda]
        meeting = self.syndic.post(
            f"{office.governance}/meetings",
            {
                "kind": "ordinary",
                "starts_at": self.starts.isoformat(),
                "place": "Zavelplein 7",
                "agenda": agenda,
                **more,
            },
        )
        self.id = meeting["id"]
        self.items = [item["id"] for item in meeting["agenda"]]
        self.path = f"{office.governance}/meetings/{self.id}"

    def convene(self) -> int:
        sent = self.syndic.post(
            f"{self.path}/convocation", {"syndic_name": "Claire Dubois", "urgency": "Infiltration au toit"}
        )
        return int(sent["convocations"])

    def open(self, chair: str) -> None:
        time.sleep(max(0.0, (self.starts - datetime.now(UTC)).total_seconds()) + 0.1)
        self.syndic.post(f"{self.path}/opening", {"chair": self.office.id_of(chair), "secretary": "Claire Dubois"})

    def arrive(self, *names: str, mode: str = "in_person") -> None:
        self.syndic.post(
            f"{self.path}/arrivals",
            {"arrivals": [{"co_ownership_id": self.office.id_of(name), "mode": mode} for name in names]},
        )

    def ballot(self, who: Person, item: int, name: str, choice: str) -> httpx.Response:
        return who.ask(
            "POST",
            f"{self.path}/items/{self.items[item]}/ballots",
            json={"co_ownership_id": self.office.id_of(name), "choice": choice},
        )

    def vote(self, item: int, voters: list[str], choice: Callable[[str], str | None]) -> dict[str, Any]:
        """Everybody's ballot entered by the secretary, but for those who have cast themselves."""
        for name in voters:
            if chosen := choice(name):
                answer = self.ballot(self.syndic, item, name, chosen)
                assert answer.status_code == 204, f"{name}: {answer.text}"
        closed: dict[str, Any] = self.syndic.post(f"{self.path}/items/{self.items[item]}/closing")
        return closed

    def open_vote(self, item: int, seconds: int = 120) -> None:
        self.syndic.post(f"{self.path}/items/{self.items[item]}/voting", {"seconds": seconds})

    def dispatches(self, purpose: str) -> list[dict[str, Any]]:
        everything = self.syndic.get(f"{self.path}/dispatches?limit=200")
        return [one for one in everything if one["purpose"] == purpose]

    def roll_call(self, folder: Path) -> subprocess.CompletedProcess[str]:
        (folder / "roll.jsonl").write_bytes(self.syndic.get(f"{self.path}/roll-call"))
        (folder / "verify.py").write_bytes(self.syndic.get("governance/v1/roll-call-verifier"))
        return verify(folder)


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", folder / "verify.py", folder / "roll.jsonl"], capture_output=True, text=True
    )
