"""What the routes of this service share."""

from typing import Annotated

from litestar.params import Dependency

from koprogo.kernel.words import Role
from koprogo.property.application.ports import UnitOfWork

Uow = Annotated[UnitOfWork, Dependency(skip_validation=True)]
READERS = (Role.SYNDIC, Role.ACCOUNTANT, Role.BOARD_MEMBER, Role.SUPER_ADMIN)
