"""A service of letters, whose tables have all that is hard to carry over, in a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.kit.database import Connection, Outgoing, Pool, UnitOfWork, connect, migrate
from koprogo.kit.tenants import state
from koprogo.kit.tenants.lifecycle import TenantLifecycle, nothing_to_provision
from koprogo.kit.testing import Operator
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged

LETTERS = """
create extension if not exists btree_gist;
create table firms (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid check (tenant_id = id),
    name text not null
);
create table letters (
    id uuid primary key,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    firm_id uuid references firms,
    answers uuid unique references letters,
    text text not null,
    length int not null generated always as (char_length(text)) stored,
    weight numeric,
    cents bigint not null default 9223372036854775807,
    content bytea,
    notes jsonb,
    tags text[] not null default '{}',
    written_at timestamptz not null default now(),
    written_in xid8 not null default pg_current_xact_id()
);
create index letters_of_firm on letters (firm_id);
create table stamps (
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    letter_id uuid not null references letters,
    code text not null,
    valid_during daterange not null,
    primary key (letter_id, code, valid_during without overlaps)
);
create table counters (
    letter_id uuid primary key references letters,
    tenant_id uuid not null default current_setting('koprogo.tenant')::uuid,
    stamps int not null
);
create function stamps_are_counted() returns trigger language plpgsql as $$
begin
    insert into counters (letter_id, stamps) values (new.letter_id, 1)
    on conflict (letter_id) do update set stamps = counters.stamps + 1;
    return null;
end $$;
create trigger counted after insert on stamps
    for each row when (current_setting('koprogo.restoring', true) is distinct from 'on')
    execute function stamps_are_counted();
do $$
declare name text;
begin
    foreach name in array array['firms', 'letters', 'stamps', 'counters'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy tenant on %I'
            ' using (tenant_id = (select current_setting(''koprogo.tenant'')::uuid))', name);
    end loop;
end $$;
"""


class Letters:
    """The pool of the service, its superuser, and what its compacted topic says."""

    def __init__(
        self, pool: Pool, superuser: asyncpg.Connection[asyncpg.Record], run_url: str, owner_url: str, package: str
    ) -> None:
        self.pool = pool
        self.superuser = superuser
        self.run_url, self.owner_url, self.package = run_url, owner_url, package
        self.topic = "letters.letter"
        self.operator = Operator(TenantLifecycle(pool, nothing_to_provision, self.told))

    async def told(self, connection: Connection, tenant: UUID) -> Sequence[Outgoing]:
        rows = await connection.fetch("select id from letters order by id")
        return [
            Outgoing(self.topic, str(row["id"]), GrantChanged(grant_id=str(row["id"]), organisation_id=str(tenant)))
            for row in rows
        ]

    async def write(self, tenant: UUID, count: int = 5) -> list[UUID]:
        """Letters that answer each other, the later ones first, and all that goes with them."""
        ids = sorted(uuid4() for _ in range(count))
        async with (uow := UnitOfWork(self.pool, tenant)):
            run = uow.connection.execute
            await run("insert into firms (id, name) values ($1, 'Dürer & fils')", tenant)
            for n, (id_, answered) in enumerate(zip(reversed(ids), [None, *reversed(ids)], strict=False)):
                await run(
                    "insert into letters (id, firm_id, answers, text, weight, content, notes, tags)"
                    " values ($1, $2, $3, $4, $5, $6, $7, $8)",
                    id_,
                    tenant,
                    answered,
                    f"Zeile {n}\nü\u2028\u0085\t\"'\\ {{tenant}} [1,2]",
                    None if n == 1 else "123456789012345678901234567890.10",
                    None if n == 2 else bytes(range(256)) * (n + 1),
                    None if n == 3 else '{"a": [1.50, null, "é"], "b": {"c": 12345678901234567890}}',
                    [] if n == 4 else ["x,y", 'z"', ""],
                )
                for code in ("b", "ä", "A"):
                    await run(
                        "insert into stamps (letter_id, code, valid_during) values ($1, $2, '[2026-01-01,)')", id_, code
                    )
            await uow.publish(*await self.told(uow.connection, tenant))
            await uow.is_new(uuid4())
            await run("insert into idempotency_keys (subject, key, fingerprint) values ($1, 'k', '\\x00')", uuid4())
        return ids


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process: nobody else has to hear of it."""
    monkeypatch.setattr(state, "CACHE_SECONDS", -0.5)


@pytest.fixture
async def letters(
    empty_database: tuple[str, str], admin_url: str, make_package: Callable[..., tuple[str, Path]]
) -> AsyncIterator[Letters]:
    owner, run = empty_database
    package, _ = make_package(m0001_letters=LETTERS)
    await migrate(owner, package)
    pool = await connect(run, size=4, service="letters")
    superuser = await asyncpg.connect(f"{admin_url}/{run.rpartition('/')[2]}")
    yield Letters(pool, superuser, run, owner, package)
    await superuser.close()
    await pool.close()
