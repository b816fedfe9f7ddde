"""Plain SQL, forward only, one transaction each, under one lock. The plumbing of the kit comes first."""

from __future__ import annotations

import hashlib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple
from urllib.parse import urlsplit

import asyncpg

LOCK = 7_265_417
"""Advisory lock of the runner; any number that nothing else uses."""


class SchemaMismatch(Exception):
    """The schema is older or newer than this program, or an applied migration was edited."""


class Migration(NamedTuple):
    source: str
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def _read(source: str, folder: Traversable) -> list[Migration]:
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [Migration(source, f.name, f.read_text(encoding="utf-8")) for f in files]


def _wanted(package: str) -> list[Migration]:
    plumbing = resources.files("koprogo.kit.database") / "plumbing"
    return _read("kit", plumbing) + _read("service", resources.files(package) / "migrations")


ADMIT = """
do $$ begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to "{role}"', current_database());
end $$;
revoke create on schema public from public;
grant usage on schema public to "{role}";
alter default privileges in schema public grant select, insert, update, delete on tables to "{role}";
alter default privileges in schema public grant usage, select on sequences to "{role}";
alter default privileges in schema public grant execute on functions to "{role}";
"""
"""The role that runs reads and writes what the owner's migrations make; it makes nothing itself."""


async def migrate(url: str, package: str) -> list[str]:
    """Apply what `package` has in `migrations/` and the database has not. Returns the names applied.

    `url` is of the role that owns the database, `<name>_owner`. The role that runs, `<name>`, is let in first, so that
    a new database needs nothing else.
    """
    connection = await asyncpg.connect(url)
    applied: list[str] = []
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await connection.execute(ADMIT.format(role=(urlsplit(url).username or "").removesuffix("_owner")))
        await connection.execute(
            "create table if not exists migrations (source text, name text, checksum text not null,"
            " applied_at timestamptz not null default now(), primary key (source, name))"
        )
        known = await _applied(connection)
        for migration in _wanted(package):
            checksum = known.get((migration.source, migration.name))
            if checksum is None:
                async with connection.transaction():
                    await connection.execute("set local lock_timeout = '5s'")
                    await connection.execute(migration.sql)
                    await connection.execute(
                        "insert into migrations (source, name, checksum) values ($1, $2, $3)",
                        migration.source,
                        migration.name,
                        migration.checksum,
                    )
                applied.append(migration.name)
            elif checksum != migration.checksum:
                raise SchemaMismatch(f"{migration.source}/{migration.name} was changed after it was applied")
    finally:
        await connection.close()
    return applied


async def _applied(connection: asyncpg.Connection[asyncpg.Record]) -> dict[tuple[str, str], str]:
    rows = await connection.fetch("select source, name, checksum from migrations")
    return {(row["source"], row["name"]): row["checksum"] for row in rows}


async def check_schema(url: str, package: str) -> None:
    """Refuse to start on a schema that lacks a migration of this program.

    A newer schema is accepted while it only adds migrations: expand comes before the switch, so the release
    before must go on running beside it.
    """
    connection = await asyncpg.connect(url)
    try:
        try:
            known = await _applied(connection)
        except asyncpg.UndefinedTableError:
            known = {}
    finally:
        await connection.close()
    missing = [m.name for m in _wanted(package) if (m.source, m.name) not in known]
    if missing:
        raise SchemaMismatch(f"the schema lacks {', '.join(missing)}: run `migrate` first")
    edited = [m.name for m in _wanted(package) if known[(m.source, m.name)] != m.checksum]
    if edited:
        raise SchemaMismatch(f"applied migrations were changed afterwards: {', '.join(edited)}")
