"""What keeps tenants apart in a database, looked up in its catalogue: a table that was forgotten is found here."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from koprogo.kit.database import Connection

WITHOUT_TENANT = frozenset({"migrations"})

TABLES = """
select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
               and a.attnotnull and not a.attisdropped) as has_tenant
from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by c.relname
"""

POLICIES = """
select tablename as name, policyname, cmd, coalesce(qual, '') as reads, coalesce(with_check, '') as writes
from pg_policies where schemaname = 'public' and (roles @> '{public}' or roles @> array[$1::name])
"""


async def holes(connection: asyncpg.Connection[asyncpg.Record] | Connection, run_role: str) -> list[str]:
    """Every way past the tenants, by table: no tenant, security not forced, no policy, a policy that lets all pass."""
    found = []
    policies = await connection.fetch(POLICIES, run_role)
    for table in await connection.fetch(TABLES):
        name = table["name"]
        if name in WITHOUT_TENANT:
            continue
        if not table["has_tenant"]:
            found.append(f"{name} has no tenant_id")
        if not (table["enabled"] and table["forced"]):
            found.append(f"{name} does not force row-level security")
        if not any(p["name"] == name and "koprogo.tenant" in p["reads"] + p["writes"] for p in policies):
            found.append(f"{name} has no policy that reads the tenant")
    for policy in policies:
        conditions = [text for text in (policy["reads"], policy["writes"]) if text]
        if not conditions or any("koprogo." not in text for text in conditions):
            found.append(f"the policy {policy['policyname']} on {policy['name']} lets everybody pass")
    return found


async def powers(connection: asyncpg.Connection[asyncpg.Record] | Connection) -> list[str]:
    """What the role of this connection could do that a running service must not."""
    row = await connection.fetchrow(
        "select rolsuper as superuser, rolbypassrls as bypassrls, rolcreaterole as createrole, rolcreatedb as createdb,"
        " has_schema_privilege(rolname, 'public', 'create') as create_table,"
        " has_database_privilege(rolname, current_database(), 'create') as create_schema,"
        " exists (select from pg_class c where c.relnamespace = 'public'::regnamespace"
        "         and pg_has_role(r.oid, c.relowner, 'member')) as owner,"
        " exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
        "         and has_table_privilege(r.oid, c.oid, 'truncate')) as truncate"
        " from pg_roles r where rolname = current_user"
    )
    assert row is not None
    return [power for power, has in row.items() if has]


async def seen_rows(connection: asyncpg.Connection[asyncpg.Record] | Connection) -> dict[str, int]:
    """How many rows of each table with a tenant this connection sees."""
    names = [t["name"] for t in await connection.fetch(TABLES) if t["has_tenant"]]
    return {name: await connection.fetchval(f'select count(*) from "{name}"') for name in names}  # noqa: S608


async def traces(superuser: asyncpg.Connection[asyncpg.Record], *ids: UUID) -> dict[str, int]:
    """How many rows of each table of the database, of whatever tenant, hold one of `ids`: as such, or in a file."""
    patterns = [f"%{form}%" for id_ in ids for form in (str(id_), str(id_).encode().hex(), id_.hex)]
    found = {}
    for table in await superuser.fetch(TABLES):
        name = table["name"]
        count = await superuser.fetchval(f'select count(*) from "{name}" t where t::text like any($1)', patterns)  # noqa: S608
        if count:
            found[name] = count
    return found


async def in_the_way(connection: asyncpg.Connection[asyncpg.Record] | Connection) -> list[str]:
    """What would disturb a restoration, or make an erasure take for ever: by each row that goes, its references."""
    triggers = await connection.fetch(
        "select tgrelid::regclass::text || ': the trigger ' || tgname || ' does not stand aside for a restoration'"
        " from pg_trigger where not tgisinternal and pg_get_triggerdef(oid) not like '%koprogo.restoring%'"
    )
    references = await connection.fetch(
        "select f.conrelid::regclass::text || ': no index begins with a column of ' || f.conname from pg_constraint f"
        " where f.contype = 'f' and f.connamespace = 'public'::regnamespace and not exists ("
        "   select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(f.conkey)"
        "   where i.indrelid = f.conrelid and (i.indkey::int2[])[0] = any(f.conkey)"
        "     and coalesce(pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname), true))"
    )
    return sorted(row[0] for row in [*triggers, *references])
