from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Texts, in_language
from koprogo.finance.application.issuing import issue
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.domain.budget import Schedule
from koprogo.finance.domain.call_for_funds import CallForFunds, check_due
from koprogo.finance.domain.instalments import instalment
from koprogo.kernel.words import Language

TITLES = {
    Language.FR: "Appel de fonds {number}/{of} – {title}",
    Language.NL: "Oproep {number}/{of} – {title}",
    Language.DE: "Mittelabruf {number}/{of} – {title}",
    Language.EN: "Call for funds {number}/{of} – {title}",
}


class IssueInstalment(msgspec.Struct, forbid_unknown_fields=True):
    schedule: Schedule
    """The same for all instalments of a budget."""
    due_on: date
    instalment: Annotated[int, msgspec.Meta(ge=1, le=25)] | None = None
    """1 to 12, or to 4; None: the first that is not called yet."""
    titles: Texts | None = None
    """None: its number, and the title of the budget."""
    id: UUID | None = None


async def issue_instalment(
    association_id: UUID,
    budget_id: UUID,
    command: IssueInstalment,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> UUID:
    """Call an instalment of an adopted budget: its lines by their keys, and its part for the reserve fund (R122)."""
    check_due(command.due_on, today)
    association = await property_.association(association_id)
    owners = await property_.owners(tenant, association_id, today)
    async with uow:
        books = await uow.books.locked(association_id)
        budget = await uow.budgets.get(association_id, budget_id)
        decision = budget.adopted_by()
        called = await uow.budgets.called(budget_id)
        asked = instalment(budget, command.schedule, command.instalment, called)
        titles = command.titles or {
            language: text.format(number=asked.number, of=asked.of, title=in_language(budget.content.titles, language))
            for language, text in TITLES.items()
        }
        call = CallForFunds(
            id=command.id or ids(),
            titles=titles,
            period=asked.period,
            issued_on=today,
            # A year has its own provisions, and no other's, whenever they are called.
            booked_on=min(max(today, budget.content.first_day), budget.content.last_day),
            due_on=command.due_on,
            decision=decision,
            parts=asked.parts,
            budget_id=budget_id,
        )
        if budget.schedule is None:
            budget.schedule = command.schedule
            await uow.budgets.save(association_id, budget)
        await issue(call, association=association, owners=owners, books=books, uow=uow, ids=ids, by=by, now=now)
    return call.id
