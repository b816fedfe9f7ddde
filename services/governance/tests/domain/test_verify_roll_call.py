"""The lawyer's script and the domain check each other."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koprogo.governance import verify_roll_call
from koprogo.governance.domain.law.cap import Choice
from koprogo.governance.domain.law.majority import Nature
from koprogo.governance.domain.replay import Meeting, tally_from
from koprogo.governance.domain.roll_call import ActKind, append, export, read_export
from koprogo.kernel.errors import DomainError

from .acts import START, RollCall, an_item, entry, meetings
from .builders import BY_MAJORITY, FOR, quick

SCRIPT = Path(verify_roll_call.__file__)


def small_evening() -> RollCall:
    roll = [entry("A", 60), entry("B", 40)]
    evening = RollCall(roll, [an_item("budget")]).arrive("AB").take_quorum()
    return evening.vote("budget", for_="A", against="B").close()


def rewritten(evening: RollCall, kind: ActKind, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The first act of this kind changed and every later hash computed again: a forger with all the means."""
    acts: list[Any] = []
    done = False
    for act in evening.acts:
        data = json.loads(json.dumps(act.data))
        if act.kind is kind and not done:
            change(data)
            done = True
        acts.append(append(acts[-1] if acts else None, at=START, kind=act.kind, data=data))
    assert done
    return export(acts)


