"""A contract with a typo passes silently: a violation of each is planted here, and must be caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = "Domain and application do no input or output"
PLANTED = [
    ("koprogo/property/domain/planted.py", "import asyncpg", PURE),
    ("koprogo/identity/application/planted.py", "import koprogo.kit.ids", PURE),
    ("koprogo/governance/domain/planted.py", "import koprogo_api.identity.v1.grants_pb2", PURE),
    ("koprogo/property/adapters/planted.py", "import koprogo.governance.settings", "Services do not know each other"),
    ("koprogo/kit/planted.py", "import koprogo.identity.settings", "Services do not know each other"),
    ("koprogo/kernel/planted.py", "import koprogo.kit.ids", "the kernel knows nothing"),
    ("koprogo/property/entrypoints/planted.py", "import koprogo.property.adapters.events", "point inwards"),
    ("koprogo/property/domain/planted2.py", "import koprogo.property.application.ports", "imports point inwards"),
    ("koprogo/governance/planted.py", "", "must be declared as a layer"),
    ("koprogo/kit/planted3.py", "import koprogo_api.property.v1.associations_pb2", "The kit speaks no service"),
    ("koprogo/property/planted_main.py", "", "must be declared as a layer"),
    ("koprogo/identity/adapters/planted.py", "import koprogo.stack.instance", "No service knows the stack"),
    ("koprogo/kit/planted4.py", "import kopf", "Only the operator knows Kubernetes"),
    ("koprogo/finance/adapters/planted.py", "import koprogo.operator.plan", "Only the operator knows Kubernetes"),
    ("koprogo/operator/plan.py", "import kopf", "The operator decides without kopf"),
    ("koprogo/operator/tenant.py", "import koprogo.operator.plan", "Inside the operator imports point inwards"),
    ("koprogo/operator/planted.py", "", "must be declared as a layer"),
]  # fmt: skip


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sources in one tree, to be spoilt."""
    tree = tmp_path_factory.mktemp("sources")
    for source in [
        *ROOT.glob("libs/*/src"),
        *ROOT.glob("services/*/src"),
        ROOT / "stack" / "src",
        ROOT / "operator" / "src",
    ]:
        shutil.copytree(source, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--config", ROOT / ".importlinter"],
        env={**os.environ, "PYTHONPATH": str(tree)},
        cwd=tree,
        capture_output=True,
        text=True,
    )


class TestTheContracts:
    def test_hold_for_what_is_there(self, copy: Path) -> None:
        assert lint(copy).returncode == 0

    @pytest.mark.parametrize(("file", "line", "contract"), PLANTED, ids=[f"{p[0]}" for p in PLANTED])
    def test_catch_a_violation(self, copy: Path, file: str, line: str, contract: str) -> None:
        planted = copy / file
        kept = planted.read_text() if planted.exists() else None
        planted.write_text(f"{kept or ''}\n{line}\n")
        try:
            done = lint(copy)
        finally:
            planted.unlink()
            if kept is not None:
                planted.write_text(kept)
        assert done.returncode != 0, f"nothing forbids `{line}` in {file}"
        assert contract in " ".join((done.stdout + done.stderr).split())
