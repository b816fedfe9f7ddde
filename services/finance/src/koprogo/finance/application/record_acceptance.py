from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import UnitOfWork
from koprogo.kernel.errors import Stale


class RecordAcceptance(msgspec.Struct, forbid_unknown_fields=True):
    provisional_acceptance: date | None
    """Of the common parts; None: not known."""


async def record_acceptance(association_id: UUID, command: RecordAcceptance, *, uow: UnitOfWork, version: int) -> int:
    """From this day five years run until the contribution to the reserve fund is due (R121)."""
    async with uow:
        books = await uow.books.locked(association_id)
        if books.version != version:
            raise Stale("The books were changed since you read them; read them again.")
        await uow.books.save_acceptance(association_id, command.provisional_acceptance)
    return version + 1
