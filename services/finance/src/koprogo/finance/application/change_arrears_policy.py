from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.arrears import ArrearsPolicy
from koprogo.kernel.errors import Stale
from koprogo.kernel.money import cents


class ChangeArrearsPolicy(msgspec.Struct, forbid_unknown_fields=True):
    threshold: Annotated[str, msgspec.Meta(pattern=r"^\d{1,7}(\.\d{1,2})?$", description='Euro, as in "5.00"')]
    """Who owes less is not reminded."""
    statement_days: Annotated[int, msgspec.Meta(ge=0, le=60)]
    """How old the last statement of the bank may be when reminders go out."""
    safe_mode: bool
    """R143: the first reminder is free, and fourteen days pass before anything is charged."""


async def change_arrears_policy(
    association_id: UUID, command: ChangeArrearsPolicy, *, uow: UnitOfWork, version: int
) -> int:
    async with uow:
        await uow.books.locked(association_id)
        if (await uow.arrears.policy(association_id)).version != version:
            raise Stale("The policy was changed since you read it; read it again.")
        policy = ArrearsPolicy(cents(command.threshold), command.statement_days, command.safe_mode, version + 1)
        await uow.arrears.save_policy(association_id, policy)
    return policy.version
