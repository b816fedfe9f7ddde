from uuid import UUID

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.budget import BudgetState
from koprogo.finance.domain.decisions import Taken


async def note_decision(taken: Taken, *, event_id: UUID, uow: UnitOfWork) -> None:
    """What the meeting decided is kept; a draft it voted on becomes adopted or rejected. A budget that was deleted, is
    another association's or was decided before is left alone.
    """
    async with uow:
        if not await uow.is_new(event_id):
            return
        await uow.decisions.note(taken)
        if taken.budget_id is None:
            return
        budget = await uow.budgets.find(taken.association_id, taken.budget_id)
        if budget is not None and budget.state is BudgetState.DRAFT:
            budget.decide(taken.decision, adopted=taken.adopted)
            await uow.budgets.save(taken.association_id, budget)
