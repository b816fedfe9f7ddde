from collections.abc import Callable
from uuid import UUID

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.budget import Budget, BudgetKind, BudgetState
from koprogo.finance.domain.decisions import Convened, Taken


async def note_convocation(convened: Convened, *, event_id: UUID, uow: UnitOfWork, ids: Callable[[], UUID]) -> None:
    """Drafts on the agenda of a meeting that is convened stay as they were then. One that was decided in the meantime
    is left alone.
    """
    async with uow:
        if not await uow.is_new(event_id):
            return
        for budget_id in convened.budget_ids:
            budget = await uow.budgets.find(convened.association_id, budget_id)
            if budget is not None and budget.state is BudgetState.DRAFT and budget.convened_on is None:
                await _put_to_the_vote(budget, convened, uow=uow, ids=ids)
                await uow.budgets.save(convened.association_id, budget)


async def note_decision(taken: Taken, *, event_id: UUID, uow: UnitOfWork, ids: Callable[[], UUID]) -> None:
    """What the meeting decided is kept; a draft it voted on becomes adopted or rejected, as it was when the meeting was
    convened. A budget that was deleted, is another association's or was decided before is left alone.
    """
    async with uow:
        if not await uow.is_new(event_id):
            return
        await uow.decisions.note(taken)
        if taken.budget_id is None:
            return
        budget = await uow.budgets.find(taken.association_id, taken.budget_id)
        if budget is None or budget.state is not BudgetState.DRAFT:
            return
        if taken.convened is not None and budget.convened_on is None:
            await _put_to_the_vote(budget, taken.convened, uow=uow, ids=ids)
        budget.decide(taken.decision, adopted=taken.adopted)
        if taken.adopted and budget.kind is BudgetKind.ORDINARY:
            await _replace(taken.association_id, budget, uow)
        await uow.budgets.save(taken.association_id, budget)


async def _put_to_the_vote(budget: Budget, convened: Convened, *, uow: UnitOfWork, ids: Callable[[], UUID]) -> None:
    """What was changed after the convocation becomes a draft of its own."""
    later = budget.put_to_the_vote(await uow.budgets.content_at(budget, convened.convened_at), convened.on)
    if later is not None:
        await uow.budgets.save(convened.association_id, Budget(ids(), budget.kind, later))


async def _replace(association_id: UUID, budget: Budget, uow: UnitOfWork) -> None:
    """One ordinary budget stands for a year: that of the later decision, in whatever order they are told."""
    for other in await uow.budgets.standing(association_id, budget):
        if budget.replace(other) is budget:
            return
        await uow.budgets.save(association_id, other)
