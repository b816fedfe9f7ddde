"""Lays out a service that runs: `make new-service NAME=<one word>`.

What is its own is copied from `files/`, where the word `newservice` stands for its name; what names it elsewhere is
added there. It begins with one example, a note on an association, and its tests: they show where the real thing goes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

FILES = Path(__file__).parent / "files"
STANDS_FOR_IT = "newservice"
OWNS = "notes on an association"
NEXT = """
{name} is laid out. Now:

  make .venv/ready api schema docs   # its code, schema and documents
  make test                          # or services/{name} and tests/architecture first
  make up                            # http://localhost:8080/api/{name}/openapi.json

Then replace the note by what it owns (docs/adding-a-use-case.md), say so in charts/services.yaml, its README.md and
docs/architecture.md, and put its first digest into argocd/environments/<env>/{name}.yaml. The platform team reviews
charts/services.yaml and charts/baseline/reachability.csv, and makes the secrets of charts/{name}/secrets.yaml.
"""


def lay_out(name: str, root: Path) -> None:
    """Refuses before it writes anything."""
    known = yaml.safe_load((root / "charts" / "services.yaml").read_text())["services"]
    if not re.fullmatch(r"[a-z]{3,20}", name) or name in sys.stdlib_module_names:
        raise SystemExit(
            f"`{name}` is no name of a service: one English word of small letters, and no module of Python"
        )
    taken = {*known, *(folder.name for folder in (root / "charts").iterdir()), *_modules(root), STANDS_FOR_IT}
    if name in taken:
        raise SystemExit(f"`{name}` is taken")
    for source in sorted(FILES.rglob("*")):
        target = root / str(source.relative_to(FILES)).replace(STANDS_FOR_IT, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.is_file():
            target.write_text(source.read_text(encoding="utf-8").replace(STANDS_FOR_IT, name), encoding="utf-8")
    for file, change in _elsewhere(name).items():
        (root / file).write_text(change((root / file).read_text(encoding="utf-8")), encoding="utf-8")
    written = [
        root / "services" / name,
        root / "services" / "identity" / "src" / "koprogo" / "identity" / "settings.py",
    ]
    for words in (["check", "--select=I", "--fix", "--quiet"], ["format", "--quiet"]):
        # Imports and line breaks depend on the name.
        subprocess.run([Path(sys.executable).with_name("ruff"), *words, *written], cwd=root, check=True)


def _modules(root: Path) -> set[str]:
    return {folder.name for folder in root.glob("*/src/koprogo/*")} | {
        f.name for f in root.glob("libs/*/src/koprogo/*")
    }


def _elsewhere(name: str) -> dict[str, Callable[[str], str]]:
    """What each file becomes that names the services again: beside identity, which is always there."""
    reach = [f"{name},identity,50051", f"{name},kafka,9093", f"{name},keycloak,8080", f"{name},postgres,5432"]
    reach += [f"gateway,{name},8000", f"operator,{name},50051", f"prometheus,{name},8000"]
    return {
        "charts/services.yaml": lambda text: f'{text}  {name}: {{team: {name}, owns: "{OWNS}"}}\n',
        "charts/baseline/reachability.csv": lambda text: _sorted(text, reach),
        "charts/service-lib/service.schema.json": lambda text: _after('"enum": ["identity", ', f'"{name}", ', text),
        "pyproject.toml": lambda text: _after(
            '"services/identity/src", ',
            f'"services/{name}/src", ',
            _after(
                "koprogo-identity = { workspace = true }\n",
                f"koprogo-{name} = {{ workspace = true }}\n",
                _after('"koprogo-identity", ', f'"koprogo-{name}", ', text),
            ),
        ),
        ".importlinter": lambda text: _after(
            "    koprogo.identity.application\n",
            f"    koprogo.{name}.domain\n    koprogo.{name}.application\n",
            _after("    koprogo.identity\n", f"    koprogo.{name}\n", text).replace(
                "    koprogo.identity | ", f"    koprogo.identity | koprogo.{name} | "
            ),
        ),
        "proto/topics/identity.grant.yaml": lambda text: _after("consumers: [", f"{name}, ", text),
        "services/identity/src/koprogo/identity/settings.py": lambda text: _after(
            'Grants/GrantsOf": frozenset({', f'"{name}", ', re.sub(r"frozenset\(\s*\{\s*", "frozenset({", text)
        ),
        "docs/architecture.md": lambda text: re.sub(
            r"(\| identity \|.*\n(?:\|.*\n)*)", rf"\g<1>| {name} | {OWNS} | – | `{name}.note` |\n", text, count=1
        ),
    }


def _after(anchor: str, added: str, text: str) -> str:
    if anchor not in text:
        raise SystemExit(f"`{anchor.strip()}` is not where it was: scaffold/new_service.py has to learn of it")
    return text.replace(anchor, anchor + added)


def _sorted(text: str, rows: list[str]) -> str:
    head, *there = text.splitlines()
    return "\n".join([head, *sorted([*there, *rows])]) + "\n"


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) == 2 else ""
    lay_out(chosen, Path.cwd())
    print(NEXT.format(name=chosen))
