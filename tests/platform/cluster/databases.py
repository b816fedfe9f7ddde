"""Plays CloudNativePG where no node runs a pod: makes and drops what its `Database` objects ask for, and says so.

As its version 1.30 does: it drops without force, so that who is still connected is in the way.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from koprogo.stack.instance import Instance
from koprogo.stack.parts.postgres import program
from tests.platform.cluster.control_plane import ControlPlane

KIND = "/apis/postgresql.cnpg.io/v1/databases"


@contextmanager
def databases_are_made(cluster: ControlPlane, instance: Instance) -> Iterator[None]:
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.3):
            # Who was dropped while he was looked at needs to be told nothing; the rest is looked at again.
            with suppress(httpx.HTTPError):
                for one in cluster.items(KIND):
                    generation, status = one["metadata"]["generation"], one.get("status", {})
                    if not (status.get("applied") and status.get("observedGeneration") == generation):
                        _say(cluster, one, _carry_out(instance, one["spec"]), generation)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _carry_out(instance: Instance, spec: dict[str, Any]) -> str:
    """What went wrong, if anything."""
    name = spec["name"]
    if spec.get("ensure") == "absent":
        return psql(instance, f'drop database if exists "{name}"')
    if psql(instance, f"select 1 / count(*) from pg_database where datname = '{name}'"):
        return psql(instance, f'create database "{name}" owner "{spec["owner"]}"')
    return ""


def _say(cluster: ControlPlane, one: dict[str, Any], wrong: str, generation: int) -> None:
    where = f"/apis/postgresql.cnpg.io/v1/namespaces/{one['metadata']['namespace']}/databases/{one['metadata']['name']}"
    told = {"applied": not wrong, "message": wrong, "observedGeneration": generation}
    cluster.merge(f"{where}/status", {"status": told})


def psql(instance: Instance, sql: str) -> str:
    done = subprocess.run(
        [program("psql"), "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p",
         str(instance.port("postgres")), "-U", "postgres", "-d", "postgres", "-c", sql],
        capture_output=True, text=True, env={"PGPASSWORD": instance.secrets["postgres"]},
    )  # fmt: skip
    return done.stderr.strip() if done.returncode else ""
