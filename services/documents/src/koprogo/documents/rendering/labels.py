"""The words of each language, one file a language with the same keys."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from koprogo.documents.rendering.refusals import DocumentNotRenderable

LANGUAGES = ("fr", "nl", "de", "en")

NO_BREAK = "\u00a0"
_BEFORE_A_NUMBER = re.compile(r"(§§?|\b[Aa]rt\.|\bNr\.|\bAbs\.|\bal\.|\bNo\.) (?=[\d{])")
_BEFORE_A_CODE = re.compile(r"(?<=\d) (?=BW|ZGB)")
_BEFORE_A_SIGN = re.compile(r" (?=[:;?!%»–])")


@cache
def labels(language: str) -> dict[str, str]:
    """Every label by its dotted key, with the spaces that may not break."""
    if language not in LANGUAGES:
        raise DocumentNotRenderable(
            f"There are no documents in the language {language!r}, only in {', '.join(LANGUAGES)}.",
            field="language",
        )
    source = files(__package__) / "labels" / f"{language}.toml"
    return {key: _bind(text) for key, text in _flat(tomllib.loads(source.read_text("utf-8")))}


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, value))
    return found


def _bind(text: str) -> str:
    text = _BEFORE_A_NUMBER.sub(rf"\1{NO_BREAK}", text)
    text = _BEFORE_A_CODE.sub(NO_BREAK, text)
    return _BEFORE_A_SIGN.sub(NO_BREAK, text).replace("« ", f"«{NO_BREAK}")
