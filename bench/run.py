"""`make bench`: what the hot routes cost, measured at each service's own door, all runs shown.

CPU is that of the service's process and of all PostgreSQL processes, from /proc, per request. Latency is taken at a
fixed mean rate with Poisson arrivals. The load runs on the last core; the service and PostgreSQL where they like.
finance comes last, on parts of its own (bench/finance.py).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import asyncpg

from bench import finance
from bench.load import Request, Run, poisson, saturating
from bench.meter import Meter, memory, show
from koprogo.stack import stack
from koprogo.stack.client import Person
from koprogo.stack.instance import SERVICES, Instance
from koprogo.stack.office import Office, open_office
from koprogo.stack.testing import running

RUNS = 3
SECONDS = 8.0
TARGETS = """Targets: P99 < 5 ms at half of a core's capacity; < 128 MB a process; at most 10 connections a pool.
Reference figures for one row under row-level security: 226 µs app, 85 µs PostgreSQL; a list of 20: 233 µs, 58 µs.
"""


def read_route(instance: Instance, service: str, name: str, request: Callable[[], Request], rates: list[int]) -> None:
    print(f"\n{service}: {name}")
    port = instance.port(f"{service}_http")
    for rate in rates:
        for _ in range(RUNS):
            meter = Meter(instance, service)
            show(f"Poisson {rate}/s", asyncio.run(poisson(port, request, rate=rate, count=int(rate * SECONDS))), meter)
    for _ in range(RUNS):
        meter = Meter(instance, service)
        show("saturating, 8 clients", asyncio.run(saturating(port, request, clients=8, seconds=SECONDS)), meter)


def ballots(instance: Instance, office: Office, items: int, rate: int) -> None:
    """One vote after another, every ballot once; opening and closing are not counted."""
    starts = datetime.now(UTC) + timedelta(seconds=2)
    title = {"fr": "Point", "nl": "Punt", "de": "Punkt"}
    syndic = office.syndic
    meeting = syndic.post(
        f"{office.governance}/meetings",
        {"kind": "ordinary", "starts_at": starts.isoformat(), "place": "Zavelplein 7",
         "agenda": [{"title": title, "nature": "ordinary"}] * items},
    )  # fmt: skip
    path = f"{office.governance}/meetings/{meeting['id']}"
    syndic.post(f"{path}/convocation", {"syndic_name": "Claire Dubois", "urgency": "bench"})
    time.sleep(max(0.0, (starts - datetime.now(UTC)).total_seconds()) + 0.1)
    syndic.post(f"{path}/opening", {"chair": office.id_of("Peeters An"), "secretary": "Claire Dubois"})
    voters = [line["co_ownership_id"] for line in office.roll.values() if not line["is_suspended"]]
    syndic.post(f"{path}/arrivals", {"arrivals": [{"co_ownership_id": v, "mode": "in_person"} for v in voters]})
    syndic.post(f"{path}/quorum")
    port = instance.port("governance_http")
    print(f"\ngovernance: cast a ballot ({items} votes of {len(voters)} ballots, Poisson {rate}/s)")
    for number in range(RUNS):
        took: list[float] = []
        seconds, failed, app, postgres = 0.0, 0, 0.0, 0.0
        for item in meeting["agenda"][number * items // RUNS : (number + 1) * items // RUNS]:
            syndic.post(f"{path}/items/{item['id']}/voting", {"seconds": 600})
            left = [Request("POST", f"/api/{path}/items/{item['id']}/ballots", syndic.token,
                            json.dumps({"co_ownership_id": v, "choice": "for"}).encode()) for v in voters]  # fmt: skip
            meter = Meter(instance, "governance")
            run = asyncio.run(poisson(port, iter(left).__next__, rate=rate, count=len(left)))
            used = meter.per_request(1)
            app, postgres = app + used[0], postgres + used[1]
            took += run.milliseconds
            seconds, failed = seconds + run.seconds, failed + run.failed
            syndic.post(f"{path}/items/{item['id']}/closing")
        run = Run(took, seconds, failed)
        print(
            f"  {'run ' + str(number + 1):22} {len(took) / seconds:8.0f}/s  app {app / len(took):6.0f} µs"
            f"  PostgreSQL {postgres / len(took):6.0f} µs  P50 {run.percentile(0.5):6.2f}"
            f"  P95 {run.percentile(0.95):6.2f}  P99 {run.percentile(0.99):6.2f} ms"
            f"{f'  FAILED {failed}' if failed else ''}",
            flush=True,
        )


async def _analyze(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("analyze")
    await connection.close()


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))
    with running(*stack.PARTS, durable=True) as town:
        instance = town.instance
        admin = Person(instance, "admin@koprogo.localhost", instance.secrets["super_admin"])
        office = open_office(instance, admin, number="0403.019.261")
        for service in SERVICES:
            # What autovacuum does within a minute.
            asyncio.run(_analyze(instance.database_url(service, "owner")))
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[-1]})
        print(
            f"{len(cores)} cores, {sys.version.split()[0]}; {RUNS} runs of {SECONDS:.0f} s each, all shown\n{TARGETS}"
        )
        meeting = office.syndic.post(
            f"{office.governance}/meetings",
            {"kind": "ordinary", "starts_at": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
             "place": "Zavelplein 7",
             "agenda": [{"title": {"fr": "Point", "nl": "Punt", "de": "Punkt"}, "nature": "ordinary"}] * 10},
        )["id"]  # fmt: skip
        token = office.syndic.token

        def get(path: str) -> Callable[[], Request]:
            return lambda: Request("GET", f"/api/{path}", token)

        read_route(instance, "identity", "who am I", get("identity/v1/me"), [200])
        read_route(instance, "property", "list of 20 lots", get(f"{office.property_}/lots?limit=20"), [200, 400])
        read_route(instance, "governance", "one meeting", get(f"{office.governance}/meetings/{meeting}"), [200, 400])
        read_route(instance, "documents", "list of 20 documents", get(f"{office.documents}/documents?limit=20"), [200])
        ballots(instance, office, items=30, rate=100)
        print("\nmemory after the load")
        for service in SERVICES:
            print(f"  {service:12} {memory(instance.running(service).pid or 0):6.1f} MB")
    os.sched_setaffinity(0, cores)
    finance.main()


if __name__ == "__main__":
    main()
