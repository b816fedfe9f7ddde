"""What the reader makes of CODA, for tests that look at one statement, one entry or one refusal."""

from __future__ import annotations

from koprogo.finance.adapters.bank_files.reading import read
from koprogo.finance.domain.bank_statement import BankEntry, BankStatement, StatementRefused

from .coda_files import Move, coda


def statement_of(content: bytes) -> BankStatement:
    found = read(content)
    assert found.refused == []
    (statement,) = found.statements
    return statement


def entries_of(*moves: Move) -> tuple[BankEntry, ...]:
    return statement_of(coda(*moves)).entries


def entry_of(move: Move) -> BankEntry:
    (entry,) = entries_of(move)
    return entry


def refusal_of(content: bytes) -> StatementRefused:
    found = read(content)
    assert found.statements == []
    (refusal,) = found.refused
    return refusal
