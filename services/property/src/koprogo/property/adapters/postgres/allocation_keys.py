from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import Conflict
from koprogo.kit.database import Connection
from koprogo.property.application.views import AllocationKeyView


class AllocationKeyExists(Conflict):
    reason = "ALLOCATION_KEY_EXISTS"


class PostgresAllocationKeys:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, association_id: UUID, key_id: UUID, name: str, shares: Mapping[UUID, int]) -> None:
        try:
            await self._connection.execute(
                "insert into allocation_keys (id, association_id, name) values ($1, $2, $3)",
                key_id,
                association_id,
                name,
            )
        except asyncpg.UniqueViolationError as twice:
            raise AllocationKeyExists("There is already a key with this id or name.", field="name") from twice
        await self._connection.executemany(
            "insert into allocation_key_shares (key_id, lot_id, shares) values ($1, $2, $3)",
            [(key_id, lot_id, parts) for lot_id, parts in shares.items()],
        )

    async def all(self, association_id: UUID) -> Sequence[AllocationKeyView]:
        rows = await self._connection.fetch(
            "select k.id, k.name, array_agg(s.lot_id order by s.lot_id) as lots,"
            " array_agg(s.shares order by s.lot_id) as shares"
            " from allocation_keys k join allocation_key_shares s on s.key_id = k.id"
            " where k.association_id = $1 group by k.id, k.name order by k.name",
            association_id,
        )
        return [
            AllocationKeyView(
                row["id"], row["name"], dict(zip(row["lots"], row["shares"], strict=True)), sum(row["shares"])
            )
            for row in rows
        ]
