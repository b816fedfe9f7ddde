"""An export brought back under another tenant: same ids, same kept figures, nothing computed anew."""

from __future__ import annotations

import asyncpg

from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kit.database import PLATFORM, Connection
from koprogo.kit.tenants.catalog import Column, Table, exported
from koprogo.kit.tenants.export import PATIENCE


class TableUnknown(DomainError):
    reason = "TABLE_UNKNOWN"


class RowsUnreadable(DomainError):
    reason = "ROWS_UNREADABLE"


class ImportOutOfOrder(Conflict):
    reason = "IMPORT_OUT_OF_ORDER"


class RowsStandElsewhere(Conflict):
    """An id is of one tenant at a time."""

    reason = "ROWS_STAND_ELSEWHERE"


async def restoring(connection: Connection) -> None:
    """Until this transaction ends no trigger keeps figures or forbids changes: they were, when the rows were made."""
    await connection.execute("set local koprogo.restoring = 'on'")


async def add_rows(connection: Connection, name: str, rows: bytes) -> int:
    """A page of an export; returns how many of its rows were not there yet."""
    table = next((table for table in await exported(connection) if table.name == name), None)
    if table is None:
        raise TableUnknown("This service exports no such table.", table=name)
    # Not by splitlines, which would also split at separators inside a text.
    lines = rows.decode().removesuffix("\n").split("\n") if rows else []
    page = f"[{','.join(lines)}]"
    try:
        added = await _insert(connection, table, page)
    except asyncpg.ForeignKeyViolationError as early:
        raise ImportOutOfOrder("Import the pages in the order they were exported in.", table=name) from early
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as wrong:
        raise RowsUnreadable("These are no rows of this table.", table=name) from wrong
    if added < len(lines) and await _present(connection, table, page) < len(lines):
        raise RowsStandElsewhere("These rows are still another tenant's; erase him first.", table=name)
    return added


async def _insert(connection: Connection, table: Table, page: str) -> int:
    for column in table.own_references:
        await connection.execute(
            "insert into restored_references (table_name, column_name, row_id, refers_to)"  # noqa: S608
            f' select $2, $3, r."{table.key[0].name}", r."{column}"'
            f' from json_populate_recordset(null::"{table.name}", $1::json) r where r."{column}" is not null'
            " on conflict do nothing",
            page,
            table.name,
            column,
        )
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join("null" if c.name in table.own_references else _read(c) for c in table.columns)
    done: str = await connection.execute(
        f'insert into "{table.name}" ({names}) select {values}'  # noqa: S608
        f' from json_populate_recordset(null::"{table.name}", $1::json) r on conflict do nothing',
        page,
        timeout=PATIENCE,
    )
    return int(done.rpartition(" ")[2])


async def _present(connection: Connection, table: Table, page: str) -> int:
    same = " and ".join(f't."{c.name}" = {_read(c)}' for c in table.key)
    found: int = await connection.fetchval(
        f'select count(*) from json_populate_recordset(null::"{table.name}", $1::json) r'  # noqa: S608
        f' where exists (select from "{table.name}" t where {same})',
        page,
        timeout=PATIENCE,
    )
    return found


async def refer_back(connection: Connection) -> None:
    """Once all rows are there, they refer to each other as they did."""
    for table in await exported(connection):
        for column in table.own_references:
            await connection.execute(
                f'update "{table.name}" t set "{column}" = r.refers_to from restored_references r'  # noqa: S608
                f' where r.table_name = $1 and r.column_name = $2 and t."{table.key[0].name}" = r.row_id',
                table.name,
                column,
                timeout=PATIENCE,
            )
    await connection.execute("delete from restored_references")


def _read(column: Column) -> str:
    name = f'r."{column.name}"'
    if column.type == "uuid":
        return f"case when {name} = '{PLATFORM}' then current_setting('koprogo.tenant')::uuid else {name} end"
    return name
