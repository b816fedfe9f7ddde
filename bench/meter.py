"""CPU and memory of a service's process and of all PostgreSQL processes, from /proc; a run in one line."""

from __future__ import annotations

import os
from pathlib import Path

from bench.load import Run
from koprogo.stack.instance import Instance

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def postgres_cpu(postmaster: int) -> float:
    """The postmaster, its children, and those that have ended."""
    fields = Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()
    total = sum(int(fields[n]) for n in (11, 12, 13, 14)) / TICK
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return total + sum(cpu_seconds(int(child)) for child in children)


def memory(pid: int) -> float:
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class Meter:
    def __init__(self, instance: Instance, service: str) -> None:
        self.app = instance.running(service).pid or 0
        self.postgres = instance.running("postgres").pid or 0
        self.before = (cpu_seconds(self.app), postgres_cpu(self.postgres))

    def per_request(self, count: int) -> tuple[float, float]:
        """Microseconds of the service and of PostgreSQL."""
        app, postgres = cpu_seconds(self.app) - self.before[0], postgres_cpu(self.postgres) - self.before[1]
        return app / count * 1e6, postgres / count * 1e6


def show(what: str, run: Run, meter: Meter) -> None:
    app, postgres = meter.per_request(max(1, len(run.milliseconds)))
    print(
        f"  {what:22} {len(run.milliseconds) / run.seconds:8.0f}/s  app {app:6.0f} µs  PostgreSQL {postgres:6.0f} µs"
        f"  P50 {run.percentile(0.5):6.2f}  P95 {run.percentile(0.95):6.2f}  P99 {run.percentile(0.99):6.2f} ms"
        f"{f'  FAILED {run.failed}' if run.failed else ''}",
        flush=True,
    )
