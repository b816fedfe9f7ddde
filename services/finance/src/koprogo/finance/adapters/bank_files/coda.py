"""CODA, the coded statement of account (codage des extraits, gecodeerde rekeninguittreksels) of Febelfin, 1 and 2.

Tolerant where the banks are, as long as the balances prove that nothing was read wrong or left out.
"""

import re
from datetime import date
from itertools import pairwise

import msgspec

from koprogo.finance.adapters.bank_files.coda_movements import Movement, account, entries_of
from koprogo.finance.adapters.bank_files.coda_records import COUNTED, Record, as_version_2, checked, files
from koprogo.finance.adapters.bank_files.refusals import (
    ASK_AGAIN,
    AccountInvalid,
    AccountsContradict,
    BalanceDoesNotFollow,
    Incomplete,
    NotInEuro,
    TotalsContradict,
)
from koprogo.finance.adapters.bank_files.words import told_apart
from koprogo.finance.domain.bank_statement import BankStatement, ReadFile, StatementRefused
from koprogo.kernel.money import euros


def looks_like(text: str) -> bool:
    return re.match(r"\s*0[0 ]{4}[0-9]{6}[^\r\n]{0,117}[\r\n\s]+1", text) is not None


def read(text: str) -> ReadFile:
    statements: list[BankStatement] = []
    refused: list[StatementRefused] = []
    for records in files(text):
        try:
            statements.append(_statement(records))
        except StatementRefused as refusal:
            refused.append(refusal)
    return ReadFile(statements, refused)


class _Parts(msgspec.Struct):
    header: Record
    old: Record | None = None
    movements: list[Movement] = []
    new: Record | None = None
    trailer: Record | None = None


def _statement(records: list[Record]) -> BankStatement:
    parts = _parts(records)
    old, new = parts.old, parts.new
    if old is None:
        raise Incomplete(records[-1].place, records[-1].line, f"there is no old balance before it; {ASK_AGAIN}.")
    if new is None and parts.movements:
        raise Incomplete(records[-1].place, records[-1].line, f"no new balance follows the movements; {ASK_AGAIN}.")
    opening = old.signed(43)
    closing = new.signed(42) if new else opening
    movements = sum(movement.amount for movement in parts.movements)
    if opening + movements != closing:
        where = new or old
        raise BalanceDoesNotFollow(where.place, where.line, opening=opening, movements=movements, closing=closing)
    if not _counted(parts, records):
        _in_sequence(parts.movements)
    entries = [entry for movement in parts.movements for entry in entries_of(movement)]
    references = told_apart(entry.reference for entry in entries)
    until = (new or old).day(58 if new else 59) or max((entry.booked_on for entry in entries), default=None)
    if until is None:
        raise Incomplete(old.place, old.line, f"the statement has no day; {ASK_AGAIN}.")
    return BankStatement(
        iban=_account(parts.header, old, new),
        number=_number(old, until),
        # The day of the balance before; a first statement has none.
        from_day=min(old.day(59) or until, until, *(entry.booked_on for entry in entries)),
        until_day=until,
        opening=opening,
        closing=closing,
        entries=tuple(msgspec.structs.replace(e, reference=r) for e, r in zip(entries, references, strict=True)),
    )


def _number(old: Record, until: date) -> str:
    """With the day, since banks begin at 001 again each year."""
    coded, on_paper = old.at(126, 128).strip(), old.at(3, 5).strip()
    return f"{until}/{coded if coded.strip('0') else on_paper or '000'}"


def _parts(records: list[Record]) -> _Parts:
    """Each record at the place where it belongs."""
    parts = _Parts(header=records[0])
    if records[0].kind != "0":
        raise Incomplete(records[0].place, records[0].line, f"no record 0 is before it; {ASK_AGAIN}.")
    if records[0].at(128, 128) not in "12 ":
        raise records[0].unreadable(f"version {records[0].at(128, 128)}", 128)
    is_old = records[0].at(128, 128) == "1"
    for record in map(checked, records[1:]):
        if parts.trailer:
            raise Incomplete(record.place, record.line, f"it follows the last record of its statement; {ASK_AGAIN}.")
        if record.kind in ("1", "8") and (parts.old if record.kind == "1" else parts.new):
            raise Incomplete(record.place, record.line, f"the balance is there twice; {ASK_AGAIN}.")
        if record.kind[0] in "238" and (not parts.old or parts.new):
            raise Incomplete(record.place, record.line, f"it does not stand between the balances; {ASK_AGAIN}.")
        match record.kind:
            case "1":
                parts.old = record
            case "8":
                parts.new = record
            case "9":
                parts.trailer = record
            case "21":
                _begin(parts.movements, Movement(record))
            case "22" | "23" | "31" | "32" | "33":
                _add(parts.movements, as_version_2(record) if is_old else record)
    return parts


