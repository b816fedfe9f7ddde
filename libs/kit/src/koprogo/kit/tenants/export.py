"""A tenant's rows as lines of JSON, page by page, and the manifest that proves them whole.

A line holds no tenant: the column is left out, and an id that is the tenant's own is written as that of nobody.
So the same rows have the same hash under every tenant.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence

import msgspec

from koprogo.kernel.errors import DomainError
from koprogo.kit.database import PLATFORM, Connection
from koprogo.kit.tenants.catalog import Column, Table, exported

PAGE_BYTES = 1_000_000
AT_ONCE, FILES_AT_ONCE = 100, 4
"""Rows fetched at a time; those with whole files in them are large."""
PATIENCE = 3600
"""Seconds for one statement: the caller's deadline is what ends it."""


class CursorUnknown(DomainError):
    reason = "CURSOR_UNKNOWN"


class Cursor(msgspec.Struct, frozen=True):
    table: str
    after: list[str]
    """The key of the last row that was told; empty at the beginning."""


class Page(msgspec.Struct, frozen=True):
    table: str
    rows: bytes
    next: Cursor | None


class Manifest(msgspec.Struct, frozen=True):
    table: str
    count: int
    sha256: str


async def page(connection: Connection, cursor: Cursor | None) -> Page:
    """The rows after the cursor: of one table, at most about `PAGE_BYTES`."""
    left = await exported(connection)
    if cursor is not None:
        names = [table.name for table in left]
        if cursor.table not in names:
            raise CursorUnknown("This cursor is of no export of this service; start again without one.")
        left = left[names.index(cursor.table) :]
    after = cursor.after if cursor else []
    for position, table in enumerate(left):
        rows, size = list[bytes](), 0
        async for line, key in _lines(connection, table, after):
            rows.append(line)
            size += len(line)
            if size >= PAGE_BYTES:
                return Page(table.name, b"".join(rows), Cursor(table.name, key))
        after = []
        if rows:
            following = left[position + 1 : position + 2]
            return Page(table.name, b"".join(rows), Cursor(following[0].name, []) if following else None)
    return Page("", b"", None)


async def pages(connection: Connection) -> AsyncIterator[Page]:
    """All that have rows, of the moment of this transaction."""
    cursor = None
    while True:
        found = await page(connection, cursor)
        if found.rows:
            yield found
        if (cursor := found.next) is None:
            return


async def manifest(connection: Connection) -> list[Manifest]:
    found = []
    for table in await exported(connection):
        count, digest = 0, hashlib.sha256()
        async for line, _ in _lines(connection, table, []):
            count += 1
            digest.update(line)
        found.append(Manifest(table.name, count, digest.hexdigest()))
    return found


async def counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: await connection.fetchval(f'select count(*) from "{table.name}"', timeout=PATIENCE)  # noqa: S608
        for table in await exported(connection)
    }


async def begin_reading(connection: Connection) -> None:
    """All that this transaction reads is of one moment, and written the same wherever it is read."""
    await connection.execute("set transaction isolation level repeatable read, read only")
    await connection.execute("set local timezone = 'UTC'; set local bytea_output = 'hex'; set local jit = off")


async def _lines(connection: Connection, table: Table, after: Sequence[str]) -> AsyncIterator[tuple[bytes, list[str]]]:
    """Each row with its line feed, and its key, in the order of keys, which no language of the database changes."""
    selected = ", ".join(_written(column) for column in table.columns)
    key = ", ".join(f't."{c.name}"::text' for c in table.key)
    order = ", ".join(_compared(f't."{c.name}"', c) for c in table.key)
    bounds = ", ".join(_compared(f"${n}::text::{c.type}", c) for n, c in enumerate(table.key, 1))
    following = f"where ({order}) > ({bounds})" if after else ""
    async for row in connection.cursor(
        f'select (select row_to_json(r) from (select {selected}) r)::text, array[{key}] from "{table.name}" t'  # noqa: S608
        f" {following} order by {order}",
        *after,
        prefetch=FILES_AT_ONCE if table.has_files else AT_ONCE,
        timeout=PATIENCE,
    ):
        yield f"{row[0]}\n".encode(), row[1]


def _written(column: Column) -> str:
    name = f't."{column.name}"'
    if column.type == "uuid":
        return f"case when {name} = t.tenant_id then '{PLATFORM}' else {name} end as \"{column.name}\""
    if column.type.startswith("numeric"):
        return f'{name}::text as "{column.name}"'
    return name


def _compared(expression: str, column: Column) -> str:
    return f'{expression} collate "C"' if column.is_text else expression
