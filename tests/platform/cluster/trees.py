"""Another tree of KoproGo beside this one, with programs that run its code and the packages of this environment."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

BIN = Path(sys.executable).parent
PYTHON = ".venv/bin/python"
"""Of the other tree, once it is prepared."""


def run(tree: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Everything of KoproGo comes from the copy, for the tools of this environment too."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(sources(tree)),
    }
    return subprocess.run(list(map(str, command)), cwd=tree, env=environment, capture_output=True, text=True)


def sources(tree: Path) -> list[str]:
    folders = (
        *tree.glob("libs/*/src"),
        *tree.glob("services/*/src"),
        tree / "stack" / "src",
        tree / "operator" / "src",
    )
    return [str(folder) for folder in folders]


def done(tree: Path, *command: str | Path) -> str:
    ended = run(tree, *command)
    assert ended.returncode == 0, f"{command}\n{ended.stdout[-4000:]}{ended.stderr[-2000:]}"
    return ended.stdout


def prepare(tree: Path) -> None:
    """As `make .venv/ready` would: its own code, and the packages of this environment without ours."""
    done(tree, sys.executable, "-m", "venv", "--without-pip", ".venv")
    (packages,) = (tree / ".venv").glob("lib/python*/site-packages")
    (packages / "tree.pth").write_text("\n".join([*sources(tree), sysconfig.get_path("purelib")]))
