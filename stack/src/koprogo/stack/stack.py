"""Bringing parts up side by side and taking them down."""

from __future__ import annotations

import signal
import threading
from collections.abc import Collection
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from koprogo.stack import certificates, downloads
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.parts.kafka import Kafka
from koprogo.stack.parts.keycloak import Keycloak
from koprogo.stack.parts.others import Gateway, MailCatcher, ObjectStore, Valkey
from koprogo.stack.parts.part import Part, Say, launch
from koprogo.stack.parts.postgres import Postgres
from koprogo.stack.parts.service import Service

_ALL: tuple[Part, ...] = (
        Postgres(), Kafka(), Keycloak(), ObjectStore(), Valkey(), MailCatcher(), Gateway(),
    *(Service(name) for name in SERVICES),
)  # fmt: skip
PARTS: dict[str, Part] = {part.name: part for part in _ALL}
INFRASTRUCTURE = tuple(name for name in PARTS if name not in SERVICES)
SLOW_TO_STOP = {"seaweedfs": signal.SIGKILL}
"""SeaweedFS ignores SIGTERM."""


def up(instance: Instance, names: Collection[str], say: Say) -> None:
    """Start the named parts; those that do not need each other start side by side."""
    downloads.ensure_system_packages(say, jvm=bool({"kafka", "keycloak"} & set(names)), rendering="documents" in names)
    certificates.ensure(instance.folder / "certificates", [*SERVICES, "operator"])
    started = {name: threading.Event() for name in names}
    failed = threading.Event()

    def bring(name: str) -> None:
        part = PARTS[name]
        for needed in part.needs:
            while needed in started and not started[needed].wait(0.1):
                if failed.is_set():
                    return
        try:
            launch(part, instance, say)
        except BaseException:
            failed.set()
            raise
        started[name].set()
        say(f"{name} is ready")

    with ThreadPoolExecutor(max_workers=len(names) or 1) as pool:
        futures: list[Future[None]] = [pool.submit(bring, name) for name in PARTS if name in names]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()


def stop(instance: Instance, name: str) -> None:
    how = SLOW_TO_STOP.get(name, signal.SIGTERM)
    if name == "postgres":
        # Fast shutdown: sessions are ended, nothing is lost.
        how = signal.SIGINT
    instance.running(name).stop(how)


def down(instance: Instance) -> None:
    """Services first, then what they stand on."""
    for group in (SERVICES, [n for n in INFRASTRUCTURE if n != "postgres"], ["postgres"]):
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(lambda name: stop(instance, name), group))
