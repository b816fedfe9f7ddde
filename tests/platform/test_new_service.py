"""`make new-service` lays out a service that passes all that a service is held to, in a copy of this tree."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from koprogo.stack.paths import repository
from tests.platform.cluster.charts import ENVIRONMENTS, of_kind, render
from tests.platform.cluster.trees import BIN, PYTHON, done, prepare, run

ROOT = repository()
NAME = "works"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git knows, with the new service and what `make api schema docs` writes of it."""
    tree = tmp_path_factory.mktemp("tree")
    for name in done(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard").split():
        if (ROOT / name).is_symlink() or (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name, follow_symlinks=False)
    assert f"services/{NAME}" in done(tree, sys.executable, "scaffold/new_service.py", NAME)
    done(tree, "git", "init", "--quiet")
    done(tree, "git", "add", "--all")
    done(tree, "bash", "proto/generate.sh")
    prepare(tree)
    done(tree, PYTHON, "-m", "koprogo.stack.schema")
    done(tree, PYTHON, "docs/write.py")
    return tree


class TestANewService:
    def test_is_formatted_and_linted(self, tree: Path) -> None:
        done(tree, BIN / "ruff", "check", ".")
        done(tree, BIN / "ruff", "format", "--check", ".")
        done(tree / "proto", BIN / "buf", "lint")

    def test_is_typed(self, tree: Path) -> None:
        done(tree, BIN / "mypy", f"services/{NAME}/src", "services/identity/src/koprogo/identity/settings.py")

    def test_keeps_the_contracts(self, tree: Path) -> None:
        assert f"koprogo.{NAME}" in (tree / ".importlinter").read_text()
        done(tree, BIN / "lint-imports", "--no-cache")
        planted = tree / "services" / NAME / "src" / "koprogo" / NAME / "domain" / "planted.py"
        planted.write_text("import asyncpg\n")
        broken = run(tree, BIN / "lint-imports", "--no-cache")
        planted.unlink()
        assert "Domain and application do no input or output BROKEN" in broken.stdout

    def test_passes_its_own_tests(self, tree: Path) -> None:
        assert "6 passed" in done(tree, PYTHON, "-m", "pytest", f"services/{NAME}")

    def test_is_whole_to_the_rules_of_the_tree(self, tree: Path) -> None:
        files = [f"tests/architecture/test_{one}.py" for one in ("services", "messages", "schemas", "written")]
        done(tree, PYTHON, "-m", "pytest", *files, "-k", f"{NAME} or TheListOfServices")

    def test_is_deployed_like_the_others(self, tree: Path) -> None:
        asked = f"{NAME} or Reaches or Environments or every_secret or Asked or wakes"
        done(
            tree,
            PYTHON,
            "-m",
            "pytest",
            "tests/platform/test_charts.py",
            "tests/platform/test_observability.py",
            "-k",
            asked,
        )
        for environment in ENVIRONMENTS:
            deployed = of_kind(render(NAME, environment, root=tree), "Deployment")
            assert [one["metadata"]["name"] for one in deployed] == [
                f"{NAME}-{one}" for one in ("serve", "relay", "consume")
            ]

    @pytest.mark.parametrize(
        "name", ["", "Works", "new-service", "finance", "operator", "gateway", "kit", "newservice"]
    )
    def test_is_refused_a_name_that_is_none_or_is_taken(self, name: str) -> None:
        refused = run(ROOT, sys.executable, "scaffold/new_service.py", name)
        assert refused.returncode != 0
        assert f"`{name}` is " in refused.stderr
