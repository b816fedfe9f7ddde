"""What the reader makes of camt.053, for tests that look at one statement, one entry or one refusal."""

from __future__ import annotations

from koprogo.finance.adapters.bank_files.reading import read
from koprogo.finance.domain.bank_statement import BankEntry, BankStatement, StatementRefused

from .camt_files import Detail, Entry, camt


def statement_of(content: bytes) -> BankStatement:
    found = read(content)
    assert found.refused == []
    (one,) = found.statements
    return one


def entries_of(*entries: Entry, version: str = "02") -> tuple[BankEntry, ...]:
    return statement_of(camt(*entries, version=version)).entries


def entry_of(entry: Entry, version: str = "02") -> BankEntry:
    (one,) = entries_of(entry, version=version)
    return one


def paid(**said: object) -> BankEntry:
    """What is read of a payment whose details say this."""
    return entry_of(Entry(details=(Detail(**said),)))  # type: ignore[arg-type]


def refusal_of(content: bytes) -> StatementRefused:
    found = read(content)
    assert found.statements == []
    (refusal,) = found.refused
    return refusal
