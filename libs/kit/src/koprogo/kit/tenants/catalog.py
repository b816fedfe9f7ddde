"""The tables that hold tenants' rows, as the database itself describes them: a new one is never forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter

import msgspec

from koprogo.kit.database import Connection

KEPT = frozenset({"tenants", "tenant_operations"})
"""What says that a tenant was here, and nothing else of him."""
IN_PASSING = frozenset({"outbox", "inbox", "idempotency_keys", "restored_references"})
"""Of no use under another id."""

TABLES = """
select c.oid, c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  and a.attname = 'tenant_id' and not a.attisdropped order by c.relname
"""
# Computed columns compute themselves; an id of a transaction means something in its own database alone.
COLUMNS = """
select a.attrelid as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       a.attcollation <> 0 as is_text, array_position(i.indkey::int2[], a.attnum) as key_position
from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped and a.attname <> 'tenant_id'
  and a.attgenerated = '' and a.atttypid <> 'xid8'::regtype order by a.attrelid, a.attnum
"""
REFERENCES = """
select f.conrelid as "table", t.relname as to_table, f.confrelid = f.conrelid as is_to_itself,
       (select attname from pg_attribute where attrelid = f.conrelid and attnum = f.conkey[1]) as column
from pg_constraint f join pg_class t on t.oid = f.confrelid
where f.contype = 'f' and f.conrelid = any($1::oid[]) order by f.conrelid, f.conname
"""


class Column(msgspec.Struct, frozen=True):
    name: str
    type: str
    is_text: bool
    key_position: int | None


class Table(msgspec.Struct, frozen=True):
    name: str
    columns: Sequence[Column]
    refers_to: frozenset[str]
    """Other tables, whose rows come first."""
    own_references: Sequence[str]
    """Columns that refer to a row of this same table."""

    @property
    def key(self) -> list[Column]:
        found = [(c.key_position, c) for c in self.columns if c.key_position is not None]
        return [column for _, column in sorted(found, key=lambda pair: pair[0])]

    @property
    def has_files(self) -> bool:
        return any(column.type == "bytea" for column in self.columns)


async def tables(connection: Connection) -> list[Table]:
    """All with a tenant, those that are referred to first."""
    oids = {row["oid"]: row["name"] for row in await connection.fetch(TABLES)}
    columns = await connection.fetch(COLUMNS, list(oids))
    references = await connection.fetch(REFERENCES, list(oids))
    found = {
        name: Table(
            name,
            [Column(c["name"], c["type"], c["is_text"], c["key_position"]) for c in columns if c["table"] == oid],
            frozenset(r["to_table"] for r in references if r["table"] == oid and not r["is_to_itself"]),
            [r["column"] for r in references if r["table"] == oid and r["is_to_itself"]],
        )
        for oid, name in oids.items()
    }
    order = TopologicalSorter({name: sorted(table.refers_to) for name, table in found.items()}).static_order()
    return [found[name] for name in order]


async def exported(connection: Connection) -> list[Table]:
    return [table for table in await tables(connection) if table.name not in KEPT | IN_PASSING]
