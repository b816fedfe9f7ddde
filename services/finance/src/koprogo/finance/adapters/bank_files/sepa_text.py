"""The characters that every bank of the SEPA takes, and what becomes of the others."""

import re
import unicodedata

OUTSIDE = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
WRITTEN = str.maketrans(
    {
        "&": "+", "_": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "`": "'", "´": "'", "“": "'", "”": "'", "„": "'",
        '"': "'", "«": "'", "»": "'", ";": ",", "!": ".", "…": "...", "@": "(at)", "€": "EUR", "%": " pct", "*": ".",
        "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE",
        "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "°": "o", "⁄": "/", "þ": "th", "Þ": "Th", "ı": "i",
    }
)  # fmt: skip


def sepa(text: str, length: int) -> str:
    """Accents go, what cannot be written becomes a question mark, and no payment is lost for its letters."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(WRITTEN))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(WRITTEN)
    latin = OUTSIDE.sub("?", " ".join(bare.split()))
    # Banks refuse a text that begins or ends with a slash, or has two together.
    return re.sub(r"/(\s*/)+", "/", latin).strip("/ ")[:length].strip("/ ")


def is_reference(text: str) -> bool:
    """An id goes unchanged or not at all, since it must come back the same."""
    return 0 < len(text) <= 35 and sepa(text, 35) == text
