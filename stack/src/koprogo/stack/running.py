"""Processes we started: started with a log, known by pid and start time, ended by pid alone."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from koprogo.stack.trouble import Trouble


class Running:
    """One process of an instance. `run/<name>.pid` says which it is, `logs/<name>.log` what it said."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.pid_file = folder / "run" / f"{name}.pid"
        self.log_file = folder / "logs" / f"{name}.log"

    def start(self, command: Sequence[str | Path], environment: Mapping[str, str], *, user: int | None = None) -> None:
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            log.write(f"\n--- started {time.strftime('%Y-%m-%d %H:%M:%S')}\n".encode())
            log.flush()
            process = subprocess.Popen(
                [str(word) for word in command],
                env={"PATH": os.environ.get("PATH", ""), "HOME": "/tmp", "LANG": "C.UTF-8", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                user=user,
                group=user,
                extra_groups=[] if user is not None else None,
            )
        # The pid alone may be somebody else's after a reboot: with its start time it is ours.
        working = self.pid_file.with_suffix(".new")
        working.write_text(json.dumps({"pid": process.pid, "started": _started(process.pid)}))
        working.rename(self.pid_file)

    @property
    def pid(self) -> int | None:
        """None when it does not run, or its pid has become somebody else's."""
        try:
            noted = json.loads(self.pid_file.read_text())
            pid = int(noted["pid"])
        except (OSError, ValueError, KeyError):
            return None
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        return pid if noted["started"] and _started(pid) == noted["started"] else None

    def stop(self, how: signal.Signals = signal.SIGTERM, patience: float = 15) -> None:
        """Ask, wait, and insist. Does nothing when it is not running."""
        pid = self.pid
        if pid is not None:
            for number, seconds in ((how, patience), (signal.SIGKILL, 5)):
                _send(pid, number)
                if _until(lambda: self.pid is None, seconds):
                    break
        self.pid_file.unlink(missing_ok=True)

    def wait_until(self, is_ready: Callable[[], bool], patience: float) -> None:
        """Trouble with its last words when it has ended, or is not ready in time."""
        deadline = time.monotonic() + patience
        while True:
            ready = is_ready()
            if self.pid is None:
                raise Trouble(f"{self.name} has ended. Its last words ({self.log_file}):\n{self.last_words()}")
            if ready:
                return
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{self.name} is not ready after {patience:.0f} s. Its last words ({self.log_file}):\n"
                    f"{self.last_words()}"
                )
            time.sleep(0.1)

    def kill(self) -> None:
        """As a crash would."""
        if (pid := self.pid) is not None:
            _send(pid, signal.SIGKILL)
            _until(lambda: self.pid is None, 5)

    def last_words(self, lines: int = 12) -> str:
        try:
            text = self.log_file.read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.rsplit("--- started", 1)[-1].splitlines()[-lines:])


def _send(pid: int, number: signal.Signals) -> None:
    """It leads a session of its own. SIGKILL goes to all of it: Keycloak's is a shell with its Java inside."""
    with contextlib.suppress(ProcessLookupError):
        if number is signal.SIGKILL:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def _until(condition: object, seconds: float) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def _started(pid: int) -> str | None:
    """Clock ticks since boot, from /proc; None when there is no such process, or it is dead and not reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return None
    # A process whose first thread has ended lives on, ports and all, until the last one has.
    return None if fields[0] == "Z" and threads <= 1 else fields[19]


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def check_port_free(port: int, part: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Trouble(
                f"Port {port}, which {part} needs, is in use by another program. End that program, or choose other "
                "ports: KOPROGO_PORT_BASE=18080 make up"
            ) from None
