"""A person says whose a movement of the bank is, for one or many at once, and may take it back."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import AccountCode
from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.application.settle_purchases import settle_purchases, unpay
from koprogo.finance.application.take_back_credits import take_back_credits
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.bank_movement import Movement
from koprogo.finance.domain.books import Books
from koprogo.finance.domain.call_for_funds import OWNERS_ACCOUNT
from koprogo.finance.domain.invoice import InvoiceState
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher, across_funds
from koprogo.finance.domain.matching import Match, collected, in_suspense, posted_by_person
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.money import euros


class MovementNotOpen(Conflict):
    reason = "MOVEMENT_NOT_OPEN"


class MovementNotMatched(Conflict):
    reason = "MOVEMENT_NOT_MATCHED"


class InvoiceDoesNotFit(Conflict):
    reason = "INVOICE_DOES_NOT_FIT"


class ChoiceUnclear(DomainError):
    reason = "CHOICE_UNCLEAR"


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """The owner whose it is, the invoice it pays, or the account it belongs on."""

    bank_entry_id: UUID
    party_id: UUID | None = None
    invoice_id: UUID | None = None
    """Approved, and collected by the supplier."""
    account: AccountCode | None = None
    fund: Fund | None = None


class MatchBankEntries(msgspec.Struct, forbid_unknown_fields=True):
    choices: Annotated[list[Choice], msgspec.Meta(min_length=1, max_length=500)]


async def match_bank_entries(
    association_id: UUID, command: MatchBankEntries, *, uow: UnitOfWork, ids: Callable[[], UUID], by: UUID, today: date
) -> None:
    """All of the choices, or none and the first that is wrong."""
    async with uow:
        books = await uow.books.locked(association_id)
        for number, choice in enumerate(command.choices):
            movement = await uow.bank.movement(association_id, choice.bank_entry_id)
            if not movement.is_open:
                raise MovementNotOpen(
                    "This movement is matched already; undo that first.", field=f"choices.{number}.bank_entry_id"
                )
            found = await _found(choice, number, movement, books, uow)
            entry = _entry(
                ids(),
                movement,
                books.open_day(movement.entry.booked_on, today),
                (*found.lines, _out_of_suspense(movement)),
            )
            await post(entry, books=books, uow=uow, by=by)
            await uow.bank.matched(association_id, movement, entry.id, found, by=by)
            await settle_purchases(association_id, found, entry.id, movement.entry.booked_on, uow=uow)
            settled = [line.demand_id for line in found.lines if line.demand_id is not None]
            paid = await uow.bank.paid_of(settled)
            await uow.told.demands_paid(association_id, paid, movement.entry.booked_on)
        await apply_credits(books, uow=uow, ids=ids, by=by, today=today)


async def undo_match(
    association_id: UUID, bank_entry_id: UUID, *, uow: UnitOfWork, ids: Callable[[], UUID], by: UUID, today: date
) -> None:
    """Back into suspense: whatever stood against the movement is turned round, and a person decides again."""
    async with uow:
        books = await uow.books.locked(association_id)
        movement = await uow.bank.movement(association_id, bank_entry_id)
        if movement.is_open or movement.is_payment:
            raise MovementNotMatched("Only a match of a person or of the ladder can be undone, and only once.")
        matched, _ = await uow.journal.get(association_id, movement.match_entry_id or movement.entry_id)
        withdrawn = await uow.withdrawals.withdrawn([line.demand_id for line in matched.lines if line.demand_id])
        back = tuple(
            msgspec.structs.replace(
                line, amount=-line.amount, demand_id=None if line.demand_id in withdrawn else line.demand_id
            )
            for line in matched.lines
            if line.account != movement.account and line != _out_of_suspense(movement)
        )
        gone: dict[UUID, int] = defaultdict(int)
        for line in back:
            if line.party_id is not None and line.account in OWNERS_ACCOUNT.values() and line.demand_id is None:
                gone[line.party_id] += line.amount
        entry = _entry(
            ids(),
            movement,
            books.open_day(movement.entry.booked_on, today),
            across_funds((*back, in_suspense(movement.entry.amount, movement.fund))),
        )
        await post(entry, books=books, uow=uow, by=by)
        await take_back_credits(gone, books, subject=movement.id, dated=entry.dated, uow=uow, ids=ids, by=by)
        await uow.bank.reopened(association_id, movement, entry.id)
        for invoice_id in {line.invoice_id for line in matched.lines if line.invoice_id is not None}:
            await unpay(association_id, invoice_id, uow=uow)


async def _found(choice: Choice, number: int, movement: Movement, books: Books, uow: UnitOfWork) -> Match:
    if sum(one is not None for one in (choice.party_id, choice.invoice_id, choice.account)) != 1:
        raise ChoiceUnclear(
            "Say whose it is, which invoice it pays, or on which account it belongs: one of the three.",
            field=f"choices.{number}",
        )
    if choice.invoice_id is not None:
        return await _collected(choice.invoice_id, number, movement, books, uow)
    if choice.party_id is not None:
        await uow.parties.check_owner(books.association_id, choice.party_id, f"choices.{number}.party_id")
        known = await uow.bank.knowledge(books, (movement.entry,), party_id=choice.party_id)
        return posted_by_person(movement.entry, choice.party_id, known)
    account = books.chart.posting(choice.account or "", f"choices.{number}.account")
    fund = choice.fund or account.fund or movement.fund
    line = Line(account=account.code, amount=-movement.entry.amount, fund=fund)
    return Match(
        lines=(line,),
        reason="CHOSEN_ACCOUNT",
        sentence=f"A person said that it belongs on account {account.code}.",
        figures={"account": account.code},
    )


async def _collected(invoice_id: UUID, number: int, movement: Movement, books: Books, uow: UnitOfWork) -> Match:
    invoice = await uow.invoices.get(books.association_id, invoice_id)
    to_pay = sum(invoice.to_pay.values())
    if invoice.state is not InvoiceState.APPROVED or to_pay != -movement.entry.amount:
        raise InvoiceDoesNotFit(
            f"Invoice {invoice.number} is {invoice.state} and asks {euros(to_pay)}; the movement is of "
            f"{euros(-movement.entry.amount)}.",
            field=f"choices.{number}.invoice_id",
        )
    return collected(invoice, reason="CHOSEN_INVOICE", sentence=f"A person said that it pays invoice {invoice.number}.")


def _out_of_suspense(movement: Movement) -> Line:
    return in_suspense(-movement.entry.amount, movement.fund)


def _entry(entry_id: UUID, movement: Movement, dated: date, lines: tuple[Line, ...]) -> Entry:
    return Entry(
        id=entry_id,
        journal=Journal.MISCELLANEOUS,
        dated=dated,
        text=(movement.entry.counterparty.name or movement.entry.communication or "Movement of the bank")[:200],
        voucher=Voucher("statement", movement.entry.reference or str(movement.id), movement.entry.booked_on),
        lines=across_funds(lines),
    )
