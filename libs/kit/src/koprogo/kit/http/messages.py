"""Refusals in the language of `Accept-Language` (fr, nl, de); English is in the code, beside the rule."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources

from koprogo.kernel.words import Language

_BY_REASON: dict[str, dict[str, str]] = {}


def load(package: str, file: str = "messages.toml") -> Mapping[str, Mapping[str, str]]:
    """Add what a package says, by reason and language."""
    found = tomllib.loads((resources.files(package) / file).read_text(encoding="utf-8"))
    _BY_REASON.update(found)
    return found


load(__package__)


def language_of(header: str | None) -> Language:
    """The first language asked for that we speak; English when there is none."""
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate((header or "")[:200].split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), position, name[:2].lower()))
        except ValueError:
            continue
    return next((Language(name) for _, _, name in sorted(wanted) if name in set(Language)), Language.EN)


def say(reason: str, english: str, language: Language, metadata: Mapping[str, str]) -> tuple[str, Language]:
    """The message and the language it is in."""
    sentence = _BY_REASON.get(reason, {}).get(language)
    if sentence is None:
        return english, Language.EN
    try:
        return sentence.format_map(metadata), language
    except KeyError:
        return english, Language.EN
