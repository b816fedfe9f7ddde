"""What every REST client may rely on, seen through the gateway."""

from __future__ import annotations

import json
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from koprogo.stack.instance import SERVICES
from koprogo.stack.testing import TestInstance

TITLE = {"fr": "Budget", "nl": "Begroting", "de": "Haushalt"}


def draft(office: Any, **more: Any) -> dict[str, Any]:
    return {
        "kind": "ordinary",
        "starts_at": (datetime.now(UTC) + timedelta(days=40)).isoformat(),
        "place": "Zavelplein 7",
        "agenda": [{"title": TITLE, "nature": "ordinary"}],
        **more,
    }


class TestAnIdempotencyKey:
    def test_makes_a_repeated_post_one_effect_and_one_answer(self, office: Any) -> None:
        key, body = {"idempotency-key": str(uuid.uuid4())}, draft(office)
        first = office.syndic.ask("POST", f"{office.governance}/meetings", json=body, headers=key)
        again = office.syndic.ask("POST", f"{office.governance}/meetings", json=body, headers=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["location"] == first.headers["location"]

    def test_is_refused_for_another_request(self, office: Any) -> None:
        key = {"idempotency-key": str(uuid.uuid4())}
        office.syndic.ask("POST", f"{office.governance}/meetings", json=draft(office), headers=key)
        other = draft(office, kind="extraordinary")
        assert office.syndic.refused("POST", f"{office.governance}/meetings", json=other, headers=key) == (
            409,
            "IDEMPOTENCY_KEY_REUSED",
        )

    def test_of_a_refused_request_may_be_used_again(self, office: Any) -> None:
        key, path = {"idempotency-key": str(uuid.uuid4())}, f"{office.governance}/meetings"
        past = draft(office, starts_at="2025-01-01T10:00:00+01:00")
        assert office.syndic.refused("POST", path, json=past, headers=key) == (400, "IN_THE_PAST")
        assert office.syndic.ask("POST", path, json=draft(office), headers=key).status_code == 201


class TestAnEtag:
    def test_answers_304_while_nothing_has_changed(self, office: Any) -> None:
        first = office.syndic.ask("GET", f"{office.property_}/lots")
        again = office.syndic.ask("GET", f"{office.property_}/lots", headers={"if-none-match": first.headers["etag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")

    def test_guards_an_edit_against_one_made_meanwhile(self, office: Any) -> None:
        made = office.syndic.ask("POST", f"{office.governance}/meetings", json=draft(office))
        path = f"{office.governance}/meetings/{made.json()['id']}"
        assert office.syndic.refused("PATCH", path, json={"place": "Zaal 2"}) == (400, "IF_MATCH_MISSING")
        version = {"if-match": made.headers["etag"]}
        changed = office.syndic.ask("PATCH", path, json={"place": "Zaal 2"}, headers=version)
        assert changed.json()["place"] == "Zaal 2"
        assert office.syndic.refused("PATCH", path, json={"place": "Zaal 3"}, headers=version) == (
            412,
            "CHANGED_MEANWHILE",
        )


class TestALongList:
    def test_is_read_page_by_page_without_gap_or_repetition(self, office: Any) -> None:
        path, seen = f"{office.property_}/lots?limit=7", []
        while path:
            answer = office.syndic.ask("GET", path)
            seen += [lot["number"] for lot in answer.json()]
            link = answer.links.get("next")
            path = link["url"].removeprefix("/api/") if link else ""
        assert seen == sorted(seen)
        assert len(seen) == len(set(seen)) == 48


class TestARoute:
    def test_that_does_not_exist_is_a_problem_too(self, office: Any) -> None:
        assert office.syndic.refused("GET", "property/v1/castles") == (404, "NOT_FOUND")
        assert office.syndic.refused("DELETE", "governance/v1/rules") == (405, "METHOD_NOT_ALLOWED")

    def test_is_described_where_it_runs(self, town: TestInstance) -> None:
        for service in SERVICES:
            shown = httpx.get(f"{town.instance.public_url}/api/{service}/openapi.json").json()
            assert shown["openapi"].startswith("3.1")

    def test_of_the_inside_is_not_reached_through_the_gateway(self, town: TestInstance) -> None:
        for path in ("/metrics", "/health/ready", "/api/property/metrics", "/api/property/health/ready"):
            assert httpx.get(f"{town.instance.public_url}{path}").status_code == 404


class TestTheCalculator:
    def test_answers_everybody_who_is_signed_in(self, office: Any) -> None:
        question = {
            "session": 1,
            "nature": "ordinary",
            "share_denominator": 1000,
            "on": "2026-06-10",
            "ballots": [
                {"co_ownership": "X", "votes": 600, "holder": None, "choice": "for"},
                {"co_ownership": "Y", "votes": 400, "holder": None, "choice": "against"},
            ],
        }
        answer = office.syndic.post("governance/v1/simulations/tally", question)
        assert answer["cast"]["for"] == answer["cast"]["against"] == "400"
        assert answer["reductions"] == [{"person": "X", "engaged": "600", "limit": "400", "ratio": "2/3"}]
        present = [{"co_ownership": name, "votes": 100} for name in "ABCDE"]
        quorum = office.syndic.post(
            "governance/v1/simulations/quorum",
            {"session": 1, "heads_total": 10, "share_denominator": 1000, "present": present},
        )
        assert quorum == {
            "valid": False,
            "heads_present": 5,
            "votes_present": 500,
            "reason": None,
            "missing_heads": 1,
            "missing_votes": 0,
        }

    def test_names_the_ballot_that_is_wrong(self, office: Any) -> None:
        question = {
            "session": 1,
            "nature": "ordinary",
            "share_denominator": 100,
            "on": "2026-06-10",
            "ballots": [{"co_ownership": "X", "votes": 60, "choice": "for"}] * 2,
        }
        answer = office.syndic.ask("POST", "governance/v1/simulations/tally", json=question)
        assert (answer.status_code, answer.json()["reason"]) == (400, "DUPLICATE_CO_OWNERSHIP")
        assert answer.json()["errors"][0]["field"] == "ballots.1.co_ownership"


class TestTheLiveState:
    def test_tells_each_ballot_as_it_comes_and_no_tally_before_the_closing(self, office: Any) -> None:
        starts = datetime.now(UTC) + timedelta(seconds=2)
        meeting = office.syndic.post(f"{office.governance}/meetings", draft(office, starts_at=starts.isoformat()))
        path, item = f"{office.governance}/meetings/{meeting['id']}", meeting["agenda"][0]["id"]
        office.syndic.post(f"{path}/convocation", {"syndic_name": "Claire Dubois", "urgency": "Infiltration"})
        time.sleep(max(0.0, (starts - datetime.now(UTC)).total_seconds()) + 0.1)
        office.syndic.post(f"{path}/opening", {"chair": office.id_of("Peeters An"), "secretary": "Claire Dubois"})
        voters = [line["co_ownership_id"] for line in office.roll.values() if not line["is_suspended"]]
        arrivals = [{"co_ownership_id": one, "mode": "in_person"} for one in voters]
        office.syndic.post(f"{path}/arrivals", {"arrivals": arrivals})
        office.syndic.post(f"{path}/quorum")
        office.syndic.post(f"{path}/items/{item}/voting", {"seconds": 60})
        seen: list[dict[str, Any]] = []

        def follow() -> None:
            with httpx.stream(
                "GET",
                f"{office.instance.public_url}/api/{path}/live",
                headers={"authorization": f"Bearer {office.syndic.token}"},
                timeout=20,
            ) as stream:
                seen.extend(json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:"))

        watcher = threading.Thread(target=follow)
        watcher.start()
        for voter in voters:
            ballot = {"co_ownership_id": voter, "choice": "for"}
            office.syndic.post(f"{path}/items/{item}/ballots", ballot)
            time.sleep(0.1)
        office.syndic.post(f"{path}/items/{item}/closing")
        office.syndic.post(f"{path}/closing")
        watcher.join(timeout=20)
        assert not watcher.is_alive()
        counts = [state["ballots_in"] for state in seen if state["item"] == item]
        assert len(set(counts)) > 2
        assert counts == sorted(counts)
        assert all(0 < state["seconds_left"] <= 60 for state in seen if state["item"] == item)
        assert all("for" not in json.dumps(state) for state in seen)
        assert seen[-1]["state"] == "closed"


class TestAProcess:
    def test_stays_below_128_mb_under_load(self, town: TestInstance, office: Any) -> None:
        for _ in range(300):
            office.syndic.get(f"{office.property_}/lots?limit=200")
            office.syndic.get(f"{office.governance}/meetings")
            office.syndic.get(f"{office.documents}/documents?limit=200")
            office.syndic.get("identity/v1/me")
        for service in SERVICES:
            status = Path(f"/proc/{town.instance.running(service).pid}/status").read_text()
            resident = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
            assert resident < 128, f"{service} takes {resident:.0f} MB"
