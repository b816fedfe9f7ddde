"""What the routes of this service share."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from litestar.params import Dependency

from koprogo.governance.application.ports import Documents, Property, UnitOfWork
from koprogo.kernel.words import Role

Uow = Annotated[UnitOfWork, Dependency(skip_validation=True)]
KnowsProperty = Annotated[Property, Dependency(skip_validation=True)]
KnowsDocuments = Annotated[Documents, Dependency(skip_validation=True)]
Clock = Annotated[Callable[[], datetime], Dependency(skip_validation=True)]

MANAGERS = (Role.SYNDIC, Role.SUPER_ADMIN)
READERS = (Role.SYNDIC, Role.SUPER_ADMIN, Role.ACCOUNTANT, Role.BOARD_MEMBER, Role.OWNER)
MEETING = "/associations/{association_id:uuid}/meetings/{meeting_id:uuid}"
ITEM = MEETING + "/items/{item_id:uuid}"
