"""What a new tenant begins with: the organisation, and the syndic who may invite the others."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from koprogo.identity.application.create_organisation import CreateOrganisation, create_organisation
from koprogo.identity.application.ports import UnitOfWork
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kit.ids import new_id
from koprogo.kit.tenants import NewTenant


def provision(uow_of: Callable[[UUID], UnitOfWork]) -> Callable[[NewTenant], Awaitable[None]]:
    """An organisation that is there, whoever made it or restored it, stays as it is."""

    async def begin(tenant: NewTenant) -> None:
        syndic = {"email": tenant.syndic_email, "name": tenant.syndic_name, "language": tenant.syndic_language}
        try:
            command = msgspec.convert(
                {"name": tenant.name, "first_syndic": syndic, "id": tenant.id}, CreateOrganisation
            )
        except msgspec.ValidationError as wrong:
            raise DomainError(str(wrong)) from wrong
        try:
            await create_organisation(command, organisation_id=tenant.id, uow=uow_of(tenant.id), new_id=new_id())
        except Conflict:
            return

    return begin
