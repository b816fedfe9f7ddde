from collections.abc import Sequence
from uuid import UUID

import asyncpg

from koprogo.kernel.errors import Conflict, NotFound, Stale
from koprogo.kernel.words import Language, Region
from koprogo.kit.database import Connection, Outgoing, UnitOfWork
from koprogo.property.adapters.events import outgoing
from koprogo.property.domain.association import Association, AssociationChanged


class AssociationExists(Conflict):
    reason = "ASSOCIATION_EXISTS"


async def told(connection: Connection, organisation_id: UUID) -> Sequence[Outgoing]:
    """All that `property.association` says of an organisation."""
    rows = await connection.fetch("select id, name, languages from associations")
    changed = (
        AssociationChanged(row["id"], row["name"], tuple(Language(one) for one in row["languages"])) for row in rows
    )
    return [outgoing(event, organisation_id) for event in changed]


class PostgresAssociations:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get(self, association_id: UUID) -> Association:
        row = await self._uow.connection.fetchrow(
            "select id, name, enterprise_number, address, region, languages, share_denominator, version"
            " from associations where id = $1",
            association_id,
        )
        if row is None:
            raise NotFound("There is no such association.")
        return Association(
            id=row["id"],
            name=row["name"],
            enterprise_number=row["enterprise_number"],
            address=row["address"],
            region=Region(row["region"]),
            languages=[Language(language) for language in row["languages"]],
            share_denominator=row["share_denominator"],
            version=row["version"],
            events=[],
        )

    async def save(self, association: Association) -> None:
        connection = self._uow.connection
        values = (
            association.id,
            association.name,
            association.enterprise_number,
            association.address,
            association.region.value,
            [language.value for language in association.languages],
            association.share_denominator,
        )
        if association.version == 0:
            try:
                await connection.execute(
                    "insert into associations"
                    " (id, name, enterprise_number, address, region, languages, share_denominator)"
                    " values ($1, $2, $3, $4, $5, $6, $7)",
                    *values,
                )
            except asyncpg.UniqueViolationError as twice:
                raise AssociationExists(
                    "An association with this id or enterprise number is already in management.",
                    field="enterprise_number",
                ) from twice
        else:
            done = await connection.execute(
                "update associations set name = $2, enterprise_number = $3, address = $4, region = $5,"
                " languages = $6, share_denominator = $7, version = version + 1"
                " where id = $1 and version = $8",
                *values,
                association.version,
            )
            if done != "UPDATE 1":
                raise Stale("The association was changed at the same moment; read it again.")
        association.version += 1
        await self._uow.publish(*(outgoing(event, self._uow.tenant) for event in association.events))
        association.events.clear()

    async def shares_sum(self, association_id: UUID) -> int:
        total: int = await self._uow.connection.fetchval(
            "select coalesce(sum(shares), 0)::bigint from lots where association_id = $1", association_id
        )
        return total
