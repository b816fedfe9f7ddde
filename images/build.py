"""`make images`: an image for each service, from Debian's packages and what the service imports.

Every layer is made from files whose versions and hashes stand in this repository, with one date, so that the same
commit gives the same digest. Prints each image with its size and digest: the line an environment names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from koprogo.stack.instance import SERVICES
from koprogo.stack.paths import repository

HERE = Path(__file__).parent
REGISTRY = "registry.koprogo.example/koprogo"
ENGINE = os.environ.get("ENGINE", "podman")
LIBRARIES = ("libs/kernel", "libs/kit", "libs/api")
# Litestar names them for its command line and its test data, for which no service asks.
UNUSED = ("faker", "polyfactory", "pygments", "rich", "rich-click", "markdown-it-py", "mdurl")
START = "import os, runpy\n\nrunpy.run_module('koprogo.' + os.environ['KOPROGO_SERVICE'], run_name='__main__')\n"
DATE = "0"


def main(names: Sequence[str]) -> None:
    """Of all services and the operator, or of those that are named."""
    known = (*SERVICES, "operator")
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"There is no image of {', '.join(unknown)}; there are {', '.join(known)}.")
    working = repository() / "build" / "images"
    for name in names or known:
        print(service(name, working), flush=True)


def service(name: str, working: Path) -> str:
    """Its name with its digest, and its size."""
    extra = [name] if (HERE / "packages" / f"{name}.txt").exists() else []
    base = debian(["base", *extra], working)
    lay_out(name, working / name)
    dockerfile = (HERE / "Dockerfile").read_text()
    return described(built(name, working, dockerfile, f"--build-arg=BASE={base}", f"--build-arg=SERVICE={name}"))


def described(tag: str) -> str:
    told = json.loads(run([ENGINE, "image", "inspect", tag]))[0]
    return f"{tag.rpartition(':')[0]}@{told['Digest']} {told['Size'] / 1e6:.0f} MB"


def debian(lists: Sequence[str], working: Path) -> str:
    """The image of nothing but these packages: without a shell, a package manager, or anything that updates itself."""
    root = unpacked(lists, working, working / f"debian-{'-'.join(lists)}")
    return filled(root, root.name)


def unpacked(lists: Sequence[str], working: Path, root: Path) -> Path:
    """The folder anew, with what these packages bring."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    for archive in (file for listed in lists for file in downloaded(listed, working)):
        content = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "-C", root], input=content, check=True)
    for unread in ("usr/share/doc", "usr/share/man", "usr/share/lintian"):
        shutil.rmtree(root / unread, ignore_errors=True)
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc" / "passwd").write_text("root:x:0:0::/:/\nkoprogo:x:10001:10001::/tmp:/\n")
    (root / "etc" / "group").write_text("root:x:0:\nkoprogo:x:10001:\n")
    return root


def filled(root: Path, name: str, *lines: str) -> str:
    """An image of what lies in the folder; `lines` of a Dockerfile say how it starts."""
    return built(name, root, "\n".join(["FROM scratch", "COPY . /", *lines]))


def built(name: str, context: Path, dockerfile: str, *arguments: str) -> str:
    tag = f"{REGISTRY}/{name}:latest"
    run([ENGINE, "build", "--quiet", "--pull=never", f"--timestamp={DATE}", *arguments, "--tag", tag, "-f", "-",
          str(context)], given=dockerfile)  # fmt: skip
    return tag


def downloaded(listed: str, working: Path) -> list[Path]:
    """The packages of a list, as Debian signed them; an error says which version Debian no longer has."""
    wanted = [line for line in (HERE / "packages" / f"{listed}.txt").read_text().splitlines() if line[0] != "#"]
    suite = wanted.pop(0).partition("=")[2] if wanted[0].startswith("suite=") else ""
    folder = working / "packages" / (suite or "this")
    folder.mkdir(parents=True, exist_ok=True)
    if missing := [line for line in wanted if not list(folder.glob(_archive(line)))]:
        run(["apt-get", "-qq", "download", "-o", "APT::Sandbox::User=root", *_of(suite, working), *missing], folder,
             hint="Debian has moved on? `apt-get update`, then `make images-pins`, and read what changes.")  # fmt: skip
    return [next(folder.glob(_archive(line))) for line in wanted]