class TestTheVerifier:
    def test_needs_nothing_but_python(self, tmp_path: Path) -> None:
        (tmp_path / "verify_roll_call.py").write_bytes(SCRIPT.read_bytes())
        (tmp_path / "roll.jsonl").write_bytes(export(small_evening().acts))
        ran = subprocess.run(
            [sys.executable, "-I", "verify_roll_call.py", "roll.jsonl"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "OK    quorum (act 4): valid" in ran.stdout
        assert "OK    budget: rejected" in ran.stdout

    def test_exits_with_1_when_something_differs(self, tmp_path: Path) -> None:
        file = tmp_path / "roll.jsonl"
        file.write_bytes(rewritten(small_evening(), ActKind.VOTING_CLOSED, lambda data: data["result"].pop("cast")))
        assert verify_roll_call.main([str(file)]) == 1
        assert verify_roll_call.main([]) == 2

    def test_finds_every_byte_that_is_changed(self) -> None:
        content = export(small_evening().acts)
        assert verify_roll_call.check(content)[1]
        for position in range(len(content)):
            for flip in (1, 0x20, 0x80):
                changed = bytearray(content)
                changed[position] ^= flip
                assert not verify_roll_call.check(bytes(changed))[1], (position, flip)

    def test_finds_every_byte_that_is_missing_or_added(self) -> None:
        content = export(small_evening().acts)
        for position in range(len(content)):
            assert not verify_roll_call.check(content[:position] + content[position + 1 :])[1]
            assert not verify_roll_call.check(content[:position] + b" " + content[position:])[1]
        assert not verify_roll_call.check(content + b"\n")[1]
        assert not verify_roll_call.check(b"")[1]

    def test_finds_an_end_cut_off_by_the_last_hash(self) -> None:
        acts = small_evening().acts
        assert verify_roll_call.check(export(acts), acts[-1].hash)[1]
        unsigned = export(acts[:-1])
        assert verify_roll_call.check(unsigned)[1]
        assert not verify_roll_call.check(unsigned, acts[-1].hash)[1]
        assert not verify_roll_call.check(export(acts[:-2]))[1]

    @pytest.mark.parametrize(
        ("kind", "change"),
        [
            (ActKind.BALLOT, lambda data: data.update(choice="against")),
            (ActKind.BALLOT, lambda data: data.update(choice="perhaps")),
            (ActKind.BALLOT, lambda data: data.update(co_ownership="B")),
            (ActKind.BALLOT, lambda data: data.update(co_ownership="C")),
            (ActKind.BALLOT, lambda data: data.update(holder="B")),
            (ActKind.BALLOT, lambda data: data.pop("choice")),
            (ActKind.BALLOT, lambda data: data.update(item="lift")),
            (ActKind.ARRIVED, lambda data: data.update(mode="by_proxy", holder="X")),
            (ActKind.ARRIVED, lambda data: data.update(co_ownership="B")),
            (ActKind.QUORUM, lambda data: data.update(votes_present=99)),
            (ActKind.QUORUM, lambda data: data.update(reason="THREE_QUARTERS")),
            (ActKind.QUORUM, lambda data: data.update(missing_votes=1)),
            (ActKind.VOTING_CLOSED, lambda data: data["result"].update(adopted=True)),
            (ActKind.VOTING_CLOSED, lambda data: data["result"].update(majority="two_thirds")),
            (ActKind.VOTING_CLOSED, lambda data: data["result"]["cast"].update({"for": "41"})),
            (ActKind.VOTING_CLOSED, lambda data: data["result"].update(reductions=[])),
            (ActKind.VOTING_CLOSED, lambda data: data.update(result=[])),
            (ActKind.OPENED, lambda data: data["roll"][0].update(votes=61)),
            (ActKind.OPENED, lambda data: data.update(heads_total=3)),
            (ActKind.OPENED, lambda data: data.update(session=3)),
            (ActKind.OPENED, lambda data: data.update(rules_on="2018-06-10")),
            (ActKind.OPENED, lambda data: data["items"][0].update(nature="works")),
            (ActKind.OPENED, lambda data: data["items"][0].update(nature="other_statutes")),
            (ActKind.OPENED, lambda data: data["items"][0].update(excluded=["B"])),
            (ActKind.OPENED, lambda data: data["items"][0].update(key="lift")),
            (ActKind.OPENED, lambda data: data.pop("roll")),
        ],
    )
    def test_finds_what_a_forger_changed_even_with_all_hashes_made_anew(
        self, kind: ActKind, change: Callable[[dict[str, Any]], object]
    ) -> None:
        report, fine = verify_roll_call.check(rewritten(small_evening(), kind, change))
        assert not fine
        assert any(line.startswith("WRONG") for line in report)


class TestTheVerifierAndTheDomain:
    @settings(quick, max_examples=400)
    @given(meetings())
    def test_agree_on_any_meeting(self, evening: RollCall) -> None:
        report, fine = verify_roll_call.check(export(evening.acts))
        assert fine, report

    @quick
    @given(meetings(), st.data())
    def test_find_one_ballot_that_says_something_else_whenever_it_matters(
        self, evening: RollCall, data: st.DataObject
    ) -> None:
        """Both judge a forged roll call alike: the verifier finds it exactly when a result differs."""
        if not any(act.kind is ActKind.BALLOT for act in evening.acts):
            return
        choice = data.draw(st.sampled_from(list(Choice)))
        content = rewritten(evening, ActKind.BALLOT, lambda ballot: ballot.update(choice=choice.value))
        fine = verify_roll_call.check(content)[1]
        acts = read_export(content)
        same = all(
            {k: v for k, v in tally_from(acts, act.data["item"]).as_document().items() if k != "explanations"}
            == {k: v for k, v in act.data["result"].items() if k != "explanations"}
            for act in acts
            if act.kind is ActKind.VOTING_CLOSED
        )
        assert fine is same

    @quick
    @given(meetings(), st.data())
    def test_agree_on_which_sequence_of_acts_is_possible(self, evening: RollCall, data: st.DataObject) -> None:
        """Two acts change places, hashes made anew: what the domain refuses, the verifier refuses."""
        order = list(evening.acts)
        if len(order) < 3:
            return
        one = data.draw(st.integers(1, len(order) - 2))
        order[one], order[one + 1] = order[one + 1], order[one]
        acts: list[Any] = []
        for act in order:
            acts.append(append(acts[-1] if acts else None, at=START, kind=act.kind, data=act.data))
        try:
            Meeting(acts)
        except DomainError:
            assert not verify_roll_call.check(export(acts))[1]

    @pytest.mark.parametrize("come", ["A", "AB", "ABC", "BCD", "CDE", "ABCD", "BE", "F", "FA", "FAB", "FABC"])
    @pytest.mark.parametrize("nature", BY_MAJORITY.values(), ids=str)
    def test_agree_exactly_on_every_threshold(self, come: str, nature: Nature) -> None:
        """Twelve shares, so that halves, thirds and quarters are met to the share."""
        roll = [entry(*one) for one in zip("ABCDEF", (1, 1, 1, 1, 2, 6), strict=True)]
        evening = RollCall(roll, [an_item(f"{n}", nature.value) for n in range(len(come))])
        evening.arrive(come).take_quorum()
        for n in range(len(come)):
            evening.vote(f"{n}", for_=come[: n + 1], against=come[n + 1 :])
        report, fine = verify_roll_call.check(export(evening.close().acts))
        assert fine, report

    @pytest.mark.parametrize(
        ("come", "reason"),
        [("EF", None), ("AEF", "THREE_QUARTERS"), ("ABCDE", "HEADS_AND_SHARES"), ("ABCD", None), ("CDF", None)],
    )
    def test_agree_exactly_on_the_quorum(self, come: str, reason: str | None) -> None:
        roll = [entry(*one) for one in zip("ABCDEF", (1, 1, 1, 3, 6, 12), strict=True)]
        evening = RollCall(roll, []).arrive(come).take_quorum().close()
        assert evening.acts[len(come) + 1].data["reason"] == reason
        report, fine = verify_roll_call.check(export(evening.acts))
        assert fine, report

    def test_agree_on_a_ballot_cast_twice(self) -> None:
        evening = RollCall().arrive("A").open_vote("budget").cast("A", FOR, "budget")
        evening.close_vote("budget")
        twice = [*evening.acts[:-1], evening.acts[-2], evening.acts[-1]]
        acts: list[Any] = []
        for act in twice:
            acts.append(append(acts[-1] if acts else None, at=START, kind=act.kind, data=act.data))
        acts.append(append(acts[-1], at=START, kind=ActKind.CLOSED, data={}))
        assert not verify_roll_call.check(export(acts))[1]
        with pytest.raises(DomainError):
            Meeting(acts)
