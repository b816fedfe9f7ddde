from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Positive
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.payment_plan import (
    Instalment,
    PaymentPlan,
    PlanEnded,
    PlanRuns,
    PlanState,
    check_instalments,
)
from koprogo.kernel.money import cents


class InstalmentToPay(msgspec.Struct, forbid_unknown_fields=True):
    due_on: date
    amount: Positive


class AgreePaymentPlan(msgspec.Struct, forbid_unknown_fields=True):
    party_id: UUID
    instalments: Annotated[list[InstalmentToPay], msgspec.Meta(min_length=1, max_length=60)]
    """They add up to all that is open of this owner's demands."""
    id: UUID | None = None


async def agree_payment_plan(
    association_id: UUID, command: AgreePaymentPlan, *, uow: UnitOfWork, by: UUID, new_id: UUID, today: date
) -> UUID:
    """While it is kept the owner is left alone; one that he has fulfilled makes room for the next."""
    instalments = tuple(Instalment(one.due_on, cents(one.amount)) for one in command.instalments)
    async with uow:
        await uow.books.locked(association_id)
        running = await uow.payment_plans.running_of(association_id, command.party_id)
        if running is not None:
            if running.state_on(today) is not PlanState.FULFILLED:
                raise PlanRuns("This owner has a payment plan that runs; end it first.", field="party_id")
            await uow.payment_plans.end(running.id, on=today, by=by)
        standings = await uow.arrears.standings(association_id, command.party_id)
        demands = [demand for standing in standings for demand in standing.demands]
        check_instalments(instalments, sum(demand.open for demand in demands), today)
        plan = PaymentPlan(id=command.id or new_id, party_id=command.party_id, agreed_on=today, instalments=instalments)
        await uow.payment_plans.add(association_id, plan, [demand.id for demand in demands], by=by)
    return plan.id


async def end_payment_plan(association_id: UUID, plan_id: UUID, *, uow: UnitOfWork, by: UUID, today: date) -> None:
    async with uow:
        await uow.books.locked(association_id)
        plan = await uow.payment_plans.get(association_id, plan_id)
        if plan.ended_on is not None:
            raise PlanEnded(f"This payment plan ended on {plan.ended_on} already.", on=plan.ended_on)
        await uow.payment_plans.end(plan_id, on=today, by=by)
