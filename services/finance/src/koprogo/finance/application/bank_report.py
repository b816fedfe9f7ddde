"""What became of the statements of a bank's file."""

from uuid import UUID

import msgspec


class StatementReport(msgspec.Struct, omit_defaults=True):
    iban: str
    number: str
    outcome: str
    """booked; waiting: for the statement before it; known: imported before, nothing changed; refused."""
    entries: int = 0
    matched: int = 0
    reason: str = ""
    message: str = ""
    """The reason as a sentence, in the language of who reads it."""
    figures: dict[str, str] = {}

    def says(self, reason: str, message: str, **figures: str) -> None:
        self.reason, self.message, self.figures = reason, message, figures


class ImportReport(msgspec.Struct):
    bank_file_id: UUID
    statements: list[StatementReport]
