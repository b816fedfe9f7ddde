"""One thing that has to be true of a tenant."""

from __future__ import annotations

import msgspec


class Step(msgspec.Struct, frozen=True, kw_only=True):
    deed: str
    """What the step does; `on` says to which service or host."""
    on: str = ""
    condition: str
    """Of the tenant's status, which is true when all its steps are done."""
    needs: frozenset[str] = frozenset()
    """Names of steps before it."""

    @property
    def name(self) -> str:
        return f"{self.deed}-{self.on}" if self.on else self.deed