def _archive(line: str) -> str:
    name, _, version = line.partition("=")
    return f"{name}_{version.replace(':', '%3a') or '*'}_*.deb"


def _of(suite: str, working: Path) -> list[str]:
    """apt's options to read another suite than this machine's, from where this machine has its own."""
    if not suite:
        return []
    home = working / suite
    for needed in ("state/lists/partial", "cache/archives/partial"):
        (home / needed).mkdir(parents=True, exist_ok=True)
    (home / "status").touch()
    stanzas = Path("/etc/apt/sources.list.d/debian.sources").read_text().split("\n\n")
    ours = next(one for one in stanzas if "security" not in one)
    lines = [f"Suites: {suite}" if line.startswith("Suites:") else line for line in ours.splitlines()]
    (home / "suite.sources").write_text("\n".join(lines) + "\n")
    options = {
        "Dir::State": home / "state", "Dir::State::status": home / "status", "Dir::Cache": home / "cache",
        "Dir::Etc::sourcelist": home / "suite.sources", "Dir::Etc::sourceparts": "/nothing",
        "APT::Sandbox::User": "root",
    }  # fmt: skip
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    run(["apt-get", "-qq", "update", *words])
    return words


def lay_out(name: str, target: Path) -> None:
    """/app of the image: the packages that the lock names for it, with their hashes, and its own code."""
    shutil.rmtree(target, ignore_errors=True)
    own = "operator" if name == "operator" else f"services/{name}"
    unwanted = ["koprogo-kernel", "koprogo-kit", "koprogo-api", *UNUSED]
    wanted = target.with_suffix(".txt")
    quietly = ["--quiet", "--no-header", "--no-annotate", *(f"--no-emit-package={one}" for one in unwanted)]
    locked = ["--constraint", "requirements.lock", "--generate-hashes"]
    _uv("compile", f"{own}/pyproject.toml", *quietly, *locked, "-o", str(wanted))
    into = ["--quiet", "--target", str(target), "--no-deps", "--link-mode=copy"]
    _uv("install", *into, "--require-hashes", "--constraint", "requirements.lock", "-r", str(wanted))
    _uv("install", *into, "--no-build-isolation", *(f"./{one}" for one in (*LIBRARIES, own)))
    (target / "__main__.py").write_text(START)
    shutil.rmtree(target / "bin", ignore_errors=True)
    # Where and when it was installed from.
    for file in [*target.glob("*.dist-info/direct_url.json"), *target.glob("*.dist-info/uv_cache.json"),
                 *target.glob("*.dist-info/RECORD")]:  # fmt: skip
        file.unlink()
    # By hash and not by date: the root is read-only, and a layer has one date.
    run([sys.executable, "-m", "compileall", "-q", "-j0", "--invalidation-mode=unchecked-hash", "-s", str(target),
          "-p", "/app", str(target)])  # fmt: skip


def pins() -> None:
    """`make images-pins`: the versions that Debian has today."""
    for file in sorted((HERE / "packages").glob("*.txt")):
        if "suite=" in file.read_text():
            continue
        names = [line.partition("=")[0] for line in file.read_text().split()]
        told = run(["apt-cache", "show", "--no-all-versions", *names])
        found = dict(zip(_field(told, "Package"), _field(told, "Version"), strict=True))
        file.write_text("".join(f"{name}={found[name]}\n" for name in names))


def _field(told: str, name: str) -> list[str]:
    return [line.partition(": ")[2] for line in told.splitlines() if line.startswith(f"{name}: ")]


def _uv(*words: str) -> None:
    beside = Path(sys.executable).with_name("uv")
    run([str(beside) if beside.exists() else "uv", "pip", *words])


def run(command: list[str], folder: Path | None = None, hint: str = "", given: str | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder or repository(), capture_output=True, text=True, input=given,
        env={**os.environ, "VIRTUAL_ENV": sys.prefix, "SOURCE_DATE_EPOCH": "315532800"},
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"`{' '.join(command)[:300]}` failed:\n{done.stderr[-2000:]}\n{hint}")
    return done.stdout


if __name__ == "__main__":
    pins() if sys.argv[1:] == ["pins"] else main(sys.argv[1:])
