"""camt.053, the statement of account of ISO 20022, versions 2 to 8."""

from datetime import date

import msgspec
from lxml import etree

from koprogo.finance.adapters.bank_files.camt_elements import Element
from koprogo.finance.adapters.bank_files.camt_entries import amount_of, entries_of, is_booked
from koprogo.finance.adapters.bank_files.refusals import (
    ASK_AGAIN,
    AccountInvalid,
    BalanceDoesNotFollow,
    BankFileUnknown,
    Incomplete,
    NotInEuro,
)
from koprogo.finance.adapters.bank_files.words import iban, told_apart
from koprogo.finance.adapters.safe_xml import XmlRefused, parsed
from koprogo.finance.domain.bank_statement import BankStatement, ReadFile, StatementRefused

OTHERS = {
    "BkToCstmrAcctRpt": "camt.052, a report within the day",
    "BkToCstmrDbtCdtNtfctn": "camt.054, a notice of some movements",
    "CstmrCdtTrfInitn": "pain.001, an order to the bank",
    "CstmrPmtStsRpt": "pain.002, the fate of an order",
}


def read(content: bytes) -> ReadFile:
    statements: list[BankStatement] = []
    refused: list[StatementRefused] = []
    for place, node in enumerate(_statements(content), start=1):
        try:
            statements.append(_statement(Element(node, f"Statement {place} (line {node.sourceline})")))
        except StatementRefused as refusal:
            refused.append(refusal)
    return ReadFile(statements, refused)


def _statements(content: bytes) -> list[etree._Element]:
    try:
        root = parsed(content)
    except XmlRefused as broken:
        raise BankFileUnknown(
            f"The file is or has {broken}, which no bank writes; take it from the bank again, unopened.",
            field="body",
        ) from broken
    if found := list(root.iterfind(".//{*}BkToCstmrStmt/{*}Stmt")):
        return found
    names = {etree.QName(node).localname for node in root.iter("{*}*")}
    what = next((OTHERS[name] for name in OTHERS if name in names), "no statement of account")
    raise BankFileUnknown(f"This is {what}; choose CODA or camt.053 at the bank.", field="body")


def _statement(stmt: Element) -> BankStatement:
    own_iban = _account(stmt)
    opening, opened_on = _balance(stmt, "OPBD", "PRCD")
    closing, closed_on = _balance(stmt, "CLBD")
    booked = [
        entry
        for place, node in enumerate(stmt.all("Ntry"), start=1)
        if is_booked(entry := node.named(f"entry {place}"))
    ]
    movements = sum(map(amount_of, booked))
    if opening + movements != closing:
        raise BalanceDoesNotFollow(stmt.place, stmt.line, opening=opening, movements=movements, closing=closing)
    entries = [entry for one in booked for entry in entries_of(one, own_iban)]
    references = told_apart(entry.reference for entry in entries)
    until = stmt.day("FrToDt/ToDtTm") or closed_on
    from_day = stmt.day("FrToDt/FrDtTm") or opened_on or until
    if until is None or from_day is None:
        raise Incomplete(stmt.place, stmt.line, f"the statement has no days; {ASK_AGAIN}.")
    return BankStatement(
        iban=own_iban,
        number=_number(stmt) or f"{until}/{stmt.text('ElctrncSeqNb', 'LglSeqNb') or '000'}",
        from_day=min(from_day, until),
        until_day=until,
        opening=opening,
        closing=closing,
        entries=tuple(msgspec.structs.replace(e, reference=r) for e, r in zip(entries, references, strict=True)),
    )


def _number(stmt: Element) -> str:
    """Pages of one statement have balances of their own, and may have one name."""
    number, page = stmt.text("Id"), stmt.text("StmtPgntn/PgNb")
    is_whole = page in ("", "1") and stmt.text("StmtPgntn/LastPgInd") in ("", "true", "1")
    return number if is_whole or not number else f"{number}/{page}"


def _account(stmt: Element) -> str:
    currency = stmt.text("Acct/Ccy")
    if currency not in ("EUR", ""):
        raise NotInEuro(stmt.place, stmt.line, currency)
    own = iban(stmt.text("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    if not own:
        raise AccountInvalid(
            stmt.place, stmt.line, "the account has no IBAN whose check is right; ask the bank for one that has."
        )
    return own


def _balance(stmt: Element, *kinds: str) -> tuple[int, date | None]:
    """In cents; of the first kind there is."""
    balances = {balance.text("Tp/CdOrPrtry/Cd"): balance for balance in reversed(stmt.all("Bal"))}
    found = next((balances[kind] for kind in kinds if kind in balances), None)
    if found is None:
        raise Incomplete(stmt.place, stmt.line, f"the balance {kinds[0]} is missing; {ASK_AGAIN}.")
    return amount_of(found), found.day("Dt")
