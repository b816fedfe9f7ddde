"""Every refusal can be said in French, Dutch and German, and nothing is translated that nobody says."""

import re
import tomllib
from pathlib import Path

import pytest

from koprogo.kernel.words import Language
from koprogo.kit.http import messages

ROOT = Path(__file__).resolve().parents[2]
OF_THE_KIT = ROOT / "libs" / "kit" / "src" / "koprogo" / "kit" / "http" / "messages.toml"
PACKAGES = {"kit": [ROOT / "libs" / "kit" / "src", ROOT / "libs" / "kernel" / "src"]} | {
    folder.name: [folder / "src"] for folder in (ROOT / "services").iterdir() if folder.is_dir()
}
INSIDE = {
    "CALLER_NOT_ALLOWED", "TENANT_MISSING", "HEADS_AND_SHARES", "THREE_QUARTERS", "SECOND_SESSION",
    "TENANT_ERASED", "OPERATION_MISSING", "OPERATION_REUSED", "CURSOR_UNKNOWN", "TABLE_UNKNOWN", "ROWS_UNREADABLE",
    "IMPORT_OUT_OF_ORDER", "ROWS_STAND_ELSEWHERE", "TENANT_HAS_BEGUN", "TENANT_LIVES_ELSEWHERE", "DATABASE_TAKEN",
}  # fmt: skip
"""Between services or said to the operator, or reasons of a result and not of a refusal."""


def said(package: str) -> set[str]:
    pattern = re.compile(r'(?:reason(?:: str)? ?= ?|_said\(request, \d+, |\b\d{3}: )"([A-Z_]+)"')
    sources = [file.read_text() for folder in PACKAGES[package] for file in folder.rglob("*.py")]
    return {reason for text in sources for reason in pattern.findall(text)} - INSIDE


def translated(package: str) -> dict[str, dict[str, str]]:
    file = OF_THE_KIT if package == "kit" else next(PACKAGES[package][0].rglob("messages.toml"))
    return tomllib.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", sorted(PACKAGES))
class TestTheRefusalsOf:
    def test_are_all_said_in_each_language(self, package: str) -> None:
        assert said(package) - set(translated(package)) == set()
        for reason, sentences in translated(package).items():
            assert set(sentences) == {"fr", "nl", "de"}, reason
            assert len(set(sentences.values())) == 3, f"{reason} is the same in two languages"

    def test_are_not_said_when_nobody_refuses_so(self, package: str) -> None:
        assert set(translated(package)) - said(package) == set()


class TestTheLanguageOfAMessage:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            ("nl-BE,nl;q=0.9,fr;q=0.8", Language.NL),
            ("es, fr;q=0.5, de;q=0.7", Language.DE),
            ("fr", Language.FR),
            ("es", Language.EN),
            ("", Language.EN),
            (None, Language.EN),
            ("nl;q=x, de", Language.DE),
        ],
    )
    def test_is_the_first_asked_for_that_we_speak(self, header: str | None, language: Language) -> None:
        assert messages.language_of(header) is language

    def test_is_english_when_a_figure_of_the_sentence_is_missing(self) -> None:
        messages.load("koprogo.governance")
        late = messages.say("NOTICE_TOO_SHORT", "Too late.", Language.NL, {"latest_dispatch": "2026-05-26"})
        assert late[0].startswith("De oproepingen moesten uiterlijk op 2026-05-26 vertrekken")
        assert messages.say("NOTICE_TOO_SHORT", "Too late.", Language.NL, {}) == ("Too late.", Language.EN)
