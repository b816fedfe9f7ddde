"""What every part tells of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import httpx

from koprogo.stack.instance import Instance
from koprogo.stack.running import check_port_free

Say = Callable[[str], None]


class Part(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def needs(self) -> tuple[str, ...]: ...
    @property
    def ports(self) -> tuple[str, ...]: ...

    def start(self, instance: Instance, say: Say) -> None:
        """Start the process; return without waiting for it."""
        ...

    def is_ready(self, instance: Instance) -> bool: ...

    def after(self, instance: Instance, say: Say) -> None:
        """What is to be set up once it is ready; may run again."""
        ...


def launch(part: Part, instance: Instance, say: Say, patience: float = 300) -> None:
    """Start one part and wait until it is ready and set up. Nothing happens when it runs already.

    Who ends is noticed at once; patience is for a machine that is busy with other things.
    """
    running = instance.running(part.name)
    if running.pid is None:
        for port in part.ports:
            check_port_free(instance.port(port), part.name)
        part.start(instance, say)
    running.wait_until(lambda: part.is_ready(instance), patience)
    part.after(instance, say)


def answers(url: str, status: int = 200) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == status
    except httpx.HTTPError:
        return False
