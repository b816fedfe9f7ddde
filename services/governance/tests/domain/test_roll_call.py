import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.governance.domain.roll_call import (
    GENESIS,
    Act,
    ActKind,
    BrokenChain,
    NotCanonical,
    append,
    canonical,
    export,
    instant,
    read_export,
    verify,
)

from .acts import START, RollCall
from .builders import quick


def an_evening() -> RollCall:
    return RollCall().arrive("ABCDEF").take_quorum().vote("budget", for_="ABC", against="D").close()


class TestAnAct:
    def test_is_hashed_with_the_hash_before_it(self) -> None:
        first, second = an_evening().acts[:2]
        assert (first.number, first.previous) == (1, GENESIS)
        assert (second.number, second.previous) == (2, first.hash)
        written = canonical(second.as_document())
        assert second.hash == sha256(first.hash.encode() + written).hexdigest()

    def test_has_exactly_the_parts_announced(self) -> None:
        act = an_evening().acts[1].as_document()
        assert sorted(act) == ["at", "data", "kind", "number", "previous"]
        assert act["at"] == "2026-06-10T18:00:01.000000Z"

    def test_happens_at_a_moment_in_utc(self) -> None:
        brussels = timezone(timedelta(hours=2))
        assert instant(datetime(2026, 6, 10, 20, 0, 0, 5, brussels)) == "2026-06-10T18:00:00.000005Z"
        with pytest.raises(NotCanonical):
            instant(datetime(2026, 6, 10, 20))  # noqa: DTZ001

    def test_opens_the_meeting_if_and_only_if_it_is_the_first(self) -> None:
        opening = an_evening().acts[0]
        with pytest.raises(BrokenChain):
            append(None, at=START, kind=ActKind.CLOSED, data={})
        with pytest.raises(BrokenChain):
            append(opening, at=START, kind=ActKind.OPENED, data={})


class TestCanonicalJson:
    def test_sorts_keys_and_leaves_no_spaces_and_escapes_nothing_needlessly(self) -> None:
        assert canonical({"b": [1, None, True], "a": "é\n"}) == '{"a":"é\\n","b":[1,null,true]}'.encode()

    @pytest.mark.parametrize(
        "value", [1.0, {"a": [float("nan")]}, {1: "a"}, {"a": {None: 1}}, datetime.now(UTC), {"a": "\ud800"}, b"a"]
    )
    def test_refuses_what_has_more_than_one_writing(self, value: object) -> None:
        with pytest.raises(NotCanonical):
            canonical(value)

    @quick
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
        )
    )
    def test_is_read_back_and_written_alike(self, value: object) -> None:
        written = canonical(value)
        assert json.loads(written) == value
        assert canonical(json.loads(written)) == written


class TestAChain:
    def test_holds_as_written(self) -> None:
        verify(an_evening().acts)
        verify([])

    @pytest.mark.parametrize(
        "change",
        [
            {"data": {}},
            {"at": "2026-06-10T18:00:01.000001Z"},
            {"at": "2026-06-10T18:00:01Z"},
            {"kind": ActKind.LEFT},
            {"kind": ActKind.OPENED},
            {"number": 7},
            {"previous": GENESIS},
            {"hash": "f" * 64},
        ],
        ids=str,
    )
    def test_breaks_at_the_act_that_was_altered(self, change: dict[str, object]) -> None:
        acts = an_evening().acts
        acts[2] = replace(acts[2], **change)  # type: ignore[arg-type]
        with pytest.raises(BrokenChain) as broken:
            verify(acts)
        assert broken.value.metadata["act"] == "3"

    def test_breaks_when_an_act_is_removed_moved_or_doubled(self) -> None:
        acts = an_evening().acts
        for wrong in (acts[1:], [*acts[:3], *acts[4:]], [*acts[:2], acts[3], acts[2], *acts[4:]], [*acts, acts[-1]]):
            with pytest.raises(BrokenChain):
                verify(wrong)

    def test_breaks_when_an_altered_act_is_hashed_again_without_those_after_it(self) -> None:
        acts = an_evening().acts
        acts[2] = append(acts[1], at=START, kind=acts[2].kind, data={"co_ownership": "Z"})
        with pytest.raises(BrokenChain) as broken:
            verify(acts)
        assert broken.value.metadata["act"] == "4"


class TestAnExport:
    def test_is_read_back_as_it_was(self) -> None:
        acts = tuple(an_evening().acts)
        assert read_export(export(acts)) == acts
        assert read_export(b"") == ()

    def test_has_one_act_with_its_hash_a_line(self) -> None:
        acts = an_evening().acts
        lines = export(acts).splitlines()
        assert [json.loads(line)["hash"] for line in lines] == [act.hash for act in acts]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'"number":2', b'"number": 2'),
            (b'"number":2', b'"number":2.0'),
            (b'"number":2', b'"number":02'),
            (b"A", b"\\u0041"),
            (b"\n", b"\r\n"),
            (b"\n", b""),
            (b'"hash":"', b'"extra":1,"hash":"'),
            (b'"kind":"arrived"', b'"kind":"danced"'),
            (b"in_person", b"in_\xff"),
            (b'{"act"', b'[{"act"'),
        ],
    )
    def test_refuses_any_other_writing(self, old: bytes, new: bytes) -> None:
        content = export(an_evening().acts)
        assert old in content
        with pytest.raises(BrokenChain):
            read_export(content.replace(old, new, 1))

    def test_refuses_a_line_cut_off(self) -> None:
        with pytest.raises(BrokenChain):
            read_export(export(an_evening().acts)[:-1])

    def test_refuses_an_act_that_names_no_hash(self) -> None:
        act: Act = an_evening().acts[0]
        with pytest.raises(BrokenChain):
            read_export(canonical({"act": act.as_document()}) + b"\n")
