"""`python -m koprogo.stack prepare | up | down | status | logs [part] | demo | reset | env <service>`"""

from __future__ import annotations

import argparse
import fcntl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from koprogo.stack import downloads, paths, stack
from koprogo.stack.demo.load import load
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.trouble import Trouble


def main() -> None:
    parser = argparse.ArgumentParser(prog="koprogo.stack", description=__doc__)
    parser.add_argument("command", choices=["prepare", "up", "down", "status", "logs", "demo", "reset", "env"])
    parser.add_argument("name", nargs="?", default="")
    arguments = parser.parse_args()
    try:
        instance = Instance.default()
        if arguments.command in ("up", "down", "reset", "demo"):
            with _alone():
                COMMANDS[arguments.command](instance, arguments.name)
        else:
            COMMANDS[arguments.command](instance, arguments.name)
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")


def up(instance: Instance, _: str) -> None:
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    stack.up(instance, list(stack.PARTS), say)
    say("loading the demo association")
    told = load(instance)
    print(f"\nKoproGo runs at {instance.public_url}\n")
    _accounts(instance)
    print("\n".join(told))


def prepare(_: Instance, __: str) -> None:
    """What tests need beforehand: system packages, downloads, built parts."""
    downloads.ensure_system_packages(print, jvm=True, rendering=True)
    downloads.kafka(print)
    downloads.keycloak(print)


def down(instance: Instance, _: str) -> None:
    stack.down(instance)
    print("All parts are down; the data is kept. `make up` starts them again, `make reset` forgets the data.")


def status(instance: Instance, _: str) -> None:
    for name in stack.PARTS:
        pid = instance.running(name).pid
        ready = pid is not None and stack.PARTS[name].is_ready(instance)
        state = "ready" if ready else "starting or broken" if pid else "down"
        print(f"{name:12} {state:20} {f'pid {pid}' if pid else ''}")
    print(f"\n{instance.public_url}\n")
    _accounts(instance)


def logs(instance: Instance, name: str) -> None:
    for part in [name] if name else list(stack.PARTS):
        running = instance.running(part)
        print(f"==== {part} ({running.log_file})\n{running.last_words(200 if name else 15)}\n")


def load_demo(instance: Instance, _: str) -> None:
    print("\n".join(load(instance)))


def reset(instance: Instance, _: str) -> None:
    stack.down(instance)
    instance.forget()
    print("All data of this installation is gone; `make up` begins anew.")


def env(instance: Instance, name: str) -> None:
    if name not in SERVICES:
        raise Trouble(f"Name a service: {', '.join(SERVICES)}")
    print("\n".join(f"{key}={value}" for key, value in instance.environment(name).items()))


def _accounts(instance: Instance) -> None:
    print("Accounts (client koprogo-cli, realm koprogo):")
    accounts = {"admin@koprogo.localhost": instance.secrets["super_admin"]}
    accounts |= {name[5:]: secret for name, secret in instance.secrets.items() if name.startswith("demo:")}
    for account, password in accounts.items():
        print(f"  {account:40} {password}")
    print(f"Mail that was sent: {instance.mail_url}/messages")


@contextmanager
def _alone() -> Iterator[None]:
    """Two that start or stop parts at once would end each other's."""
    paths.data().mkdir(parents=True, exist_ok=True)
    with (paths.data() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Trouble("Another `make up` or `make down` is at work; wait for it.") from None
        yield


COMMANDS = {
    "prepare": prepare, "up": up, "down": down, "status": status, "logs": logs,
    "demo": load_demo, "reset": reset, "env": env,
}  # fmt: skip
