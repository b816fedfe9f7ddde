"""What the routes of this service share."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar.params import Dependency

from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.kernel.words import Role

Uow = Annotated[UnitOfWork, Dependency(skip_validation=True)]
KnowsProperty = Annotated[Property, Dependency(skip_validation=True)]
Clock = Annotated[Callable[[], datetime], Dependency(skip_validation=True)]

BOOKKEEPERS = (Role.ACCOUNTANT, Role.SUPER_ADMIN)
MANAGERS = (Role.SYNDIC, Role.ACCOUNTANT, Role.SUPER_ADMIN)
READERS = (Role.SYNDIC, Role.ACCOUNTANT, Role.BOARD_MEMBER, Role.SUPER_ADMIN)
HERE = "/associations/{association_id:uuid}"
BRUSSELS = ZoneInfo("Europe/Brussels")


class Created(msgspec.Struct):
    id: UUID


def day_of(moment: datetime) -> date:
    """The day it is in Belgium."""
    return moment.astimezone(BRUSSELS).date()
