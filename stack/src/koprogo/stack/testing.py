"""An instance of its own for tests, with real parts, beside whatever runs on the machine."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from koprogo.stack import stack
from koprogo.stack.instance import Instance


class TestInstance:
    """A running instance whose parts can be killed and started again."""

    __test__ = False

    def __init__(self, instance: Instance, names: Collection[str]) -> None:
        self.instance = instance
        self.names = set(names)

    def kill(self, name: str) -> None:
        """kill -9."""
        self.instance.running(name).kill()

    def start(self, *names: str) -> None:
        stack.up(self.instance, names, lambda _: None)

    def stop(self, name: str) -> None:
        stack.stop(self.instance, name)


@contextmanager
def running(*names: str, durable: bool = False) -> Iterator[TestInstance]:
    """Start the named parts and services; take all down and forget them afterwards."""
    instance = Instance.temporary(durable=durable)
    try:
        stack.up(instance, names, lambda _: None)
        yield TestInstance(instance, names)
    finally:
        stack.down(instance)
        instance.forget()


def superuser_url(instance: Instance, service: str) -> str:
    """The database of a service as nobody else sees it: whole, past every policy."""
    return f"postgresql://postgres:{instance.secrets['postgres']}@127.0.0.1:{instance.port('postgres')}/{service}"
