"""Processes are ended by pid, and only those that we started."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from koprogo.stack import downloads, paths
from koprogo.stack.instance import Instance
from koprogo.stack.parts.part import launch
from koprogo.stack.parts.postgres import Postgres
from koprogo.stack.running import Running, check_port_free
from koprogo.stack.testing import running
from koprogo.stack.trouble import Trouble

SLEEPER = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]


class TestAProcess:
    def test_is_known_by_its_pid_and_start_time(self, tmp_path: Path) -> None:
        process = Running(tmp_path, "sleeper")
        process.start(SLEEPER, {})
        assert process.pid is not None
        process.stop()
        assert process.pid is None
        assert not process.pid_file.exists()

    def test_that_got_our_old_pid_is_left_alone(self, tmp_path: Path) -> None:
        somebody = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
        try:
            process = Running(tmp_path, "sleeper")
            process.pid_file.parent.mkdir()
            process.pid_file.write_text(json.dumps({"pid": somebody.pid, "started": "1"}))
            assert process.pid is None
            process.stop()
            process.kill()
            assert somebody.poll() is None
        finally:
            somebody.kill()
            somebody.wait()

    def test_whose_pid_file_was_half_written_counts_as_down(self, tmp_path: Path) -> None:
        process = Running(tmp_path, "sleeper")
        process.pid_file.parent.mkdir()
        process.pid_file.write_text('{"pid": 12')
        assert process.pid is None

    def test_leaves_its_last_words(self, tmp_path: Path) -> None:
        process = Running(tmp_path, "broken")
        process.start([sys.executable, "-c", "raise SystemExit('no disk left')"], {})
        while process.pid is not None:
            pass
        assert "no disk left" in process.last_words()


class TestAPortInUse:
    def test_is_named_with_the_part_that_needs_it_and_the_way_out(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(Trouble, match=rf"Port {port}, which kafka needs.*KOPROGO_PORT_BASE"):
                check_port_free(port, "kafka")


class TestADownload:
    def test_with_another_checksum_is_refused_and_deleted(self, tmp_path: Path) -> None:
        working = tmp_path / "keycloak.partial"
        working.mkdir()
        with pytest.raises(Trouble, match="the download was deleted"):
            downloads._check("Keycloak", "0" * 64, "1" * 64, working)
        assert not working.exists()

    def test_that_stopped_half_way_is_begun_again(self, tmp_path: Path) -> None:
        half = tmp_path / "kafka-1.partial"
        half.mkdir()
        (half / "some.jar").touch()
        assert list(downloads._fresh(tmp_path / "kafka-1").iterdir()) == []


class TestPostgreSQL:
    def test_is_made_anew_after_a_first_start_that_was_cut_off(self) -> None:
        instance = Instance.temporary()
        try:
            half = instance.folder / "postgres"
            half.mkdir()
            (half / "base").mkdir()
            launch(Postgres(), instance, lambda _: None)
            assert Postgres().is_ready(instance)
            instance.running("postgres").stop()
        finally:
            instance.forget()

    def test_that_was_killed_starts_again_with_its_data(self) -> None:
        with running("postgres") as town:
            instance = town.instance
            town.kill("postgres")
            assert instance.running("postgres").pid is None
            assert not Postgres().is_ready(instance)
            town.start("postgres")
            assert Postgres().is_ready(instance)

    def test_gives_a_service_its_own_database_and_no_other(self) -> None:
        with running("postgres") as town:

            async def connect(role: str, database: str) -> str:
                url = town.instance.database_url(role).rpartition("/")[0] + f"/{database}"
                connection = await asyncpg.connect(url)
                try:
                    await connection.execute("create table mine (id int)")
                finally:
                    await connection.close()
                return "created"

            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                asyncio.run(connect("property", "property"))
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                asyncio.run(connect("property", "governance"))


class TestSecrets:
    def test_are_made_for_each_installation_and_readable_by_nobody_else(self) -> None:
        one, other = Instance.temporary(), Instance.temporary()
        try:
            assert one.secrets["super_admin"] != other.secrets["super_admin"]
            assert (one.folder / "secrets.json").stat().st_mode & 0o077 == 0
            again = Instance(one.folder, one.base).prepared()
            assert again.secrets == one.secrets
        finally:
            one.forget()
            other.forget()


class TestTwoAtOnce:
    def test_the_second_make_up_waits_its_turn(self) -> None:
        paths.data().mkdir(parents=True, exist_ok=True)
        with (paths.data() / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = subprocess.run(
                [sys.executable, "-m", "koprogo.stack", "down"], capture_output=True, text=True, env={**os.environ}
            )
        assert done.returncode == 1
        assert "is at work" in done.stderr
