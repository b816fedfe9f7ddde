"""A budget is written by the syndic, and changed until the meeting has voted it."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import AccountCode, Texts
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.domain.budget import Budget, BudgetContent, BudgetKind, BudgetLine, check_content
from koprogo.finance.domain.call_for_funds import AllocationKeyUnknown
from koprogo.kernel.errors import Stale
from koprogo.kernel.money import cents

Planned = Annotated[str, msgspec.Meta(pattern=r"^\d{1,12}(\.\d{1,2})?$", description="Euro, not below 0")]


class LineOfBudget(msgspec.Struct, forbid_unknown_fields=True):
    account: AccountCode
    amount: Planned
    labels: Texts
    allocation_key_id: UUID | None = None
    """Who bears it; None: all, by the shares of the deed (R120)."""
    occupant_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0


class ChangeBudget(msgspec.Struct, forbid_unknown_fields=True):
    titles: Texts
    first_day: date
    last_day: date
    """Of the financial year, which may be one to come."""
    lines: Annotated[list[LineOfBudget], msgspec.Meta(min_length=1, max_length=300)]
    reserve_contribution: Planned = "0"
    """To the reserve fund in that year (R121)."""


class DraftBudget(ChangeBudget, forbid_unknown_fields=True, kw_only=True):
    kind: BudgetKind = BudgetKind.ORDINARY
    id: UUID | None = None


async def draft_budget(
    association_id: UUID,
    command: DraftBudget,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    today: date,
) -> UUID:
    content = _content(command)
    await _check_keys(association_id, content, tenant, property_, today)
    async with uow:
        books = await uow.books.locked(association_id)
        check_content(content, command.kind, books.chart, books.years)
        budget = Budget(command.id or ids(), command.kind, content)
        await uow.budgets.save(association_id, budget)
    return budget.id


async def change_budget(
    association_id: UUID,
    budget_id: UUID,
    command: ChangeBudget,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    version: int,
    today: date,
) -> int:
    """Only a draft: what the meeting has voted stays. Returns the new version."""
    content = _content(command)
    await _check_keys(association_id, content, tenant, property_, today)
    async with uow:
        books = await uow.books.locked(association_id)
        budget = await uow.budgets.get(association_id, budget_id)
        if budget.version != version:
            raise Stale("The budget was changed since you read it; read it again.")
        budget.change(content)
        check_content(content, budget.kind, books.chart, books.years)
        await uow.budgets.save(association_id, budget)
    return budget.version


async def delete_budget(association_id: UUID, budget_id: UUID, *, uow: UnitOfWork) -> None:
    async with uow:
        budget = await uow.budgets.get(association_id, budget_id)
        budget.check_open()
        await uow.budgets.delete(budget_id)


def _content(command: ChangeBudget) -> BudgetContent:
    return BudgetContent(
        titles=command.titles,
        first_day=command.first_day,
        last_day=command.last_day,
        lines=tuple(
            BudgetLine(line.account, cents(line.amount), line.labels, line.allocation_key_id, line.occupant_percent)
            for line in command.lines
        ),
        reserve=cents(command.reserve_contribution),
    )


async def _check_keys(
    association_id: UUID, content: BudgetContent, tenant: UUID, property_: Property, today: date
) -> None:
    """Once adopted it can no more be changed, so a key that nobody knows must not get so far."""
    if all(line.key_id is None for line in content.lines):
        return
    owners = await property_.owners(tenant, association_id, today)
    for number, line in enumerate(content.lines):
        if line.key_id is not None and line.key_id not in owners.key_names:
            raise AllocationKeyUnknown(
                "There is no such allocation key in this association.", field=f"lines.{number}.allocation_key_id"
            )