def _begin(movements: list[Movement], movement: Movement) -> None:
    head = movement.head
    whole = movements[-1] if movements else None
    # More than 9999 details go through 0000 again, so that the type of the movement must tell as well.
    belongs = whole is not None and whole.head.sequence == head.sequence
    if head.detail == "0000" and not (movement.is_detail and belongs):
        movements.append(movement)
    elif whole is not None and belongs:
        whole.details.append(movement)
    else:
        raise Incomplete(
            head.place, head.line, f"it is a detail of movement {head.sequence}, which is not before it; {ASK_AGAIN}."
        )


def _add(movements: list[Movement], record: Record) -> None:
    whole = movements[-1] if movements else None
    current = whole.details[-1] if whole and whole.details else whole
    # Information has details of its own, movements continue under one number.
    digits = 10 if record.kind[0] == "2" else 6
    if current is None or current.head.text[2:digits] != record.text[2:digits]:
        raise Incomplete(
            record.place, record.line, f"it goes with movement {record.sequence}, which is not before it; {ASK_AGAIN}."
        )
    if record.kind[0] == "2":
        if record.kind in current.more:
            raise Incomplete(record.place, record.line, f"there are two of this movement; {ASK_AGAIN}.")
        current.more[record.kind] = record
    elif record.kind == "31":
        current.information.append([record])
    elif current.information:
        current.information[-1].append(record)


def _account(header: Record, old: Record, new: Record | None) -> str:
    zone = old.at(6, 42)
    is_number = header.at(128, 128) == "1" or old.at(2, 2) in "0 "
    currency = zone[13:16] if is_number else zone[34:37]
    if currency.strip() not in ("", "EUR"):
        raise NotInEuro(old.place, old.line, currency)
    own = account(zone)
    if not own:
        raise AccountInvalid(
            old.place, old.line, "the account has no IBAN whose check is right; ask the bank for one that has."
        )
    if new and re.search("[1-9]", said := new.at(5, 41)):
        # Banks write it in another structure there, seldom as another account.
        other = account(said)
        if other != own:
            raise AccountsContradict(
                new.place,
                new.line,
                f"the account is {'…' + other[-4:] if other else 'none whose check is right'}, "
                f"but …{own[-4:]} in record {old.number} (line {old.line}); {ASK_AGAIN}.",
                old_line=old.line,
            )
    return own


def _counted(parts: _Parts, records: list[Record]) -> bool:
    """Whether record 9 proves that nothing is missing; it contradicts what is before it in no case."""
    trailer = parts.trailer
    if trailer is None:
        return False
    count = trailer.at(17, 22).strip().lstrip("0")
    amounts = [movement.amount for movement in parts.movements]
    found = sum(record.kind in COUNTED for record in records)
    free = sum(record.kind == "4" for record in records)
    # Some banks count the free communications too.
    if count and count not in (str(found), str(found + free)):
        raise TotalsContradict(trailer.place, trailer.line, "records:", said=count, found=str(found))
    said = [trailer.amount(first) if trailer.at(first, first + 14).strip() else 0 for first in (23, 38)]
    totals = [-sum(amount for amount in amounts if amount < 0), sum(amount for amount in amounts if amount > 0)]
    if any(said) and said != totals:
        raise TotalsContradict(
            trailer.place,
            trailer.line,
            "debit and credit",
            said=" / ".join(map(euros, said)),
            found=" / ".join(map(euros, totals)),
        )
    return bool(count) and said == totals


def _in_sequence(movements: list[Movement]) -> None:
    for before, after in pairwise(movements):
        expected = f"{(int(before.head.sequence) + 1) % 10_000:04d}" if before.head.sequence.isdecimal() else ""
        if after.head.sequence != expected:
            raise Incomplete(
                after.head.place,
                after.head.line,
                f"movement {after.head.sequence} follows movement {before.head.sequence}; {ASK_AGAIN}.",
            )
