"""A statement of account (extrait de compte, rekeninguittreksel), as every bank file is read into it."""

from datetime import date

import msgspec

from koprogo.kernel.errors import DomainError


class Counterparty(msgspec.Struct, frozen=True):
    name: str = ""
    iban: str = ""
    """Empty when the bank does not say it, or says something that is no IBAN."""


class BankEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One movement of the account. A batch that the bank books as one sum comes as its details, when it names them
    and they add up to the sum; otherwise as the one sum.
    """

    reference: str
    """The bank's own; unique within its statement."""
    amount: int
    """Cents; positive comes in, negative goes out."""
    booked_on: date
    value_on: date
    counterparty: Counterparty = Counterparty()
    communication: str = ""
    """Free text as the payer wrote it; for a structured communication its twelve digits too."""
    structured: str = ""
    """Twelve digits whose check is right, or empty."""
    end_to_end_id: str = ""
    """Ours, when it is a payment of ours that the bank has carried out, or one that comes back; else the payer's."""
    return_reason: str = ""
    """ISO code (MD06, AM04, …) when it is a payment that comes back; MS03 when the bank does not say why."""
    original_amount: str = ""
    """Amount and currency before conversion: "120.00 USD"; empty for euro."""


class BankStatement(msgspec.Struct, frozen=True, kw_only=True):
    iban: str
    number: str
    """The bank's reference of the statement; unique for the account."""
    from_day: date
    until_day: date
    opening: int
    """Balance in cents before the first entry; positive is the association's."""
    closing: int
    entries: tuple[BankEntry, ...]


class StatementRefused(DomainError):
    """Nothing of this statement may be posted: what contradicts what, and where in the file."""

    reason = "STATEMENT_REFUSED"

    def __init__(self, place: str, line: int, what: str, **figures: object) -> None:
        super().__init__(f"{place}: {what}", place=place, line=line)
        self.metadata |= {name: str(figure) for name, figure in figures.items()}


class ReadFile(msgspec.Struct, frozen=True):
    """A file of the bank holds several statements; one that is broken does not keep the others out."""

    statements: list[BankStatement]
    refused: list[StatementRefused]
