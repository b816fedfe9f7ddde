"""The release runs beside this tree: its code on the schema of now, its clients on the routes of now."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository
from tests.platform.cluster.programs import program
from tests.platform.cluster.trees import PYTHON, done, prepare, run

ROOT = repository()
PROMISED = json.loads((ROOT / "released" / "promises.json").read_text())
KIT = "libs/kit/src/koprogo/kit/database/plumbing"
ON_LOTS = "services/property/tests/test_lots_over_time.py"


def migrations(service: str) -> str:
    return f"services/{service}/src/koprogo/{service}/migrations"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code as it was released, with the migrations of now: its own tests run on the schema that comes next."""
    commit = done(ROOT, "git", "log", "-n", "1", "--format=%H", "--", "released/version").strip()
    assert commit, "the history of released/version is not there: fetch it whole, the tests run what was released"
    tree = tmp_path_factory.mktemp("release")
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(tree, filter="tar")
    for folder in (KIT, *(migrations(service) for service in SERVICES)):
        # Of a service that is new since, only its migrations come along, and nobody runs them.
        shutil.copytree(ROOT / folder, tree / folder, dirs_exist_ok=True)
    prepare(tree)
    return tree


def changed() -> list[str]:
    """Services whose schema is not the released one any more."""
    there = {file.name for file in (ROOT / KIT).glob("*.sql")}
    if there - PROMISED["migrations"]["kit"].keys():
        return sorted(PROMISED["migrations"].keys() - {"kit"})
    return [
        service
        for service, known in PROMISED["migrations"].items()
        if service != "kit" and {file.name for file in (ROOT / migrations(service)).glob("*.sql")} - known.keys()
    ]


class TestTheReleasedCode:
    def test_passes_its_tests_on_the_schema_of_now(self, release: Path) -> None:
        tested = [f"services/{service}" for service in changed()] or [ON_LOTS]
        done(release, PYTHON, "-m", "pytest", *tested)

    @pytest.mark.parametrize(
        ("sql", "is_fine"),
        [
            ("alter table lots add column colour text not null default 'grey';", True),
            ("alter table lots rename column kind to sort;", False),
            ("alter table lots add column colour text; alter table lots add check (colour is not null);", False),
        ],
    )
    def test_would_fail_on_a_schema_that_takes_away(self, release: Path, sql: str, is_fine: bool) -> None:
        planted = release / migrations("property") / "9999_planted.sql"
        planted.write_text(sql)
        try:
            ended = run(release, PYTHON, "-m", "pytest", "-x", ON_LOTS)
        finally:
            planted.unlink()
        assert (ended.returncode == 0) is is_fine, ended.stdout[-3000:]
        assert is_fine or "asyncpg" in ended.stdout or "500" in ended.stdout


def breaking(before: Path, now: Path) -> str:
    """What a client of before would stumble over; empty where there is nothing."""
    command = [program("oasdiff"), "breaking", "--fail-on", "ERR", before, now]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout if done.returncode else ""


def without_a_route(document: Any) -> None:
    del document["paths"]["/api/property/v1/associations/{association_id}/lots"]


def with_a_field_more_to_give(document: Any) -> None:
    asked = document["components"]["schemas"]["RegisterAssociation"]
    asked["properties"]["colour"] = {"type": "string"}
    asked["required"].append("colour")


def with_a_field_less_to_read(document: Any) -> None:
    shown = document["components"]["schemas"]["AssociationView"]
    del shown["properties"]["shares_sum"]
    shown["required"].remove("shares_sum")


def with_a_field_more_to_read(document: Any) -> None:
    document["components"]["schemas"]["AssociationView"]["properties"]["colour"] = {"type": "string"}


class TestTheReleasedRoutes:
    @pytest.mark.parametrize("service", sorted(file.stem for file in (ROOT / "released" / "openapi").glob("*.json")))
    def test_answer_now_as_they_did(self, service: str) -> None:
        assert (
            breaking(ROOT / "released" / "openapi" / f"{service}.json", ROOT / "docs" / "openapi" / f"{service}.json")
            == ""
        )

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (without_a_route, "api-path-removed-without-deprecation"),
            (with_a_field_more_to_give, "new-required-request-property"),
            (with_a_field_less_to_read, "response-required-property-removed"),
            (with_a_field_more_to_read, ""),
        ],
    )
    def test_would_be_missed_by_those_who_use_them(
        self, tmp_path: Path, change: Callable[[Any], None], said: str
    ) -> None:
        before = ROOT / "released" / "openapi" / "property.json"
        document = json.loads(before.read_text())
        change(document)
        now = tmp_path / "property.json"
        now.write_text(json.dumps(document))
        found = breaking(before, now)
        assert said in found if said else not found
