"""The demo association, loaded through the public API."""

from koprogo.stack.instance import Instance


def load(instance: Instance) -> list[str]:
    """Returns what to tell the user; loading again changes nothing."""
    return []
