"""A file as a bank gives it: CODA or camt.053, known by its content and not by its name."""

from koprogo.finance.adapters.bank_files import camt, coda
from koprogo.finance.adapters.bank_files.refusals import BankFileTooLarge, BankFileUnknown
from koprogo.finance.domain.bank_statement import ReadFile

MAX_SIZE = 10_000_000
"""Bytes."""


def read(content: bytes) -> ReadFile:
    """Each statement of the file, or why it is refused."""
    if len(content) > MAX_SIZE:
        raise BankFileTooLarge("The file is larger than 10 MB; ask the bank for a shorter period.", field="body")
    if _is_xml(content):
        return camt.read(content.lstrip())
    text = _text(content)
    if coda.looks_like(text):
        return coda.read(text)
    raise BankFileUnknown("This is not a statement of account; choose CODA or camt.053 at the bank.", field="body")


def _is_xml(content: bytes) -> bool:
    # UTF-16 has a zero beside each character.
    return content[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
