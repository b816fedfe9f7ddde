"""What our tools say in English, said in the reader's language: titles of problems, and what is wrong with a field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib import resources

from koprogo.kernel.words import Language

_TABLE = tomllib.loads((resources.files(__package__) / "sentences.toml").read_text(encoding="utf-8"))
_FIELDS = [(re.compile(one["says"], re.DOTALL), one) for one in _TABLE["fields"]]
_PATH = re.compile(r" - at `[^`]*`$")


def title(status: int, language: Language) -> str | None:
    said: str | None = _TABLE["titles"].get(str(status), {}).get(language)
    return said


def of_fields(english: Sequence[str], wanted: Language) -> tuple[list[str], Language]:
    """All of them in one language: English, as soon as one of them cannot be said in another."""
    said = [_of_field(one, wanted) for one in english]
    known = [one for one in said if one is not None]
    if len(known) == len(said):
        return known, wanted
    return [_of_field(one, Language.EN) or one for one in english], Language.EN


def _of_field(english: str, language: Language) -> str | None:
    sentence = _PATH.sub("", english)
    for pattern, said in _FIELDS:
        if found := pattern.fullmatch(sentence):
            words: dict[str, str] = found.groupdict()
            words |= {name: _kinds(words[name], language) for name in ("wanted", "got") if name in words}
            template: str = said[language]
            return template.format_map(words)
    return None


def _kinds(text: str, language: Language) -> str:
    """`int | null`"""
    return " | ".join(_TABLE["kinds"].get(one, {}).get(language, f"`{one}`") for one in text.split(" | "))
