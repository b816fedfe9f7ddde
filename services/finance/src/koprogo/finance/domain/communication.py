"""The structured communication (communication structurée, gestructureerde mededeling): ten digits and their check."""

import stdnum.be.ogm_vcs

from koprogo.kernel.errors import DomainError


class CommunicationWrong(DomainError):
    reason = "COMMUNICATION_WRONG"


def structured_communication(number: int) -> str:
    """Twelve digits: `number` (1 to 9,999,999,999) and its remainder by 97, where 0 is written 97."""
    if not 0 < number < 10**10:
        raise ValueError(number)
    return f"{number:010d}{number % 97 or 97:02d}"


def checked_communication(written: str, field: str) -> str:
    """Its twelve digits, however it is written; empty stays empty."""
    if written and not stdnum.be.ogm_vcs.is_valid(written):
        raise CommunicationWrong(
            "A structured communication has twelve digits, the last two of which are a check; compare it with the "
            "paper, or leave it out.",
            field=field,
        )
    return stdnum.be.ogm_vcs.compact(written) if written else ""
