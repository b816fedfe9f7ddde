"""What the newest release has promised, and whether this tree keeps it: see docs/deployability.md.

`make release VERSION=0.2.0` writes it, in a commit of its own, and `make lint` asks.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from koprogo.stack.instance import SERVICES

ROOT = Path(__file__).resolve().parents[1]
RELEASED = ROOT / "released"
PROMISES = RELEASED / "promises.json"
Settings = Mapping[str, Mapping[str, str]]
"""Service to setting to its type, with a question mark where it need not be given."""
Migrations = Mapping[str, Mapping[str, str]]
"""Owner to file to the hash of its text, in order."""


def settings() -> Settings:
    """Of all that run: how each variable is read."""
    return {
        name: {
            field.name: getattr(field.type, "__name__", str(field.type)) + ("" if field.required else "?")
            for field in msgspec.structs.fields(import_module(f"koprogo.{name}.settings").Settings)
        }
        for name in (*SERVICES, "operator")
    }


def folders(root: Path = ROOT) -> dict[str, Path]:
    """Where the migrations of each service are, and those of the kit, which come first in all of them."""
    kit = root / "libs" / "kit" / "src" / "koprogo" / "kit" / "database" / "plumbing"
    services = root / "services"
    return {"kit": kit} | {name: services / name / "src" / "koprogo" / name / "migrations" for name in SERVICES}


def migrations(root: Path = ROOT) -> Migrations:
    return {
        owner: {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.sql"))}
        for owner, folder in folders(root).items()
    }


def broken_settings(before: Settings, now: Settings) -> Iterator[str]:
    """The configuration of before starts the programs of now, and that of now those of before."""
    for service in before.keys() & now.keys():
        known, read = before[service], now[service]
        must, must_have = ({name for name, kind in one.items() if not kind.endswith("?")} for one in (read, known))
        for name in sorted(must - must_have):
            yield f"{service}: {name} must be given, and need not have been: let it have a default for one release"
        for name in sorted(must_have - read.keys()):
            yield f"{service}: {name} had to be given, and is gone: let it have a default for one release"
        for name in sorted(known.keys() & read.keys()):
            if known[name].rstrip("?") != read[name].rstrip("?"):
                yield f"{service}: {name} was read as {known[name].rstrip('?')}, and now as {read[name].rstrip('?')}"


def broken_migrations(before: Migrations, now: Migrations) -> Iterator[str]:
    for owner, files in before.items():
        there = now.get(owner, {})
        for name, checksum in files.items():
            if there.get(name) != checksum:
                yield f"{owner}: {name} has been applied where the release runs, and is gone or changed"
        for name in there:
            if files and name not in files and name < max(files):
                yield f"{owner}: {name} comes before {max(files)}, which has been applied"


def new_migrations(before: Migrations, root: Path = ROOT) -> list[Path]:
    return [
        folders(root)[owner] / name
        for owner, files in migrations(root).items()
        for name in files
        if name not in before.get(owner, {})
    ]


def program(name: str) -> str:
    """Of this environment."""
    return str(Path(sys.executable).with_name(name))


def said(*command: str | Path, folder: Path = ROOT) -> Iterator[str]:
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True)
    if done.returncode:
        yield (done.stdout + done.stderr).strip()


def broken() -> list[str]:
    """Every promise that this tree does not keep, in a sentence each."""
    told = promised()
    found = [
        *broken_settings(told["settings"], settings()),
        *broken_migrations(told["migrations"], migrations()),
        *said(program("buf"), "breaking", "--against", RELEASED / "proto.binpb", folder=ROOT / "proto"),
    ]
    if new := new_migrations(told["migrations"]):
        found += said(program("squawk"), *new)
    return found


def promised() -> Any:
    return json.loads(PROMISES.read_text())


def write(version: str) -> None:
    last = tuple(map(int, (RELEASED / "version").read_text().split("."))) if (RELEASED / "version").exists() else (0,)
    if tuple(map(int, version.split("."))) <= last:
        raise SystemExit(f"{version} is not after {'.'.join(map(str, last))}")
    if last != (0,) and (wrong := broken()):
        raise SystemExit("\n".join(wrong))
    PROMISES.write_text(json.dumps({"settings": settings(), "migrations": migrations()}, indent=1) + "\n")
    subprocess.run([program("buf"), "build", "-o", RELEASED / "proto.binpb"], cwd=ROOT / "proto", check=True)
    shutil.rmtree(RELEASED / "openapi", ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "openapi", RELEASED / "openapi")
    (RELEASED / "version").write_text(f"{version}\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        if wrong := broken():
            sys.exit("Not kept of what the newest release has promised:\n" + "\n".join(wrong))
    elif len(sys.argv) == 3 and sys.argv[1] == "write":
        write(sys.argv[2])
    else:
        sys.exit("usage: python released/promises.py check | write VERSION")
