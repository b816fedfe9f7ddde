"""Rendering beside the service: its memory and its seconds of CPU are not the event loop's.

Nothing here imports WeasyPrint or the templates.
"""

import asyncio
import contextlib
import os
import sys
from datetime import datetime

from koprogo.documents.rendering import framing
from koprogo.documents.rendering.framing import ANSWER, Status
from koprogo.documents.rendering.refusals import DocumentNotRenderable, RenderingUnavailable
from koprogo_api.documents.events.v1.request_pb2 import DocumentRequested

_MEBIBYTE = 1024 * 1024
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TZDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR")
"""What the child may see of the service's environment: none of its passwords."""


class _ChildFailed(Exception):
    """It died, or did not answer in time."""


class RenderingProcess:
    """One child at a time, started when there is something to render, ended when idle, old or fat."""

    def __init__(
        self,
        *,
        timeout_seconds: float = 120,
        idle_seconds: float = 60,
        documents_per_child: int = 200,
        most_resident_bytes: int = 400 * _MEBIBYTE,
        command: tuple[str, ...] = (sys.executable, "-m", "koprogo.documents.rendering"),
    ) -> None:
        self._timeout = timeout_seconds
        self._idle = idle_seconds
        self._documents_per_child = documents_per_child
        self._most_resident = most_resident_bytes
        self._command = command
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._rendered = 0
        self._ending: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the living child, if there is one."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def render(self, request: DocumentRequested, rendered_at: datetime) -> bytes:
        """The PDF. Raises DocumentNotRenderable for good, RenderingUnavailable when it may work later."""
        message = framing.request(rendered_at.isoformat(), request.SerializeToString(deterministic=True))
        async with self._turn:
            await self._stop_waiting_to_end()
            try:
                status, body = await self._ask_twice(message)
            finally:
                self._end_when_idle()
        if status is Status.REFUSED:
            raise DocumentNotRenderable(body.decode())
        if status is Status.UNAVAILABLE:
            raise RenderingUnavailable(body.decode())
        return body

    async def aclose(self) -> None:
        async with self._turn:
            await self._stop_waiting_to_end()
            await self._end()

    async def _ask_twice(self, message: bytes) -> tuple[Status, bytes]:
        try:
            return await self._ask(message)
        except _ChildFailed:
            pass
        try:
            return await self._ask(message)
        except _ChildFailed as failure:
            raise RenderingUnavailable(f"The rendering process {failure}, twice.") from failure

    async def _ask(self, message: bytes) -> tuple[Status, bytes]:
        try:
            async with asyncio.timeout(self._timeout):
                child = await self._living_child()
                assert child.stdin is not None
                assert child.stdout is not None
                child.stdin.write(message)
                await child.stdin.drain()
                status, resident, length = ANSWER.unpack(await child.stdout.readexactly(ANSWER.size))
                body = await child.stdout.readexactly(length)
        except TimeoutError:
            await self._kill()
            raise _ChildFailed(f"did not answer within {self._timeout} seconds") from None
        except (asyncio.IncompleteReadError, OSError) as error:
            await self._kill()
            raise _ChildFailed("died") from error
        except BaseException:
            # Cancelled half way: the answer would be taken for that of the next request.
            await self._kill()
            raise
        self._rendered += 1
        if self._rendered >= self._documents_per_child or resident > self._most_resident:
            await self._end()
        return Status(status), body

    async def _living_child(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._rendered = 0
            self._child = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
        return self._child

    async def _end(self) -> None:
        """It leaves when its stdin ends; it is killed when it does not."""
        if (child := self._child) is None:
            return
        if child.stdin is not None:
            child.stdin.close()
        try:
            async with asyncio.timeout(5):
                await child.wait()
        except TimeoutError:
            await self._kill()
        self._child = None

    async def _kill(self) -> None:
        if (child := self._child) is None:
            return
        self._child = None
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()

    def _end_when_idle(self) -> None:
        if self._child is not None:
            self._ending = asyncio.create_task(self._end_after_idling())

    async def _end_after_idling(self) -> None:
        await asyncio.sleep(self._idle)
        self._ending = None
        async with self._turn:
            await self._end()

    async def _stop_waiting_to_end(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ending
            self._ending = None
