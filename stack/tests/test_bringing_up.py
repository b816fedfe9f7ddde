"""Parts start side by side, once, and what goes wrong with one is told at once."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from koprogo.stack import stack
from koprogo.stack.instance import Instance
from koprogo.stack.parts.part import Say, launch
from koprogo.stack.parts.postgres import Postgres
from koprogo.stack.testing import running
from koprogo.stack.trouble import Trouble


class Script:
    """A part that is a line of shell, ready when it says so."""

    ports: tuple[str, ...] = ()

    def __init__(self, name: str, line: str, *, needs: tuple[str, ...] = (), is_ready: bool = True) -> None:
        self.name, self.line, self.needs, self.ready = name, line, needs, is_ready
        self.started = self.set_up = 0

    def start(self, instance: Instance, say: Say) -> None:
        self.started += 1
        instance.running(self.name).start(["sh", "-c", self.line], {})

    def is_ready(self, instance: Instance) -> bool:
        return self.ready

    def after(self, instance: Instance, say: Say) -> None:
        self.set_up += 1


@pytest.fixture
def instance() -> Iterator[Instance]:
    instance = Instance.temporary()
    yield instance
    for name in ("one", "two", "postgres"):
        instance.running(name).stop()
    instance.forget()


def silent(_: str) -> None: ...


class TestAPart:
    def test_is_started_once_and_set_up_each_time(self, instance: Instance) -> None:
        part = Script("one", "sleep 60")
        for _ in range(2):
            launch(part, instance, silent)
        assert (part.started, part.set_up) == (1, 2)

    def test_that_was_killed_is_started_again(self, instance: Instance) -> None:
        part = Script("one", "sleep 60")
        launch(part, instance, silent)
        instance.running("one").kill()
        launch(part, instance, silent)
        assert part.started == 2

    def test_that_dies_while_it_starts_is_told_with_its_last_words(self, instance: Instance) -> None:
        part = Script("one", "echo no room on the disk; exit 3", is_ready=False)
        with pytest.raises(Trouble, match=r"one has ended(.|\n)*no room on the disk"):
            launch(part, instance, silent)

    def test_that_has_died_is_not_taken_for_another_that_answers_in_its_place(self, instance: Instance) -> None:
        class Answered(Script):
            def is_ready(self, instance: Instance) -> bool:
                while instance.running(self.name).pid is not None:
                    time.sleep(0.01)
                return True

        with pytest.raises(Trouble, match="one has ended"):
            launch(Answered("one", "exit 0"), instance, silent)

    def test_that_does_not_get_ready_is_told_after_a_while(self, instance: Instance) -> None:
        part = Script("one", "echo still thinking; sleep 60", is_ready=False)
        with pytest.raises(Trouble, match=r"not ready after 0 s(.|\n)*still thinking"):
            launch(part, instance, silent, patience=0.3)


class TestPartsThatNeedOneAnother:
    def test_wait_for_it(self, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        said: list[str] = []
        parts = {p.name: p for p in (Script("two", "sleep 60", needs=("one",)), Script("one", "sleep 60"))}
        monkeypatch.setattr(stack, "PARTS", parts)
        stack.up(instance, ["two", "one"], said.append)
        assert said == ["one is ready", "two is ready"]

    def test_are_not_started_when_it_fails(self, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        parts = {
            p.name: p for p in (Script("one", "exit 1", is_ready=False), Script("two", "sleep 60", needs=("one",)))
        }
        monkeypatch.setattr(stack, "PARTS", parts)
        with pytest.raises(Trouble, match="one has ended"):
            stack.up(instance, ["one", "two"], silent)
        assert parts["two"].started == 0


class TestPostgreSQLWhoseFolderWasHalfMade:
    def test_is_made_anew(self, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        class CutOff(BaseException):
            pass

        def make_half(command: list[object], **_: object) -> None:
            folder = Path(str(command[command.index("-D") + 1]))
            (folder / "PG_VERSION").write_text("18\n")
            (folder / "base").mkdir()
            raise CutOff

        with monkeypatch.context() as cut_off:
            cut_off.setattr(subprocess, "run", make_half)
            with pytest.raises(CutOff):
                launch(Postgres(), instance, silent)
        launch(Postgres(), instance, silent)
        assert Postgres().is_ready(instance)


class TestASecondStart:
    def test_of_what_runs_takes_no_time_and_touches_nothing(self) -> None:
        with running("postgres") as town:
            pid = town.instance.running("postgres").pid
            started = time.monotonic()
            town.start("postgres")
            assert time.monotonic() - started < 1.5
            assert town.instance.running("postgres").pid == pid
            town.stop("postgres")
            started = time.monotonic()
            town.start("postgres")
            assert time.monotonic() - started < 5
