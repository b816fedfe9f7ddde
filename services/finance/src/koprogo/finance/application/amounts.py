"""How figures and texts come in."""

from typing import Annotated

import msgspec

from koprogo.kernel.money import AMOUNT_PATTERN
from koprogo.kernel.words import Language

Amount = Annotated[str, msgspec.Meta(pattern=AMOUNT_PATTERN, description='Euro, as in "1234.50"')]
Positive = Annotated[str, msgspec.Meta(pattern=r"^(?!0+(\.0+)?$)\d{1,12}(\.\d{1,2})?$", description="Euro, above 0")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Texts = Annotated[dict[Language, Text], msgspec.Meta(min_length=1, max_length=4)]
"""By language; a reader without his own sees the first."""
AccountCode = Annotated[str, msgspec.Meta(pattern=r"^[1-7][0-9]{1,7}$")]


def in_language(texts: dict[Language, str], language: Language) -> str:
    return texts.get(language) or next(iter(texts.values()))
