"""Why a result is what it is, in the language of `Accept-Language`."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from litestar import Request, Response

from koprogo.governance.domain.law.explanations import Explanation
from koprogo.kernel.words import Language
from koprogo.kit.http.messages import language_of

_TABLE = tomllib.loads((resources.files("koprogo.governance") / "explanations.toml").read_text(encoding="utf-8"))
WORDED = {"verdict", "article", "source"}
"""Figures that are words of ours; the others are numbers, and names that people have."""
_WORD = re.compile("|".join(rf"\b{word}\b" for word in sorted(_TABLE["words"], key=len, reverse=True)))


def wanted(request: Request[Any, Any, Any]) -> Language:
    return language_of(request.headers.get("accept-language"))


def said(explanation: Explanation, language: Language) -> str:
    if language is Language.EN:
        return explanation.sentence
    figures = {
        name: _WORD.sub(lambda found: _TABLE["words"][found[0]][language], value) if name in WORDED else value
        for name, value in explanation.figures
    }
    sentence: str = _TABLE["sentences"][explanation.code][language]
    return sentence.format_map(figures)


def answer(result: Mapping[str, Any], explanations: Sequence[str], language: Language) -> Response[Mapping[str, Any]]:
    return Response(
        {**result, "explanations": explanations},
        status_code=200,
        headers={"content-language": language.value, "vary": "accept-language"},
    )
