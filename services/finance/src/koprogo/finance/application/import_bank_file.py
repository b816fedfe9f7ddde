"""A bank's file: each statement is booked whole, waits for the one before it, or is refused; the file is kept."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import msgspec

from koprogo.finance.application.apply_credits import apply_credits
from koprogo.finance.application.bank_report import ImportReport, StatementReport
from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.application.posting import post
from koprogo.finance.application.settle_purchases import settle_purchases
from koprogo.finance.domain.bank_chain import gap
from koprogo.finance.domain.bank_movement import StoredStatement
from koprogo.finance.domain.bank_statement import BankEntry, BankStatement, ReadFile
from koprogo.finance.domain.books import BankAccount, Books
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher, across_funds
from koprogo.finance.domain.matching import Match, in_suspense, match
from koprogo.kernel.errors import DomainError


class BankFileRefused(DomainError):
    """Nothing of the file could be taken in; the file is kept."""

    reason = "BANK_FILE_REFUSED"


class BankAccountUnknown(DomainError):
    reason = "BANK_ACCOUNT_UNKNOWN"


class StatementContradicts(DomainError):
    reason = "STATEMENT_CONTRADICTS"


async def import_bank_file(
    association_id: UUID,
    content: bytes,
    read_file: ReadFile,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
    now: datetime,
    today: date,
) -> ImportReport:
    """Everything a file brings, in one transaction. The same file again changes nothing."""
    report = ImportReport(
        ids(),
        [
            StatementReport("", "", "refused", reason=refused.reason, message=refused.message, figures=refused.metadata)
            for refused in read_file.refused
        ],
    )
    async with uow:
        books = await uow.books.locked(association_id)
        await uow.bank.keep_file(
            association_id, report.bank_file_id, content, hashlib.sha256(content).hexdigest(), by=by, at=now
        )
        accounts = {account.iban: account for account in books.bank_accounts}
        for statement in sorted(read_file.statements, key=lambda one: (one.from_day, one.until_day, one.number)):
            report.statements.append(await _take(statement, accounts, report.bank_file_id, books, uow, ids))
        for account in books.bank_accounts:
            await _book_what_follows(account, books, report, uow=uow, ids=ids, by=by)
        await apply_credits(books, uow=uow, ids=ids, by=by, today=today)
        await uow.bank.keep_report(report.bank_file_id, msgspec.json.encode(report))
    return report


async def _take(
    statement: BankStatement,
    accounts: dict[str, BankAccount],
    bank_file_id: UUID,
    books: Books,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
) -> StatementReport:
    line = StatementReport(statement.iban, statement.number, "waiting", len(statement.entries))
    account = accounts.get(statement.iban)
    if account is None:
        return _refused(
            line,
            BankAccountUnknown(
                f"{statement.iban} is none of the association's accounts; add it first.", iban=statement.iban
            ),
        )
    known = await uow.bank.statement(account.id, statement.number, statement.from_day)
    if known is None:
        await uow.bank.add_statement(books.association_id, ids(), account.id, bank_file_id, statement)
    elif known == statement:
        line.outcome = "known"
    else:
        return _refused(
            line,
            StatementContradicts(
                f"Statement {statement.number} was imported before, with other content; ask the bank which is right.",
                number=statement.number,
            ),
        )
    return line


def _refused(line: StatementReport, refused: DomainError) -> StatementReport:
    line.outcome = "refused"
    line.says(refused.reason, refused.message, **refused.metadata)
    return line


async def _book_what_follows(
    account: BankAccount,
    books: Books,
    report: ImportReport,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    by: UUID,
) -> None:
    """Book each waiting statement that follows, until none does."""
    booked = list(await uow.bank.booked(account.id))
    waiting = list(await uow.bank.waiting(account.id))
    progress = True
    while progress:
        progress = False
        for stored in waiting:
            missing = gap(stored.linked, booked)
            outcome = next((r for r in report.statements if _is(r, stored, account)), None)
            if missing is None:
                matched = await _book(stored, account, books, uow=uow, ids=ids, by=by)
                booked.append(stored.linked)
                waiting.remove(stored)
                if outcome is None:
                    outcome = StatementReport(account.iban, stored.statement.number, "", len(stored.statement.entries))
                    report.statements.append(outcome)
                outcome.outcome, outcome.matched = "booked", matched
                outcome.says("", "")
                progress = True
                break
            if outcome is not None:
                outcome.says(missing.reason, missing.message, **missing.metadata)


def _is(line: StatementReport, stored: StoredStatement, account: BankAccount) -> bool:
    return (line.iban, line.number, line.outcome) == (account.iban, stored.statement.number, "waiting")


async def _book(
    stored: StoredStatement, account: BankAccount, books: Books, *, uow: UnitOfWork, ids: Callable[[], UUID], by: UUID
) -> int:
    """Post every movement: against what it is, or into suspense. Returns how many were matched."""
    statement = stored.statement
    known = await uow.bank.knowledge(books, statement.entries)
    paid: list[UUID] = []
    matched = 0
    for position, movement in enumerate(statement.entries):
        found = match(movement, known)
        entry = _entry(ids(), movement, statement, account, found)
        await post(entry, books=books, uow=uow, by=by)
        await uow.bank.add_entry(books.association_id, ids(), stored.id, position, movement, account, entry.id, found)
        if found is not None:
            matched += 1
            if found.teaches and found.party_id is not None and movement.counterparty.iban:
                known.ibans.setdefault(movement.counterparty.iban, set()).add(found.party_id)
            paid += [line.demand_id for line in found.lines if line.demand_id is not None]
            await settle_purchases(books.association_id, found, entry.id, movement.booked_on, uow=uow)
    await uow.bank.set_booked(stored.id)
    await uow.told.demands_paid(books.association_id, await uow.bank.paid_of(paid), statement.until_day)
    return matched


def _entry(
    entry_id: UUID, movement: BankEntry, statement: BankStatement, account: BankAccount, found: Match | None
) -> Entry:
    bank = Line(account=account.account, amount=movement.amount, fund=account.fund)
    against = found.lines if found is not None else (in_suspense(movement.amount, account.fund),)
    text = movement.counterparty.name or movement.communication or "Movement of the bank"
    return Entry(
        id=entry_id,
        journal=Journal.BANK,
        dated=movement.booked_on,
        text=text[:200],
        voucher=Voucher("statement", f"{statement.number}/{movement.reference}"[:100], statement.until_day),
        lines=across_funds((bank, *against)),
    )
