"""What finance costs with one year of movements and with ten, side by side, so that growth shows.

`python -m bench.finance` alone, or as the end of `make bench`. Documents are not running: the letters of calls wait.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from bench.load import Request, Run, poisson
from bench.meter import Meter, show
from bench.movements import ENTRIES_A_YEAR, seed
from koprogo.kit.database import UnitOfWork, connect
from koprogo.stack.client import Person, accept_invitation, eventually
from koprogo.stack.demo.building import ASSOCIATION, COLUMNS
from koprogo.stack.instance import Instance
from koprogo.stack.office import PASSWORD, Office
from koprogo.stack.testing import running

PARTS = ("postgres", "kafka", "keycloak", "valkey", "mail", "gateway", "identity", "property", "finance")
LOTS = 400
YEARS = {1: "0403.019.261", 10: "0428.759.497"}
"""Of movements, and the enterprise number of the association that has them."""
RUNS, SECONDS, RATE = 2, 3.0, 100
CALLS = 4
TODAY = date.today()  # noqa: DTZ011


def lots_csv(mark: int) -> bytes:
    """One owner a lot, and the shares alike."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", delimiter=";")
    writer.writeheader()
    for number in range(1, LOTS + 1):
        writer.writerow(
            {
                "lot_number": f"{number:03}", "lot_kind": "apartment", "lot_shares": "25", "building": "A",
                "owner_reference": f"O-{number:03}", "owner_kind": "natural_person", "owner_name": f"Owner {number:03}",
                "language": ("fr", "nl", "de")[number % 3], "address": f"Zavelplein 7 bus {number}",
                "postal_code": "1000", "city": "Brussel", "email": f"owner{number}.{mark}@bench.example",
                "accepts_email": "yes", "right": "full", "fraction": "1", "since": "2010-01-01",
            }
        )  # fmt: skip
    return text.getvalue().encode()


def open_offices(instance: Instance) -> dict[int, Office]:
    """By years of movements: an association with its lots, and its books open for this year."""
    admin = Person(instance, "admin@koprogo.localhost", instance.secrets["super_admin"])
    email = f"syndic-{uuid.uuid4().hex[:8]}@office.example"
    organisation = admin.post(
        "identity/v1/organisations",
        {"name": "Office", "first_syndic": {"email": email, "name": "Claire Dubois", "language": "fr"}},
    )["id"]
    syndic = accept_invitation(instance, email, PASSWORD)
    offices = {}
    for years, number in YEARS.items():
        association = syndic.post(
            f"property/v1/organisations/{organisation}/associations", {**ASSOCIATION, "enterprise_number": number}
        )["id"]
        offices[years] = office = Office(instance, organisation, syndic, association)
        syndic.post(f"{office.property_}/imports", content=lots_csv(years))
        accountant = office.hire_accountant()
        eventually(lambda: accountant.ask("GET", f"{office.finance}/accounts").status_code in (200, 404))  # noqa: B023
        office.open_books(accountant, date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))
    return offices


def call_of(number: int) -> dict[str, object]:
    texts = {"fr": f"Appel {number}", "nl": f"Oproep {number}"}
    return {
        "titles": texts,
        "due_on": str(TODAY + timedelta(days=30)),
        "decision": {"decided_on": str(TODAY), "item_number": 4, "titles": texts},
        "parts": [
            {"kind": kind, "labels": texts, "amount": amount}
            for kind, amount in (("provisions", "120000.00"), ("reserve_fund", "12000.00"))
        ],
    }


async def fill(instance: Instance, office: Office, years: int) -> None:
    pool = await connect(instance.database_url("finance"), size=1, service="bench")
    started = time.perf_counter()
    uow = UnitOfWork(pool, UUID(office.organisation))
    count = await seed(uow, UUID(office.association), years, TODAY)
    await pool.close()
    print(f"  {years:2} years: {count} entries in {time.perf_counter() - started:.1f} s", flush=True)


async def settle(instance: Instance) -> None:
    """What autovacuum does within minutes."""
    connection = await asyncpg.connect(instance.database_url("finance", "owner"), timeout=60)
    await connection.execute("vacuum analyze", timeout=60)
    await connection.close()


def calls(instance: Instance, office: Office, years: int) -> None:
    """One after another, each answered before the next: not a rate."""
    request = iter(
        Request("POST", f"/api/{office.finance}/calls-for-funds", office.syndic.token, json.dumps(body).encode())
        for body in map(call_of, range(CALLS))
    ).__next__
    meter = Meter(instance, "finance")
    run: Run = asyncio.run(poisson(instance.port("finance_http"), request, rate=0.5, count=CALLS))
    show(f"{years:2} years", run, meter)


def reads(office: Office) -> dict[str, str]:
    """Route by what it is called."""
    owner = office.syndic.get(f"{office.finance}/owners?limit=1")[0]["party_id"]
    running_year = f"from_day={TODAY.year}-01-01&until_day={TODAY}"
    return {
        "an owner's account": f"owners/{owner}/account",
        "50 open demands": "demands?open_only=true&limit=50",
        "balances of 50 owners": "owners?limit=50",
        "trial balance to this day": f"trial-balance?{running_year}",
        "page of the ledger": f"ledger?account=4101&{running_year}&limit=50",
        "page of the entries": "entries?limit=50",
    }


def measure(instance: Instance) -> None:
    print(f"\nfinance: {LOTS} lots, {ENTRIES_A_YEAR} entries a year; Poisson {RATE}/s, {RUNS} runs of {SECONDS:.0f} s")
    offices = open_offices(instance)
    for office in offices.values():
        # Makes the owners known.
        office.syndic.post(f"{office.finance}/calls-for-funds", call_of(0))
    for years, office in offices.items():
        asyncio.run(fill(instance, office, years))
    asyncio.run(settle(instance))
    routes = {years: reads(office) for years, office in offices.items()}
    port = instance.port("finance_http")
    for name in routes[1]:
        print(f"\nfinance: {name}")
        for _ in range(RUNS):
            for years, office in offices.items():
                request = _get(office, routes[years][name])
                meter = Meter(instance, "finance")
                run = asyncio.run(poisson(port, request, rate=RATE, count=int(RATE * SECONDS)))
                show(f"{years:2} years", run, meter)
    print(f"\nfinance: a call for funds to {LOTS} lots, {CALLS} calls")
    for years, office in offices.items():
        calls(instance, office, years)


def _get(office: Office, path: str) -> Callable[[], Request]:
    return lambda: Request("GET", f"/api/{office.finance}/{path}", office.syndic.token)


def main() -> None:
    cores = sorted(os.sched_getaffinity(0))
    with running(*PARTS, durable=True) as town:
        # Everything else goes where it likes.
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[-1]})
        measure(town.instance)
    os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    main()
