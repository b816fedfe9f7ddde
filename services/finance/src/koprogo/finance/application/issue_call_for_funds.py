from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Positive, Texts
from koprogo.finance.application.issuing import issue
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.domain.call_for_funds import CallForFunds, CallKind, Decision, Part, check_due
from koprogo.finance.domain.decisions import DecisionUnknown
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import cents


class PeriodWrong(DomainError):
    reason = "PERIOD_WRONG"


class DecisionChoice(DomainError):
    reason = "DECISION_CHOICE"


class PartOfCall(msgspec.Struct, forbid_unknown_fields=True):
    kind: CallKind
    labels: Texts
    amount: Positive
    allocation_key_id: UUID | None = None
    """Who bears it; None: all, by the shares of the deed (R120)."""


class DecisionOfCall(msgspec.Struct, forbid_unknown_fields=True):
    decided_on: date
    item_number: Annotated[int, msgspec.Meta(ge=1, le=999)]
    titles: Texts


class IssueCallForFunds(msgspec.Struct, forbid_unknown_fields=True):
    titles: Texts
    due_on: date
    parts: Annotated[list[PartOfCall], msgspec.Meta(min_length=1, max_length=50)]
    decision: DecisionOfCall | None = None
    """The decision of the meeting it rests on, written down when it was taken elsewhere; else `decision_id`."""
    decision_id: UUID | None = None
    """In governance's register."""
    period_from: date | None = None
    period_until: date | None = None
    id: UUID | None = None


async def issue_call_for_funds(
    association_id: UUID,
    command: IssueCallForFunds,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> UUID:
    """Ask every owner for his share of amounts the meeting has decided: posted and sent, or nothing at all."""
    if (command.decision is None) == (command.decision_id is None):
        raise DecisionChoice(
            "Name the decision of the meeting by its id, or write it down: one of the two.", field="decision"
        )
    parts = tuple(Part(part.kind, part.labels, cents(part.amount), part.allocation_key_id) for part in command.parts)
    period = _period(command)
    check_due(command.due_on, today)
    association = await property_.association(association_id)
    owners = await property_.owners(tenant, association_id, today)
    call_id = command.id or ids()
    async with uow:
        books = await uow.books.locked(association_id)
        call = CallForFunds(
            id=call_id,
            titles=command.titles,
            period=period,
            issued_on=today,
            due_on=command.due_on,
            decision=await _decision(association_id, command, uow),
            parts=parts,
        )
        await issue(call, association=association, owners=owners, books=books, uow=uow, ids=ids, by=by, now=now)
    return call_id


async def _decision(association_id: UUID, command: IssueCallForFunds, uow: UnitOfWork) -> Decision:
    if command.decision is not None:
        return Decision(command.decision.decided_on, command.decision.item_number, command.decision.titles)
    taken = await uow.decisions.find(association_id, command.decision_id) if command.decision_id else None
    if taken is None:
        raise DecisionUnknown(
            "No meeting that is closed has taken this decision; check its id, or wait until the meeting is closed.",
            field="decision_id",
        )
    return taken.to_rest_on()


def _period(command: IssueCallForFunds) -> tuple[date, date] | None:
    if command.period_from is None and command.period_until is None:
        return None
    if command.period_from is None or command.period_until is None or command.period_until < command.period_from:
        raise PeriodWrong("A period has a first and a last day, in this order.", field="period_until")
    return command.period_from, command.period_until
