"""What stands in a convocation or in minutes must print; it is refused when typed, not when it is due."""

import unicodedata

from koprogo.kernel.errors import DomainError

BEYOND = 0x2E80
"""From here on come scripts that the documents' typeface does not have, and emoji."""


class CharacterNotPrintable(DomainError):
    reason = "CHARACTER_NOT_PRINTABLE"


def check_printable(text: str, field: str) -> None:
    """Latin, Greek and Cyrillic letters, digits and punctuation, as the typeface of the documents has them."""
    for character in text:
        is_picture = ord(character) > 0x2190 and unicodedata.category(character) == "So"
        if ord(character) >= BEYOND or is_picture or unicodedata.category(character) in ("Co", "Cn", "Cs"):
            name = unicodedata.name(character, "this character").lower()
            raise CharacterNotPrintable(f"{name} cannot be printed in the documents; leave it out.", field=field)
