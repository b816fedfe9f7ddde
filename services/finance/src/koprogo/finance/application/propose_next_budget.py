from collections import defaultdict
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Texts
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.budget import Budget, BudgetContent, as_spent, check_content, indexed, next_days
from koprogo.kernel.money import cents


class Basis(StrEnum):
    BUDGET = "budget"
    ACTUAL = "actual"
    """What was spent so far, also where nothing was planned."""


class ProposeNextBudget(msgspec.Struct, forbid_unknown_fields=True):
    basis: Basis = Basis.BUDGET
    percent: Annotated[str, msgspec.Meta(pattern=r"^-?\d{1,2}(\.\d{1,2})?$", description='"2.5" is 2.5 % more')] = "0"
    titles: Texts | None = None
    """None: those of this one."""
    id: UUID | None = None


async def propose_next_budget(
    association_id: UUID, budget_id: UUID, command: ProposeNextBudget, *, uow: UnitOfWork, new_id: UUID
) -> UUID:
    """Draft the year after from this budget, or from what was spent; each amount indexed, to the cent, half up."""
    async with uow:
        books = await uow.books.locked(association_id)
        budget = await uow.budgets.get(association_id, budget_id)
        lines = list(budget.content.lines)
        if command.basis is Basis.ACTUAL:
            spent: dict[tuple[str, UUID | None], int] = defaultdict(int)
            for (place, _), amount in (await uow.budgets.spent(association_id, budget)).items():
                spent[place] += amount
            names = {code: account.names for code, account in books.chart.accounts.items()}
            lines = as_spent(lines, spent, names)
        first_day, last_day = next_days(budget.content, books.years)
        more = cents(command.percent)
        content = BudgetContent(
            titles=command.titles or budget.content.titles,
            first_day=first_day,
            last_day=last_day,
            lines=tuple(msgspec.structs.replace(line, amount=indexed(line.amount, more)) for line in lines),
            reserve=indexed(budget.content.reserve, more),
        )
        check_content(content, budget.kind, books.chart, books.years)
        proposed = Budget(command.id or new_id, budget.kind, content)
        await uow.budgets.save(association_id, proposed)
    return proposed.id
