from collections.abc import Callable
from datetime import date
from uuid import UUID

from koprogo.identity.application.ports import Property, UnitOfWork
from koprogo.identity.domain.grant import COVERS_ASSOCIATIONS, Grant


async def take_over_association(association_id: UUID, name: str, *, uow: UnitOfWork, today: date) -> None:
    """An association has come into the organisation's mandate: its syndics and accountants may work on it."""
    async with uow:
        if not await uow.mandates.add(association_id, name):
            return
        for grant in await uow.grants.on_organisation():
            if grant.role in COVERS_ASSOCIATIONS:
                await uow.grants.save(
                    Grant(grant.subject, grant.organisation_id, association_id, grant.role, None, today)
                )


async def whose_association(
    association_id: UUID,
    *,
    known: UUID | None,
    property_: Property,
    uow: Callable[[UUID], UnitOfWork],
    today: date,
) -> UUID | None:
    """The organisation whose an association is; asked of property when its event is still under way."""
    if known is not None:
        return known
    found = await property_.association(association_id)
    if found is None:
        return None
    await take_over_association(association_id, found.name, uow=uow(found.organisation_id), today=today)
    return found.organisation_id
