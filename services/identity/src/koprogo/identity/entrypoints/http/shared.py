from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated
from uuid import UUID

from litestar.params import Dependency

from koprogo.identity.application.ports import Property, UnitOfWork
from koprogo.identity.application.views import OrganisationView
from koprogo.identity.domain.grant import Grant

Uow = Annotated[UnitOfWork, Dependency(skip_validation=True)]
UowOf = Annotated[Callable[[UUID], UnitOfWork], Dependency(skip_validation=True)]
KnowsProperty = Annotated[Property, Dependency(skip_validation=True)]
AllOrganisations = Annotated[
    Callable[[int, str | None], Awaitable[Sequence[OrganisationView]]], Dependency(skip_validation=True)
]
GrantsOf = Annotated[Callable[[UUID], Awaitable[list[Grant]]], Dependency(skip_validation=True)]
