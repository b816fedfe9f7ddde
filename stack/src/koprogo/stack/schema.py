"""The schema of a service as its migrations make it, in one form: `python -m koprogo.stack.schema` writes them all."""

from __future__ import annotations

import re
import subprocess
import sys

from koprogo.stack import paths
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.parts.postgres import program
from koprogo.stack.testing import running
from koprogo.stack.trouble import Trouble

HEAD = "-- What the migrations make of an empty database. Written by `make schema`, compared by a test.\n"


def schema(instance: Instance, service: str) -> str:
    """What pg_dump shows of a migrated database, without what depends on the machine or the day."""
    done = subprocess.run(
        [program("pg_dump"), "--schema-only", "--no-owner", "--no-privileges", "--no-comments", "--schema=public",
         "--extension=*", "--exclude-table=migrations", instance.database_url(service, "owner")],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise Trouble(f"The schema of {service} cannot be read: {done.stderr}")
    noise = re.compile(r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict |CREATE SCHEMA public;")
    kept = "\n".join(line for line in done.stdout.splitlines() if not noise.match(line))
    owner = re.compile(rf"\b{service}_owner\b")
    return HEAD + "\n" + re.sub(r"\n{2,}", "\n\n", owner.sub("current_user", kept)).strip() + "\n"


def main() -> None:
    with running("postgres") as town:
        for service in SERVICES:
            done = subprocess.run(
                [sys.executable, "-m", f"koprogo.{service}", "migrate"],
                env=town.instance.environment(service),
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise Trouble(f"{service} could not migrate its database:\n{done.stdout}{done.stderr}")
            file = paths.repository() / "services" / service / "schema.sql"
            file.write_text(schema(town.instance, service), encoding="utf-8")
            print(file.relative_to(paths.repository()))


if __name__ == "__main__":
    main()
