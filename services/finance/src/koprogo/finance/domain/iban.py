"""International bank account numbers; a Belgian one has a check of its own besides."""

import stdnum.iban

from koprogo.kernel.errors import DomainError


class IbanWrong(DomainError):
    reason = "IBAN_WRONG"


def checked_iban(text: str, field: str = "iban") -> str:
    """Without spaces, in capitals. An account of a bank that no table knows is still an account."""
    if not is_iban(text):
        raise IbanWrong("This is not an account number; compare it with the bank's paper.", field=field)
    return str(stdnum.iban.compact(text))


def is_iban(text: str) -> bool:
    if not stdnum.iban.is_valid(text, check_country=False):
        return False
    iban = stdnum.iban.compact(text)
    # The library would also look the bank up in a table, and new banks are not in it.
    if iban[:2] != "BE":
        return True
    if len(iban) != 16 or not (iban[4:].isascii() and iban[4:].isdecimal()):
        return False
    number, check = divmod(int(iban[4:]), 100)
    return number > 0 and check == (number % 97 or 97)
