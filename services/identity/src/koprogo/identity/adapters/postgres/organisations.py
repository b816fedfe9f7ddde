from collections.abc import Sequence
from uuid import UUID

import asyncpg

from koprogo.identity.application.views import OrganisationView
from koprogo.identity.domain.organisation import Organisation
from koprogo.kernel.errors import Conflict, NotFound
from koprogo.kit.database import Connection, Pool


class OrganisationExists(Conflict):
    reason = "ORGANISATION_EXISTS"


class PostgresOrganisations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, organisation: Organisation) -> None:
        try:
            # The id of an organisation that was erased is not used again.
            done = await self._connection.execute(
                "insert into organisations (id, name) select $1, $2"
                " where not exists (select from tenants where state = 'erased')",
                organisation.id,
                organisation.name,
            )
        except asyncpg.UniqueViolationError as twice:
            raise OrganisationExists("There is an organisation with this id.", field="id") from twice
        if done == "INSERT 0 0":
            raise OrganisationExists("There was an organisation with this id; choose another.", field="id")

    async def get(self, organisation_id: UUID) -> Organisation:
        row = await self._connection.fetchrow("select id, name from organisations where id = $1", organisation_id)
        if row is None:
            raise NotFound("There is no such organisation.")
        return Organisation(row["id"], row["name"])


async def all_organisations(pool: Pool, limit: int, after: str | None) -> Sequence[OrganisationView]:
    """In the order of their ids, whichever database each is in."""
    rows = await pool.fetch_everywhere("select id, name from organisations_after($1, $2)", after, limit)
    return sorted((OrganisationView(row["id"], row["name"]) for row in rows), key=lambda one: one.id)[:limit]
