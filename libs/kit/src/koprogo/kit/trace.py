"""The W3C trace context of the work in hand: read at each door, written at each exit.

A request that carries none gets one here, sampled at the configured rate.
"""

import os
import random
from contextvars import ContextVar

from koprogo.kit import logs

_current: ContextVar[str] = ContextVar("traceparent", default="")


def enter(traceparent: str | None, sampling: float = 0.0) -> str:
    """Make `traceparent` the current one; a missing or malformed one is replaced. Returns its trace id."""
    if traceparent is None or not _is_well_formed(traceparent):
        flag = "01" if random.random() < sampling else "00"  # noqa: S311 - not a secret
        traceparent = f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-{flag}"
    _current.set(traceparent)
    trace = traceparent[3:35]
    logs.trace_id.set(trace)
    return trace


def current() -> str:
    """The header to send along; empty outside any work."""
    return _current.get()


def is_sampled(traceparent: str) -> bool:
    return traceparent.endswith("-01")


def _is_well_formed(traceparent: str) -> bool:
    parts = traceparent.split("-")
    return (
        [len(part) for part in parts] == [2, 32, 16, 2]
        and all(set(part) <= set("0123456789abcdef") for part in parts)
        and parts[0] == "00"
    )
