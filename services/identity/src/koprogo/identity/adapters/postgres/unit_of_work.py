from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from koprogo.identity.adapters.postgres.grants import PostgresGrants
from koprogo.identity.adapters.postgres.invitations import PostgresInvitations
from koprogo.identity.adapters.postgres.organisations import PostgresOrganisations
from koprogo.identity.domain.invitation import State
from koprogo.kit.database import Connection, Pool, UnitOfWork


class PostgresMandates:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, association_id: UUID, name: str) -> bool:
        await self._alone()
        done = await self._connection.execute(
            # property may still be asked, and answer, while a tenant is being erased.
            "insert into mandates (association_id, name)"
            " select $1, $2 where not exists (select from tenants where state = 'erased') on conflict do nothing",
            association_id,
            name,
        )
        return done == "INSERT 0 1"

    async def all(self) -> Sequence[UUID]:
        await self._alone()
        return [row["association_id"] for row in await self._connection.fetch("select association_id from mandates")]

    async def _alone(self) -> None:
        """An association and a syndic that come at the same moment would not see each other: one waits."""
        await self._connection.execute(
            "select pg_advisory_xact_lock(hashtextextended(current_setting('koprogo.tenant'), 0))"
        )


class PostgresUnitOfWork(UnitOfWork):
    organisations: PostgresOrganisations
    invitations: PostgresInvitations
    mandates: PostgresMandates
    grants: PostgresGrants

    def _enter(self) -> None:
        self.organisations = PostgresOrganisations(self.connection)
        self.invitations = PostgresInvitations(self.connection)
        self.mandates = PostgresMandates(self.connection)
        self.grants = PostgresGrants(self)


class OpenInvitation(NamedTuple):
    id: UUID
    tenant: UUID
    state: State
    changed_at: datetime


async def organisation_of(pool: Pool, association_id: UUID) -> UUID | None:
    organisation: UUID | None = await pool.find("select organisation_of($1)", association_id)
    return organisation


async def open_invitations(pool: Pool) -> list[OpenInvitation]:
    rows = await pool.fetch_everywhere("select id, tenant_id, state, changed_at from open_invitations()")
    return [OpenInvitation(r["id"], r["tenant_id"], State(r["state"]), r["changed_at"]) for r in rows]
