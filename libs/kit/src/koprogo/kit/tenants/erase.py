"""All that a tenant has in this service, gone: rows, what waited to be told, and what compacted topics still say."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from koprogo.kit.database import PLATFORM, Connection, Outgoing, UnitOfWork
from koprogo.kit.tenants.catalog import KEPT, tables
from koprogo.kit.tenants.export import PATIENCE
from koprogo.kit.tenants.restore import restoring


async def erase(uow: UnitOfWork, tenant: UUID, told: Sequence[Outgoing]) -> None:
    """In the transaction of `uow`. `told`: what the compacted topics of this service say of the tenant."""
    connection = uow.connection
    await restoring(connection)
    for table in reversed(await tables(connection)):
        if table.name not in KEPT | {"outbox"}:
            await connection.execute(f'delete from "{table.name}"', timeout=PATIENCE)  # noqa: S608
    await drop_outbox(connection, tenant)
    await tell_tombstones(uow, told)


async def drop_outbox(connection: Connection, tenant: UUID) -> None:
    """Only the relay sees what waits for it, and it sees it of all tenants."""
    await connection.execute("set local koprogo.relay = 'on'")
    await connection.execute("delete from outbox where tenant_id = $1", tenant, timeout=PATIENCE)
    await connection.execute("set local koprogo.relay = 'off'")


async def tell_tombstones(uow: UnitOfWork, told: Sequence[Outgoing]) -> None:
    """As nobody's, from here on: they must not say whose they are."""
    await uow.connection.execute(f"set local koprogo.tenant = '{PLATFORM}'")
    await uow.publish(*(fact._replace(message=None) for fact in told))
