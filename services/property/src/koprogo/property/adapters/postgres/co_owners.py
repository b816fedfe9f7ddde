from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import Conflict, NotFound, Stale
from koprogo.kernel.words import Language
from koprogo.kit.database import Connection
from koprogo.property.domain.co_owner import CoOwner
from koprogo.property.domain.voter_roll import Contact


class CoOwnerExists(Conflict):
    reason = "CO_OWNER_EXISTS"


class PostgresCoOwners:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def by_reference(self, association_id: UUID) -> Mapping[str, UUID]:
        rows = await self._connection.fetch(
            "select reference, id from co_owners where association_id = $1", association_id
        )
        return {row["reference"]: row["id"] for row in rows}

    async def get(self, association_id: UUID, co_owner_id: UUID) -> CoOwner:
        row = await self._connection.fetchrow(
            "select id, reference, kind, name, language, address, email, accepts_email, version"
            " from co_owners where association_id = $1 and id = $2",
            association_id,
            co_owner_id,
        )
        if row is None:
            raise NotFound("There is no such co-owner.")
        return CoOwner(**{**dict(row), "language": Language(row["language"])})

    async def save(self, association_id: UUID, co_owner: CoOwner) -> None:
        done = await self._connection.execute(
            "update co_owners set name = $3, language = $4, address = $5, email = $6, accepts_email = $7,"
            " version = version + 1 where association_id = $1 and id = $2 and version = $8",
            association_id,
            co_owner.id,
            co_owner.name,
            co_owner.language.value,
            co_owner.address,
            co_owner.email,
            co_owner.accepts_email,
            co_owner.version,
        )
        if done != "UPDATE 1":
            raise Stale("The co-owner was changed at the same moment; read him again.")
        co_owner.version += 1

    async def add_all(self, association_id: UUID, co_owners: Iterable[CoOwner]) -> None:
        try:
            await self._connection.executemany(
                "insert into co_owners"
                " (id, association_id, reference, kind, name, language, address, email, accepts_email)"
                " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                [
                    (
                        c.id,
                        association_id,
                        c.reference,
                        c.kind,
                        c.name,
                        c.language.value,
                        c.address,
                        c.email,
                        c.accepts_email,
                    )
                    for c in co_owners
                ],
            )
        except asyncpg.UniqueViolationError as twice:
            raise CoOwnerExists("A co-owner with this reference or id is there already; name him by his id.") from twice

    async def contacts(self, association_id: UUID, ids: Sequence[UUID] | None = None) -> Mapping[UUID, Contact]:
        rows = await self._connection.fetch(
            "select id, name, language, address, email, accepts_email from co_owners"
            " where association_id = $1 and ($2::uuid[] is null or id = any($2))",
            association_id,
            ids,
        )
        return {
            row["id"]: Contact(
                row["id"],
                row["name"],
                Language(row["language"]),
                tuple(row["address"]),
                row["email"],
                row["accepts_email"],
            )
            for row in rows
        }
