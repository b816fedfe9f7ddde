from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.issue_call_for_funds import PeriodWrong
from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.application.ports_statements import Standing
from koprogo.finance.application.posting import post
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.call_for_funds import check_due
from koprogo.finance.domain.charge_statement import (
    Charge,
    ChargeStatement,
    NothingToState,
    OwnerStatement,
    check_over,
    entry_of,
    owner_statements,
    share_out,
    spent_on_works,
)
from koprogo.finance.domain.fund_movement import fund_movements, own_parts
from koprogo.finance.domain.owners import AssociationFacts, Owners
from koprogo.finance.domain.ownership_period import OwnershipPeriod, ownership_of
from koprogo.finance.domain.party import Party, PartyKind
from koprogo.finance.domain.works import WorksLine, brought_to, works_lines
from koprogo.kernel.money import cents


class IssueChargeStatement(msgspec.Struct, forbid_unknown_fields=True):
    period_from: date
    period_until: date
    """A quarter or a year, of one financial year that is still open (R124)."""
    due_on: date
    finished_works: Annotated[list[UUID], msgspec.Meta(max_length=100)] = []
    """Of which nothing more will be invoiced: what is left of what was called for them is given back."""
    id: UUID | None = None


async def issue_charge_statement(
    association_id: UUID,
    command: IssueChargeStatement,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> UUID:
    """State to every owner what the period has cost him and settle what was called for it: posted and sent, or
    nothing at all.
    """
    if command.period_until < command.period_from:
        raise PeriodWrong("A period has a first and a last day, in this order.", field="period_until")
    check_over(command.period_until, today)
    check_due(command.due_on, today)
    association = await property_.association(association_id)
    ownership = await _ownership(association_id, command, tenant, property_, uow)
    async with uow:
        books = await uow.books.locked(association_id)
        _check_in_one_year(books, command)
        statement = await _stated(association_id, command, ownership, uow=uow, ids=ids, today=today)
        await uow.parties.note(
            association_id,
            (Party(d.id, PartyKind.OWNER, d.name, d.holder_ids) for d in ownership.debtors.values()),
        )
        entry = entry_of(statement, ids())
        await uow.charge_statements.add(association_id, statement, entry.id if entry else None)
        if entry is not None:
            await post(entry, books=books, uow=uow, by=by)
            await apply_credits(books, uow=uow, ids=ids, by=by, today=today)
        for own, standing in await _standings(association_id, statement, ownership.last, uow):
            await uow.charge_statements.add_owner(association_id, statement.id, own, standing)
            await _send(association_id, association, statement, own, standing, books, uow=uow, ids=ids, now=now)
    return statement.id


async def _ownership(
    association_id: UUID, command: IssueChargeStatement, tenant: UUID, property_: Property, uow: UnitOfWork
) -> OwnershipPeriod:
    first, last = command.period_from, command.period_until
    async with uow:
        days = await uow.charge_statements.transfer_days(association_id, first, last)
    rolls = {day: await property_.owners(tenant, association_id, day) for day in sorted({first, *days})}
    at_the_end = rolls.get(last) or await property_.owners(tenant, association_id, last)
    return ownership_of(first, last, rolls, at_the_end)


def _check_in_one_year(books: Books, command: IssueChargeStatement) -> None:
    if books.year_on(command.period_from).id != books.year_on(command.period_until).id:
        raise PeriodWrong("A charge statement covers days of one financial year.", field="period_until")


async def _stated(
    association_id: UUID,
    command: IssueChargeStatement,
    ownership: OwnershipPeriod,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    today: date,
) -> ChargeStatement:
    period = command.period_from, command.period_until
    charges = await uow.charge_statements.charges(association_id, *period)
    called = await uow.charge_statements.called(association_id, *period)
    works = await _works(association_id, command, charges, ownership, uow)
    if not charges and not called and not any(line.called or line.set_off for line in works):
        raise NothingToState("Nothing was spent or called on these days; choose others.", field="period_from")
    concerned = {*called, *(line.party_id for line in works)}
    strangers = sorted(concerned - ownership.debtors.keys())
    debtors = ownership.debtors | {
        debtor.id: debtor for debtor in await uow.charge_statements.debtors(association_id, strangers)
    }
    owners = owner_statements(share_out(charges, ownership), called, debtors, works)
    owing = [own for own in owners if own.difference > 0]
    communications = iter(await uow.books.next_communications(association_id, len(owing)))
    return ChargeStatement(
        id=command.id or ids(),
        first_day=command.period_from,
        last_day=command.period_until,
        issued_on=today,
        due_on=command.due_on,
        owners=tuple(
            msgspec.structs.replace(own, demand_id=ids(), communication=next(communications))
            if own.difference > 0
            else own
            for own in owners
        ),
    )


async def _works(
    association_id: UUID,
    command: IssueChargeStatement,
    charges: Sequence[Charge],
    ownership: OwnershipPeriod,
    uow: UnitOfWork,
) -> list[WorksLine]:
    carried = await uow.charge_statements.works_carried(association_id, command.period_from)
    planned = await uow.charge_statements.works_accounts(association_id)
    return works_lines(
        brought_to(carried, ownership),
        await uow.charge_statements.called_for_works(association_id, command.period_from, command.period_until),
        spent_on_works(charges, planned, ownership.key_names),
        command.finished_works,
    )


async def _standings(
    association_id: UUID, statement: ChargeStatement, last: Owners, uow: UnitOfWork
) -> list[tuple[OwnerStatement, Standing]]:
    """Read after posting: each fund, his part of it, his account, and what he has to pay."""
    moved = await uow.reports.moved(association_id, statement.first_day, statement.last_day)
    debtors = [own.debtor.id for own in statement.owners]
    funds = [(movement, own_parts(movement.closing, last, debtors)) for movement in fund_movements(moved)]
    balances = {
        owner.party_id: cents(owner.balance) for owner in await uow.reports.owners(association_id, statement.last_day)
    }
    unpaid = await uow.charge_statements.open_of(statement.id)
    return [
        (
            own,
            Standing(
                funds=tuple((movement, parts[own.debtor.id]) for movement, parts in funds),
                account_balance=balances.get(own.debtor.id, 0),
                to_pay=unpaid.get(own.demand_id, 0) if own.demand_id is not None else 0,
            ),
        )
        for own in statement.owners
    ]


async def _send(
    association_id: UUID,
    association: AssociationFacts,
    statement: ChargeStatement,
    own: OwnerStatement,
    standing: Standing,
    books: Books,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    now: datetime,
) -> None:
    account = books.bank_account(Fund.WORKING)
    for recipient in own.debtor.contacts:
        document_id, dispatch_id = ids(), ids()
        await uow.letters.add(
            association_id,
            subject=f"statement/{statement.id}",
            party_id=own.debtor.id,
            demand_id=own.demand_id,
            document_id=document_id,
            dispatch_id=dispatch_id,
            recipient=recipient,
            channel=recipient.channel,
            at=now,
        )
        await uow.paperwork.charge_statement(
            association_id,
            association,
            statement,
            own,
            standing,
            books.chart,
            account,
            recipient,
            document_id=document_id,
            dispatch_id=dispatch_id,
            channel=recipient.channel,
        )
