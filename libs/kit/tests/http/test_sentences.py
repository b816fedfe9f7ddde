"""Whatever msgspec refuses of a command is said in the reader's language."""

from __future__ import annotations

import string
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest

from koprogo.kernel.words import Language
from koprogo.kit.http import sentences
from koprogo.kit.http.sentences import of_fields, title

TABLE = sentences._TABLE
Meta = msgspec.Meta


class Colour(Enum):
    RED = "red"


class Command(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    aged: Annotated[int, Meta(ge=1, le=9)] = 1
    above: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    short: Annotated[str, Meta(min_length=2, max_length=3)] = "ab"
    filled: Annotated[str, Meta(min_length=1)] = "a"
    lines: Annotated[list[int], Meta(min_length=2, max_length=3)] | None = None
    by_name: Annotated[dict[str, int], Meta(max_length=1)] = {}
    form: Annotated[str, Meta(pattern="^[a-z]+$")] = "a"
    colour: Colour = Colour.RED
    word: Literal["a", "b"] = "a"
    who: UUID | None = None
    on: date | None = None
    at: Annotated[datetime, Meta(tz=True)] | None = None
    yes: bool = True


REFUSED: list[dict[str, Any]] = [
    {}, {"name": 7}, {"name": None}, {"name": "x", "aged": 0}, {"name": "x", "aged": 10}, {"name": "x", "aged": 1.5},
    {"name": "x", "above": 0}, {"name": "x", "above": 1}, {"name": "x", "short": "a"}, {"name": "x", "short": "abcd"},
    {"name": "x", "filled": ""}, {"name": "x", "lines": [1]}, {"name": "x", "lines": [1, 2, 3, 4]},
    {"name": "x", "lines": [1, "2"]}, {"name": "x", "by_name": {"a": 1, "b": 2}}, {"name": "x", "form": "A"},
    {"name": "x", "colour": "blue"}, {"name": "x", "word": "c"}, {"name": "x", "who": "me"},
    {"name": "x", "on": "soon"}, {"name": "x", "at": "soon"}, {"name": "x", "at": "2026-06-10T18:00:00"},
    {"name": "x", "yes": "yes"}, {"name": "x", "colours": 1}, {"name": "x", "who": 3}, {"name": "x", "on": True},
]  # fmt: skip


def refusal(body: dict[str, Any]) -> str:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(body), type=Command)
    return str(refused.value)


class TestASentenceOfMsgspec:
    @pytest.mark.parametrize("body", REFUSED, ids=str)
    def test_is_said_in_each_language_without_its_path(self, body: dict[str, Any]) -> None:
        english = refusal(body)
        said = {language: of_fields([english], language) for language in Language}
        assert {language: found[1] for language, found in said.items()} == {one: one for one in Language}
        assert len({found[0][0] for found in said.values()}) == len(Language)
        assert not any("$" in found[0][0].replace("^[a-z]+$", "") for found in said.values())

    def test_keeps_the_name_of_a_field_that_is_called_like_a_kind_of_value(self) -> None:
        assert of_fields(["Object missing required field `date`"], Language.FR)[0] == ["`date` manque."]

    def test_keeps_a_value_with_braces_as_it_is(self) -> None:
        said, _ = of_fields(["Invalid enum value '{0}{x}'"], Language.NL)
        assert said == ["'{0}{x}' is geen van de mogelijke waarden."]

    def test_that_nobody_knows_stays_english_with_those_beside_it(self) -> None:
        said = of_fields(["Object missing required field `a`", "Something new"], Language.DE)
        assert said == (["`a` is missing.", "Something new"], Language.EN)


class TestTheTable:
    @pytest.mark.parametrize("one", TABLE["fields"], ids=lambda one: one["says"])
    def test_has_the_same_figures_in_each_language(self, one: dict[str, str]) -> None:
        def figures(text: str) -> set[str]:
            return {name for _, name, _, _ in string.Formatter().parse(text) if name}

        assert set(one) == {"says", *Language}
        assert len({frozenset(figures(one[language])) for language in Language}) == 1

    def test_has_every_title_and_kind_in_each_language(self) -> None:
        for words in [*TABLE["titles"].values(), *TABLE["kinds"].values()]:
            assert set(words) == set(Language)

    def test_has_no_title_for_a_status_we_do_not_know(self) -> None:
        assert title(418, Language.FR) is None
