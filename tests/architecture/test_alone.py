"""Each distribution works where nothing is installed but its wheel and what that declares.

`test_written.py` reads the declarations; here they are believed: what another distribution happened to bring is gone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = {
    tomllib.loads((folder / "pyproject.toml").read_text())["project"]["name"]: folder
    for folder in [*ROOT.glob("libs/*"), *ROOT.glob("services/*"), ROOT / "stack", ROOT / "operator"]
}
IMPORT_ALL = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"


def uv(*arguments: str | Path) -> None:
    """Of this environment first: there is no other where `make` has made it."""
    program = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program, "uv is missing: `make .venv/ready` installs it"
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    uv("build", "--all-packages", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder)
    return {wheel.name.split("-")[0].replace("_", "-"): wheel for wheel in folder.glob("*.whl")}


def with_its_own(name: str) -> list[str]:
    """A distribution and those of this repository that it declares, directly or not: no index is asked for them."""
    declared = tomllib.loads((PROJECTS[name] / "pyproject.toml").read_text())["project"]["dependencies"]
    return list(dict.fromkeys([name, *(one for d in declared if d in PROJECTS for one in with_its_own(d))]))


def modules(wheel: Path) -> Sequence[str]:
    """All but `__main__`, which would start a process."""
    paths = [Path(name) for name in ZipFile(wheel).namelist() if name.endswith(".py")]
    return [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths if path.stem != "__main__"]


@pytest.mark.parametrize("name", sorted(PROJECTS))
class TestADistributionInstalledAlone:
    def test_can_be_imported_whole(self, name: str, wheels: dict[str, Path], tmp_path: Path) -> None:
        python = tmp_path / "venv" / "bin" / "python"
        uv("venv", "--python", sys.executable, tmp_path / "venv")
        own = [wheels[one] for one in with_its_own(name)]
        uv("pip", "install", "--python", python, "-c", "requirements.lock", *own)
        assert modules(wheels[name])
        done = subprocess.run(
            [python, "-I", "-c", IMPORT_ALL, *modules(wheels[name])], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
