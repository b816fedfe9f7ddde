from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from koprogo.kernel.errors import Conflict, DomainError, Forbidden, Kind, NotFound, Stale, Unavailable
from koprogo.kernel.words import Language, LotKind


class TooLate(Conflict):
    reason = "TOO_LATE"


class TestARefusal:
    def test_carries_kind_and_reason_of_its_class(self) -> None:
        refused = TooLate("It is closed.", field="ballots.3", days=2, limit=None)
        assert (refused.kind, refused.reason, refused.field, str(refused)) == (
            Kind.CONFLICT, "TOO_LATE", "ballots.3", "It is closed.",
        )  # fmt: skip
        assert refused.metadata == {"days": "2", "limit": "None"}

    def test_may_be_told_another_kind_without_changing_the_class(self) -> None:
        assert TooLate("m", kind=Kind.UNAVAILABLE, reason="LATER").kind is Kind.UNAVAILABLE
        assert TooLate("m").kind is Kind.CONFLICT

    @pytest.mark.parametrize(
        ("refusal", "kind"),
        [
            (DomainError, Kind.INVALID),
            (NotFound, Kind.NOT_FOUND),
            (Forbidden, Kind.FORBIDDEN),
            (Conflict, Kind.CONFLICT),
            (Stale, Kind.STALE),
            (Unavailable, Kind.UNAVAILABLE),
        ],
    )
    def test_says_what_the_caller_may_do(self, refusal: type[DomainError], kind: Kind) -> None:
        assert refusal("m").kind is kind
        assert refusal("m").reason.isupper()


class TestALotKind:
    def test_counts_towards_the_thresholds_unless_it_is_an_annex(self) -> None:
        assert [kind for kind in LotKind if kind.is_counted] == [LotKind.APARTMENT, LotKind.COMMERCIAL]


class TestTheKernel:
    def test_speaks_the_languages_of_the_country_and_english(self) -> None:
        assert {language.value for language in Language} == {"fr", "nl", "de", "en"}

    def test_imports_nothing_but_the_standard_library_and_itself(self) -> None:
        source = Path(__file__).parents[1] / "src" / "koprogo" / "kernel"
        imported = {
            name.partition(".")[0]
            for file in source.rglob("*.py")
            for node in ast.walk(ast.parse(file.read_text()))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert imported <= set(sys.stdlib_module_names) | {"koprogo"}
