from uuid import UUID

from koprogo.kit.database import Pool, UnitOfWork
from koprogo.property.adapters.postgres.allocation_keys import PostgresAllocationKeys
from koprogo.property.adapters.postgres.associations import PostgresAssociations
from koprogo.property.adapters.postgres.co_owners import PostgresCoOwners
from koprogo.property.adapters.postgres.lots import PostgresLots
from koprogo.property.adapters.postgres.screens import PostgresScreens


class PostgresUnitOfWork(UnitOfWork):
    associations: PostgresAssociations
    lots: PostgresLots
    co_owners: PostgresCoOwners
    allocation_keys: PostgresAllocationKeys
    screens: PostgresScreens

    def _enter(self) -> None:
        self.associations = PostgresAssociations(self)
        self.lots = PostgresLots(self)
        self.co_owners = PostgresCoOwners(self.connection)
        self.allocation_keys = PostgresAllocationKeys(self.connection)
        self.screens = PostgresScreens(self.connection)


async def organisation_of(pool: Pool, association_id: UUID) -> UUID | None:
    """Whose an association is, asked before a tenant is known."""
    organisation: UUID | None = await pool.find("select organisation_of($1)", association_id)
    return organisation
