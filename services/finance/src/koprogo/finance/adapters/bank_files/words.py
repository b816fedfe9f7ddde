"""What CODA and camt.053 have in common: account numbers, structured communications, references."""

import re
from collections.abc import Iterable

from stdnum import iban as checked
from stdnum.be import ogm_vcs

from koprogo.finance.domain.iban import is_iban

UNSAID = "MS03"
"""ISO: reason not specified."""


def iban(text: str) -> str:
    """Without spaces, from an IBAN or a Belgian account number of twelve digits; empty when a check is wrong."""
    compact = re.sub(r"[\s.-]", "", text).upper()
    if re.fullmatch(r"[0-9]{12}", compact):
        compact = f"BE{checked.calc_check_digits(f'BE00{compact}')}{compact}"
    return compact if is_iban(compact) else ""


def structured(text: str) -> str:
    """The twelve digits of a structured communication whose check is right, or empty."""
    digits = re.sub(r"[\s/+*]", "", text)
    return digits if re.fullmatch(r"[0-9]{12}", digits) and ogm_vcs.is_valid(digits) else ""


def structured_in(text: str) -> str:
    """The one that somebody wrote in free text, between +++ or ***."""
    found = re.findall(r"(\+{3}|\*{3})([0-9\s/]{12,20})\1", text)
    return next((digits for _, written in found if (digits := structured(written))), "")


def plain(text: str) -> str:
    return " ".join(text.split())


def joined(*texts: str) -> str:
    """One after the other, without what one of them said before."""
    said: list[str] = []
    for text in map(plain, texts):
        if text and not any(text in one for one in said):
            said.append(text)
    return " ".join(said)


def told_apart(references: Iterable[str]) -> list[str]:
    """The bank's references, numbered where it repeats or leaves out one; the same at each reading."""
    given: dict[str, int] = {}
    """How often each was asked for; a bank may repeat one ten thousand times."""
    for place, reference in enumerate(references, start=1):
        wanted = own = plain(reference) or str(place)
        while wanted in given:
            given[own] += 1
            wanted = f"{own}-{given[own]}"
        given[wanted] = 1
    return list(given)
