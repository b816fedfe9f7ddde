"""identity's answer to "who may do what": its own table, and property for an association it has not heard of."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from koprogo.identity.adapters.postgres.grants import grants_of
from koprogo.identity.adapters.postgres.unit_of_work import PostgresUnitOfWork, organisation_of
from koprogo.identity.application.ports import Property
from koprogo.identity.application.take_over_association import whose_association
from koprogo.identity.domain.grant import Grant
from koprogo.kit import access
from koprogo.kit.database import Pool


class OwnGrants:
    def __init__(self, pool: Pool, property_: Property) -> None:
        self._pool = pool
        self._property = property_

    async def look_up(self, subject: UUID, association: UUID | None) -> tuple[list[Grant], UUID | None]:
        organisation = None
        if association is not None:
            organisation = await whose_association(
                association,
                known=await organisation_of(self._pool, association),
                property_=self._property,
                uow=partial(PostgresUnitOfWork, self._pool),
                today=datetime.now(UTC).date(),
            )
        return await grants_of(self._pool, subject), organisation

    async def ask(self, subject: UUID, association: UUID | None) -> tuple[Sequence[access.Grant], UUID | None]:
        grants, organisation = await self.look_up(subject, association)
        return [access.Grant(g.organisation_id, g.association_id, g.role, g.co_owner_id) for g in grants], organisation
