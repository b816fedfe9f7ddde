from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import AccountCode, Texts
from koprogo.finance.application.ports import UnitOfWork


class AddAccount(msgspec.Struct, forbid_unknown_fields=True):
    code: AccountCode
    names: Texts


async def add_account(association_id: UUID, command: AddAccount, *, uow: UnitOfWork) -> None:
    """Extend the chart below one of its headings."""
    async with uow:
        books = await uow.books.locked(association_id)
        await uow.books.add_account(association_id, books.chart.extended(command.code, command.names))
