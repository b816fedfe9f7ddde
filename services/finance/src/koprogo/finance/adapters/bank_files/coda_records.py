"""A record of CODA: 128 characters, with positions counted from 1 as Febelfin's description does."""

import re
from collections.abc import Iterator
from datetime import date

import msgspec

from koprogo.finance.adapters.bank_files.refusals import ASK_AGAIN, Unreadable

LENGTH = 128
KINDS = frozenset({"0", "1", "21", "22", "23", "31", "32", "33", "4", "8", "9"})
COUNTED = KINDS - {"0", "4", "9"}
"""What record 9 counts."""
NO_DAY = frozenset({"000000", ""})


class Record(msgspec.Struct, frozen=True):
    number: int
    """In the file, from 1; blank lines are not counted."""
    line: int
    text: str

    @property
    def kind(self) -> str:
        return self.text[:2] if self.text[0] in "23" else self.text[0]

    @property
    def place(self) -> str:
        return f"Record {self.number} (line {self.line})"

    @property
    def sequence(self) -> str:
        return self.at(3, 6)

    @property
    def detail(self) -> str:
        return self.at(7, 10)

    def at(self, first: int, last: int) -> str:
        return self.text[first - 1 : last]

    def amount(self, first: int) -> int:
        """In cents, of fifteen digits of which three are decimals."""
        digits = self.at(first, first + 14)
        if not re.fullmatch(r"[0-9]{15}", digits):
            raise self.unreadable(f"the amount “{digits}”", first)
        if not digits.endswith("0"):
            raise self.unreadable(f"the amount “{digits}”, which is not of whole cents,", first)
        return int(digits) // 10

    def signed(self, first: int) -> int:
        """Credit is positive."""
        sign = {"0": 1, "1": -1}.get(self.at(first, first))
        if sign is None:
            raise self.unreadable(f"the sign “{self.at(first, first)}”", first)
        return sign * self.amount(first + 1)

    def day(self, first: int) -> date | None:
        digits = self.at(first, first + 5)
        if digits.strip() in NO_DAY:
            return None
        try:
            if not re.fullmatch(r"[0-9]{6}", digits):
                raise ValueError
            return date(2000 + int(digits[4:]), int(digits[2:4]), int(digits[:2]))
        except ValueError:
            raise self.unreadable(f"the day “{digits}”", first) from None

    def unreadable(self, what: str, position: int) -> Unreadable:
        return Unreadable(
            self.place, self.line, f"{what} at position {position} cannot be read; {ASK_AGAIN}.", position=position
        )


def files(text: str) -> list[list[Record]]:
    """The records of each statement; what begins with a record 0 is one."""
    found: list[list[Record]] = []
    for record in _records(text):
        if record.kind == "0" or not found:
            found.append([])
        found[-1].append(record)
    return found


def _records(text: str) -> Iterator[Record]:
    number = 0
    # A file that went through DOS ends with its end-of-file character.
    for line, content in enumerate(re.split(r"\r\n|\n|\r", text.rstrip("\x1a")), start=1):
        # Who trims trailing blanks loses nothing of a record, and who adds some adds nothing.
        if trimmed := content.rstrip():
            number += 1
            yield Record(number, line, trimmed.ljust(LENGTH))


def checked(record: Record) -> Record:
    """Of a kind that the standard has, and not longer than it says."""
    if record.kind not in KINDS:
        raise record.unreadable(f"a record “{record.kind}”", 1)
    if len(record.text) > LENGTH:
        raise record.unreadable(f"what follows {LENGTH} characters", LENGTH + 1)
    return record


def as_version_2(record: Record) -> Record:
    """Version 1 has a shorter name in record 23, and then an address where version 2 continues the communication."""
    if record.kind != "23":
        return record
    return Record(record.number, record.line, record.at(1, 73).ljust(LENGTH))
