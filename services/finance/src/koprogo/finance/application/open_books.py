from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Amount, Text
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import BankAccount
from koprogo.finance.domain.chart_template import Policies, ReserveClass, chart
from koprogo.kernel.errors import DomainError, Stale
from koprogo.kernel.money import cents


class ClauseMissing(DomainError):
    """R141."""

    reason = "CLAUSE_MISSING"


class OpenBooks(msgspec.Struct, forbid_unknown_fields=True):
    reserve_class: ReserveClass = ReserveClass.CLASS_16


async def open_books(association_id: UUID, command: OpenBooks, *, uow: UnitOfWork) -> None:
    """Copy the chart of the template (R110, R113). The year comes next, then the bank accounts."""
    policies = Policies(command.reserve_class)
    async with uow:
        await uow.books.open(association_id, policies, chart(policies.reserve_class))


class ChangeClause(msgspec.Struct, forbid_unknown_fields=True):
    statutes_clause: Annotated[str, msgspec.Meta(max_length=500)]
    """As it stands in the co-ownership rules, with its article; empty: none."""
    reminder_cost: Amount = "0"


async def change_clause(association_id: UUID, command: ChangeClause, *, uow: UnitOfWork, version: int) -> int:
    """Record what the statutes allow to charge for arrears: without a clause nothing is (R141)."""
    cost = cents(command.reminder_cost)
    if cost < 0 or (cost and not command.statutes_clause):
        raise ClauseMissing(
            "A cost for reminders needs the clause of the co-ownership rules that allows it (art. 3.85).",
            field="statutes_clause",
        )
    async with uow:
        books = await uow.books.locked(association_id)
        if books.version != version:
            raise Stale("The books were changed since you read them; read them again.")
        await uow.books.save_clause(association_id, command.statutes_clause, cost)
    return version + 1


class AddBankAccount(msgspec.Struct, forbid_unknown_fields=True):
    iban: Annotated[str, msgspec.Meta(min_length=14, max_length=42)]
    holder: Text
    """The association's own name, as the bank has it."""
    fund: Fund
    id: UUID | None = None


async def add_bank_account(
    association_id: UUID, command: AddBankAccount, *, iban: str, uow: UnitOfWork, new_id: UUID
) -> BankAccount:
    """`iban` is the command's, checked and without spaces."""
    async with uow:
        books = await uow.books.locked(association_id)
        bank_account, account = books.new_bank_account(command.id or new_id, iban, command.holder, command.fund)
        if account.code not in books.chart.accounts:
            await uow.books.add_account(association_id, account)
        await uow.books.add_bank_account(association_id, bank_account)
    return bank_account
