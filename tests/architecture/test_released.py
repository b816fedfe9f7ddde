"""Two versions run side by side: a change that the newest release could not live beside is refused by its name."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _promises() -> ModuleType:
    spec = importlib.util.spec_from_file_location("promises", ROOT / "released" / "promises.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


promises = _promises()
BEFORE = {"finance": {"port": "int", "bank": "str", "level": "str?"}}


def spoil(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(protos: Path) -> None:
        text = (protos / file).read_text()
        assert old in text
        (protos / file).write_text(text.replace(old, new))

    return change


class TestThisTree:
    def test_keeps_what_was_promised(self) -> None:
        assert promises.broken() == []

    def test_has_promised_of_every_service(self) -> None:
        told = promises.promised()
        assert told["settings"].keys() >= {"identity", "operator"}
        assert all(told["migrations"].values())


class TestASetting:
    @pytest.mark.parametrize(
        ("now", "said"),
        [
            ({"port": "int", "bank": "str", "level": "str?", "key": "str"}, "key must be given"),
            ({"port": "int", "bank": "str", "level": "str"}, "level must be given"),
            ({"port": "int", "level": "str?"}, "bank had to be given, and is gone"),
            ({"port": "int", "bank": "int", "level": "str?"}, "bank was read as str, and now as int"),
        ],
    )
    def test_that_one_of_both_versions_could_not_start_with_is_refused(self, now: dict[str, str], said: str) -> None:
        (wrong,) = promises.broken_settings(BEFORE, {"finance": now})
        assert wrong.startswith(f"finance: {said}")

    @pytest.mark.parametrize(
        "now",
        [
            {"port": "int", "bank": "str?", "level": "str?", "key": "str?"},
            {"port": "int", "bank": "str"},
        ],
    )
    def test_comes_and_goes_with_a_default(self, now: dict[str, str]) -> None:
        assert list(promises.broken_settings(BEFORE, {"finance": now})) == []


class TestAMigration:
    def test_that_was_released_is_kept_as_it_was(self) -> None:
        before = {"finance": {"0001_a.sql": "1", "0003_c.sql": "3"}}
        now = {"finance": {"0001_a.sql": "edited", "0002_b.sql": "2"}}
        assert [wrong.split(" ")[1] for wrong in promises.broken_migrations(before, now)] == [
            "0001_a.sql", "0003_c.sql", "0002_b.sql",
        ]  # fmt: skip
        assert list(promises.broken_migrations(before, {"finance": {**before["finance"], "0004_d.sql": "4"}})) == []

    @pytest.mark.parametrize(
        ("sql", "rule"),
        [
            ("alter table lots drop column kind;", "ban-drop-column"),
            ("alter table lots rename column kind to sort;", "renaming-column"),
            ("alter table lots alter column kind type int using 1;", "changing-column-type"),
            ("alter table lots add column colour text not null;", "adding-required-field"),
            ("drop table lots;", "ban-drop-table"),
        ],
    )
    def test_that_takes_away_is_refused(self, tmp_path: Path, sql: str, rule: str) -> None:
        file = tmp_path / "0009_new.sql"
        file.write_text(sql + "\n")
        (wrong,) = promises.said(promises.program("squawk"), "--config", ROOT / ".squawk.toml", file)
        assert rule in wrong

    def test_that_adds_is_not(self, tmp_path: Path) -> None:
        file = tmp_path / "0009_new.sql"
        file.write_text(
            "alter table lots add column colour text;\n"
            "create table colours (id uuid primary key, tenant_id uuid not null);\n"
            "create index colours_of_lots on lots (colour);\n"
        )
        assert list(promises.said(promises.program("squawk"), "--config", ROOT / ".squawk.toml", file)) == []


class TestAMessage:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (spoil("finance/v1/accounts.proto", "string on = 2;", "string on = 9;"), 'field "2"'),
            (spoil("finance/v1/accounts.proto", "rpc OwedOn(", "rpc Owed("), '"OwedOn"'),
            (spoil("property/events/v1/association.proto", "string name", "bytes name"), 'changed type from "string"'),
        ],
    )
    def test_that_the_other_version_could_not_read_is_refused(
        self, tmp_path: Path, change: Callable[[Path], None], said: str
    ) -> None:
        protos = shutil.copytree(ROOT / "proto", tmp_path / "proto")
        change(protos / "koprogo_api")
        against = ROOT / "released" / "proto.binpb"
        (wrong,) = promises.said(promises.program("buf"), "breaking", "--against", against, folder=protos)
        assert said in wrong

    def test_grows_by_a_field(self, tmp_path: Path) -> None:
        protos = shutil.copytree(ROOT / "proto", tmp_path / "proto")
        spoil("finance/v1/accounts.proto", "string on = 2;", "string on = 2; string colour = 17;")(
            protos / "koprogo_api"
        )
        against = ROOT / "released" / "proto.binpb"
        assert list(promises.said(promises.program("buf"), "breaking", "--against", against, folder=protos)) == []
