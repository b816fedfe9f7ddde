import subprocess
import sys

from koprogo.stack.instance import Instance
from koprogo.stack.parts.part import Say, answers
from koprogo.stack.trouble import Trouble


class Service:
    """One of KoproGo's own, all its processes in one. It waits by itself for what it needs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.needs: tuple[str, ...] = ("postgres",)
        self.ports = (f"{name}_http", f"{name}_grpc")

    def start(self, instance: Instance, say: Say) -> None:
        environment = instance.environment(self.name)
        done = subprocess.run(
            [sys.executable, "-m", f"koprogo.{self.name}", "migrate"],
            env=environment,
            capture_output=True,
            text=True,
            cwd="/",
        )
        if done.returncode:
            raise Trouble(f"{self.name} could not migrate its database:\n{(done.stdout + done.stderr)[-2000:]}")
        instance.running(self.name).start([sys.executable, "-m", f"koprogo.{self.name}", "all"], environment)

    def is_ready(self, instance: Instance) -> bool:
        return answers(f"http://127.0.0.1:{instance.port(f'{self.name}_http')}/health/ready")

    def after(self, instance: Instance, say: Say) -> None: ...
