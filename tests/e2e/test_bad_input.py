"""Whatever is sent, the answer says what is wrong: schemathesis over each OpenAPI finds no 5xx."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from koprogo.stack.testing import TestInstance

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "openapi"
# Streams for hours by design; its own test reads it.
ENDLESS = r"/live$"


def every_operation(service: str) -> Any:
    return schemathesis.openapi.from_dict(json.loads((FOLDER / f"{service}.json").read_text())).exclude(
        path_regex=ENDLESS
    )


def check(case: Any, town: TestInstance, office: Any, admin: Any) -> None:
    """As the syndic, on his own association half of the time, so that more than the door is tried."""
    person = admin if case.path.endswith("/organisations") else office.syndic
    known = {"association_id": office.association, "organisation_id": office.organisation}
    case.path_parameters = {**(case.path_parameters or {}), **{k: v for k, v in known.items() if "{" + k in case.path}}
    answer = case.call(
        base_url=town.instance.public_url, headers={"authorization": f"Bearer {person.token}"}, timeout=30
    )
    assert answer.status_code < 500, f"{case.method} {case.path}: {answer.status_code} {answer.content[:500]!r}"
    if answer.status_code >= 400:
        assert answer.headers["content-type"][0].startswith("application/problem+json")
        problem = json.loads(answer.content)
        assert problem["reason"]
        assert problem["detail"]
        if answer.status_code == 400 and problem["reason"] == "INVALID":
            assert problem["errors"][0]["field"]


MANY = settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)


@every_operation("identity").parametrize()
@MANY
def test_identity(case: Any, town: TestInstance, office: Any, admin: Any) -> None:
    check(case, town, office, admin)


@every_operation("property").parametrize()
@MANY
def test_property(case: Any, town: TestInstance, other_office: Any, admin: Any) -> None:
    check(case, town, other_office, admin)


@every_operation("governance").parametrize()
@MANY
def test_governance(case: Any, town: TestInstance, other_office: Any, admin: Any) -> None:
    check(case, town, other_office, admin)


@every_operation("documents").parametrize()
@MANY
def test_documents(case: Any, town: TestInstance, other_office: Any, admin: Any) -> None:
    check(case, town, other_office, admin)


@every_operation("finance").parametrize()
@MANY
def test_finance(case: Any, town: TestInstance, other_books: Any, admin: Any) -> None:
    check(case, town, other_books, admin)


class TestAFieldThatIsWrong:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"kind": "party", "starts_at": "2030-01-01T10:00:00Z"}, "kind"),
            ({"kind": "ordinary", "starts_at": "tomorrow"}, "starts_at"),
            (
                {"kind": "ordinary", "starts_at": "2030-01-01T10:00:00Z", "agenda": [{"title": {"fr": ""}}]},
                "agenda.0.title",
            ),
            ({"kind": "ordinary", "starts_at": "2030-01-01T10:00:00Z", "majority": "absolute"}, "majority"),
        ],
    )
    def test_is_named(self, office: Any, body: dict[str, object], field: str) -> None:
        answer = office.syndic.ask("POST", f"{office.governance}/meetings", json=body)
        assert answer.status_code == 400
        assert field in json.dumps(answer.json()["errors"])
