"""charts/services.yaml names the services; what has to name them again, for a tool or for a reader, agrees with it."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from koprogo.identity.settings import CALLERS
from koprogo.stack.instance import SERVICES

ROOT = Path(__file__).resolve().parents[2]
GRANTS = ROOT / "proto" / "topics" / "identity.grant.yaml"
COMPARED = {
    ".importlinter", "charts/service-lib/service.schema.json", "services/identity/src/koprogo/identity/settings.py",
}  # fmt: skip


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text)) & set(SERVICES)


class TestTheListOfServices:
    def test_is_the_folders_and_the_charts(self) -> None:
        assert {folder.name for folder in (ROOT / "services").iterdir()} == set(SERVICES)
        charts = {file.parents[1].name for file in ROOT.glob("charts/*/charts/service-lib")}
        assert charts == set(SERVICES)

    def test_is_the_workspaces(self) -> None:
        workspace = tomllib.loads((ROOT / "pyproject.toml").read_text())
        named = {f"koprogo-{service}" for service in SERVICES}
        assert named <= set(workspace["project"]["dependencies"])
        assert named <= set(workspace["tool"]["uv"]["sources"])
        assert {f"services/{service}/src" for service in SERVICES} <= set(workspace["tool"]["mypy"]["mypy_path"])

    def test_is_in_each_contract_that_speaks_of_services(self) -> None:
        contracts = configparser.ConfigParser()
        contracts.read(ROOT / ".importlinter")
        said = "importlinter:contract:"
        for section, key, modules in (
            ("importlinter", "root_packages", {f"koprogo.{one}" for one in SERVICES}),
            (f"{said}services", "layers", {f"koprogo.{one}" for one in SERVICES}),
            (f"{said}layers", "containers", {f"koprogo.{one}" for one in SERVICES}),
            (f"{said}pure", "source_modules",
             {f"koprogo.{one}.{layer}" for one in SERVICES for layer in ("domain", "application")}),
            (f"{said}stack", "source_modules", {f"koprogo.{one}" for one in SERVICES}),
            (f"{said}kubernetes", "source_modules", {f"koprogo.{one}" for one in SERVICES}),
        ):  # fmt: skip
            assert modules <= set(contracts[section][key].replace("|", " ").split()), f"{section}: {key}"

    def test_is_whom_a_chart_may_ask(self) -> None:
        schema = json.loads((ROOT / "charts" / "service-lib" / "service.schema.json").read_text())
        assert set(schema["properties"]["asks"]["items"]["enum"]) == set(SERVICES)

    def test_is_who_hears_of_grants_and_may_ask_for_them(self) -> None:
        others = set(SERVICES) - {"identity"}
        assert set(yaml.safe_load(GRANTS.read_text())["consumers"]) == others
        assert CALLERS["/koprogo_api.identity.v1.Grants/GrantsOf"] == others

    @pytest.mark.parametrize("environment", ["vps", "k3s", "k8s-ha"])
    def test_has_a_digest_in_every_environment(self, environment: str) -> None:
        for service in SERVICES:
            assert (ROOT / "argocd" / "environments" / environment / f"{service}.yaml").is_file(), service

    def test_is_what_the_reader_is_shown(self) -> None:
        told = yaml.safe_load((ROOT / "charts" / "services.yaml").read_text())["services"]
        rows = re.findall(r"^\| (\w+) \| (.+?) \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE)
        shown = {service: owns for service, owns in rows if service in told}
        assert shown == {service: one["owns"] for service, one in told.items()}

    def test_stands_nowhere_else(self) -> None:
        """A list that nobody compares is the one that is forgotten."""
        files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
        lists = set()
        for name in files:
            if re.match(r"docs/.+\.md|libs/api/|(.+/)?tests/", name) or (ROOT / name).is_symlink():
                continue
            text = (ROOT / name).read_text(encoding="utf-8", errors="ignore")
            if any(words(line) == set(SERVICES) for line in text.splitlines()):
                lists.add(name)
        assert lists == COMPARED
