"""Fetches and checks what no Python package brings, once, into the cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from koprogo.stack import paths
from koprogo.stack.trouble import Trouble

Say = Callable[[str], None]
VERSIONS: dict[str, Any] = tomllib.loads(
    (resources.files("koprogo.stack") / "versions.toml").read_text(encoding="utf-8")
)
KEYCLOAK_BUILD = [
    "--db=postgres",
    "--health-enabled=true",
    "--metrics-enabled=true",
    "--http-relative-path=/auth",
    "--features-disabled=impersonation",
]


def ensure_system_packages(say: Say, *, jvm: bool, rendering: bool) -> None:
    """Install with apt what is missing where that is possible; otherwise say exactly what to install."""
    missing = [p for program, p in VERSIONS["system"].items() if jvm and shutil.which(program) is None]
    if rendering:
        missing += [package for package in VERSIONS["fonts"]["packages"] if not _is_installed(package)]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Trouble(f"Install these packages and try again: {' '.join(missing)}")
    say(f"installing {', '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "-y", "install", *missing]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"`{' '.join(command)}` failed:\n{done.stderr[-1500:]}")


def _is_installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return True
    done = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True)
    return "install ok installed" in done.stdout


@contextmanager
def _alone() -> Iterator[None]:
    """Two that download at once would take each other's half."""
    with (paths.cache() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kafka(say: Say) -> Path:
    """The folder of Kafka's jars."""
    with _alone():
        return _kafka(say)


def keycloak(say: Say) -> Path:
    """Keycloak's home, already built for PostgreSQL."""
    with _alone():
        return _keycloak(say)


def _kafka(say: Say) -> Path:
    wanted = VERSIONS["kafka"]
    folder = paths.cache() / f"kafka-{wanted['version']}"
    if not folder.is_dir():
        say(f"downloading Kafka {wanted['version']} (54 MB)")
        working = _fresh(folder)
        dependencies = "".join(
            "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>".format(
                *artifact.split(":")
            )
            for artifact in wanted["artifacts"]
        )
        pom = working / "pom.xml"
        pom.write_text(
            "<project><modelVersion>4.0.0</modelVersion><groupId>koprogo</groupId><artifactId>kafka</artifactId>"
            f"<version>1</version><packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>"
        )
        jars = working / "jars"
        _maven("dependency:3.8.1:copy-dependencies", "-f", str(pom), f"-DoutputDirectory={jars}")
        lines = "".join(f"{_sha256(jar)}  {jar.name}\n" for jar in sorted(jars.glob("*.jar"), key=lambda j: j.name))
        _check("the jars of Kafka", hashlib.sha256(lines.encode()).hexdigest(), wanted["sha256"], working)
        jars.rename(folder)
        shutil.rmtree(working)
    return folder


def _keycloak(say: Say) -> Path:
    wanted = VERSIONS["keycloak"]
    options = hashlib.sha256(" ".join(KEYCLOAK_BUILD).encode()).hexdigest()[:8]
    folder = paths.cache() / f"keycloak-{wanted['version']}-{options}"
    if not folder.is_dir():
        say(f"downloading Keycloak {wanted['version']} (159 MB)")
        working = _fresh(folder)
        _maven("dependency:3.8.1:copy", f"-Dartifact={wanted['artifact']}", f"-DoutputDirectory={working}")
        archive = next(working.glob("*.zip"))
        _check("Keycloak", _sha256(archive), wanted["sha256"], working)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(working)
        home = working / f"keycloak-{wanted['version']}"
        (home / "bin" / "kc.sh").chmod(0o755)
        say("building Keycloak for PostgreSQL")
        done = subprocess.run([home / "bin" / "kc.sh", "build", *KEYCLOAK_BUILD], capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"Keycloak could not be built:\n{done.stdout[-2000:]}{done.stderr[-500:]}")
        home.rename(folder)
        shutil.rmtree(working)
    return folder


def _fresh(folder: Path) -> Path:
    """A working folder beside the one that will appear when all is there: half a download is never used."""
    working = folder.with_name(folder.name + ".partial")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    return working


def _maven(goal: str, *arguments: str) -> None:
    command = ["mvn", "-q", "-B", f"org.apache.maven.plugins:maven-{goal.replace('dependency:', 'dependency-plugin:')}"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"Maven could not fetch it; is there a network?\n{(done.stdout + done.stderr)[-1500:]}")


def _check(what: str, found: str, wanted: str, working: Path) -> None:
    if found != wanted:
        shutil.rmtree(working)
        raise Trouble(
            f"{what} has the checksum {found} instead of {wanted}; the download was deleted. "
            "Try again; if it stays so, do not use it."
        )


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
