"""Requests over kept connections, at a fixed mean rate with Poisson arrivals, or as fast as they are answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    token: str
    body: bytes = b""

    def encoded(self) -> bytes:
        head = f"{self.method} {self.path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {self.token}\r\n"
        if self.body:
            head += "content-type: application/json\r\n"
        return f"{head}content-length: {len(self.body)}\r\n\r\n".encode() + self.body


class Connections:
    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self, request: Request) -> int:
        while self._idle and self._idle[-1][0].at_eof():
            self._idle.pop()
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request.encoded())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await reader.readexactly(int(line[15:]))
        self._idle.append((reader, writer))
        return status

    def close(self) -> None:
        for _, writer in self._idle:
            writer.close()


@dataclass(frozen=True)
class Run:
    milliseconds: Sequence[float]
    """From when a request was due to its last byte: waiting for a late server counts."""
    seconds: float
    failed: int

    def percentile(self, part: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("nan")


async def poisson(port: int, request: Callable[[], Request], *, rate: float, count: int) -> Run:
    connections, took, failed = Connections(port), [], 0

    async def one(due: float) -> None:
        nonlocal failed
        status = await connections.send(request())
        took.append((time.perf_counter() - due) * 1000)
        failed += status >= 400

    started = time.perf_counter()
    due, tasks = started, []
    for _ in range(count):
        due += random.expovariate(rate)
        await asyncio.sleep(max(0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    elapsed = time.perf_counter() - started
    connections.close()
    return Run(took, elapsed, failed)


async def saturating(port: int, request: Callable[[], Request], *, clients: int, seconds: float) -> Run:
    connections, took, failed = Connections(port), [], 0
    started = time.perf_counter()

    async def client() -> None:
        nonlocal failed
        while time.perf_counter() < started + seconds:
            at = time.perf_counter()
            status = await connections.send(request())
            took.append((time.perf_counter() - at) * 1000)
            failed += status >= 400

    await asyncio.gather(*(client() for _ in range(clients)))
    elapsed = time.perf_counter() - started
    connections.close()
    return Run(took, elapsed, failed)
