"""One town for all journeys: every real part and service, with its own ports and data; and what they share there."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from koprogo.stack import stack
from koprogo.stack.client import Person, eventually
from koprogo.stack.office import Office, open_office
from koprogo.stack.testing import TestInstance, running

from .meetings import Assembly, titles
from .reading import TODAY

TOWN: list[TestInstance] = []


@pytest.fixture(scope="session")
def town() -> Iterator[TestInstance]:
    with running(*stack.PARTS, durable=True) as instance:
        TOWN.append(instance)
        yield instance
        TOWN.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What failed here may have failed in a process that is gone when the report is read."""
    report = yield
    if report.failed and TOWN:
        for name in stack.SERVICES:
            with contextlib.suppress(OSError):
                report.sections.append((name, TOWN[0].instance.running(name).last_words(6)))
    return report


@pytest.fixture(scope="session")
def admin(town: TestInstance) -> Person:
    return Person(town.instance, "admin@koprogo.localhost", town.instance.secrets["super_admin"])


@pytest.fixture(scope="session")
def office(town: TestInstance, admin: Person) -> Office:
    return open_office(town.instance, admin, number="0403.019.261")


@pytest.fixture(scope="session")
def other_books(other_office: Office) -> Office:
    """The other organisation's books, kept by its accountant."""
    accountant = other_office.hire_accountant()
    other_office.open_books(accountant, date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))
    return replace(other_office, syndic=accountant)


@pytest.fixture(scope="session")
def other_office(town: TestInstance, admin: Person) -> Office:
    """Another organisation, which must see nothing of the first."""
    return open_office(town.instance, admin, number="0417.497.106")


@pytest.fixture(scope="session")
def house(town: TestInstance, admin: Person) -> Office:
    """One for the stories about money."""
    return open_office(town.instance, admin, number="0428.759.497")


@pytest.fixture(scope="session")
def accountant(house: Office) -> Person:
    person = house.hire_accountant()
    house.open_books(person, date(TODAY.year - 1, 1, 1), date(TODAY.year - 1, 12, 31))
    house.open_year(person, date(TODAY.year, 1, 1), date(TODAY.year, 12, 31))
    return person


@pytest.fixture(scope="session")
def budget(house: Office, accountant: Person) -> str:
    """Of this year: a quarter is 24,600.01 and 100.00 for the lift, and 2,500.00 for the reserve fund."""
    lots = house.syndic.get(f"{house.property_}/lots?limit=200")
    lift = house.syndic.post(
        f"{house.property_}/allocation-keys",
        {"name": "Ascenseur / Lift", "shares": {lots[4]["id"]: 2, lots[5]["id"]: 1}},
    )["id"]
    current = titles("Charges courantes", "Gewone lasten", "Laufende Kosten")
    made = accountant.post(
        f"{house.finance}/budgets",
        {
            "titles": titles("Budget ordinaire", "Gewone begroting", "Ordentlicher Haushalt"),
            "first_day": f"{TODAY.year}-01-01",
            "last_day": f"{TODAY.year}-12-31",
            "lines": [
                {"account": "6105", "amount": "98400.04", "labels": current, "occupant_percent": 80},
                {
                    "account": "6101",
                    "amount": "400.00",
                    "allocation_key_id": lift,
                    "labels": titles("Ascenseur", "Lift", "Aufzug"),
                },
            ],
            "reserve_contribution": "10000.00",
        },
    )
    return str(made["id"])


@pytest.fixture(scope="session")
def meeting(house: Office, budget: str) -> Assembly:
    """It has voted the budget and a roof."""
    assembly = Assembly(
        house,
        [
            {
                "title": titles("Budget", "Begroting", "Haushalt"),
                "nature": "ordinary",
                "about": f"finance/budget/{budget}",
            },
            {
                "title": titles("Nouvelle toiture", "Nieuw dak", "Neues Dach"),
                "nature": "works_on_common_parts",
                "about": f"finance/works/{uuid.uuid4()}",
            },
        ],
    )
    assert house.syndic.get(f"{house.finance}/budgets/{budget}")["budget"]["state"] == "draft"
    assembly.convene()
    assembly.open("Peeters An")
    voters = [name for name, line in house.roll.items() if not line["is_suspended"]]
    assembly.arrive(*voters)
    house.syndic.post(f"{assembly.path}/quorum")
    for item in range(2):
        assembly.open_vote(item)
        assert assembly.vote(item, voters, lambda name: "for")["adopted"]
    house.syndic.post(f"{assembly.path}/closing")
    return assembly


@pytest.fixture(scope="session")
def decided(house: Office, meeting: Assembly) -> str:
    """The id of the decision about the roof."""

    def told() -> list[dict[str, Any]]:
        found = house.syndic.get(f"{house.finance}/decisions")
        return found if len(found) == 2 else []

    decisions = eventually(told)
    (roof,) = [one["decision"] for one in decisions if "toiture" in one["decision"]["titles"]["fr"]]
    return str(roof["id"])


@pytest.fixture(scope="session")
def call(house: Office, budget: str, decided: str) -> dict[str, Any]:
    """The first quarter of the budget that was voted."""
    shown = house.syndic.get(f"{house.finance}/budgets/{budget}")["budget"]
    assert (shown["state"], shown["decision"]["item_number"]) == ("adopted", 1)
    made = house.syndic.post(
        f"{house.finance}/budgets/{budget}/calls",
        {
            "schedule": "quarterly",
            "due_on": str(TODAY + timedelta(days=30)),
            "titles": titles("Appel du 1er trimestre", "Oproep eerste kwartaal", "Abruf erstes Quartal"),
        },
    )
    assert house.syndic.refused(
        "POST", f"{house.finance}/budgets/{budget}/calls",
        json={"schedule": "quarterly", "instalment": 1, "due_on": str(TODAY + timedelta(days=30))},
    )[0] == 409  # fmt: skip
    (found,) = house.syndic.get(f"{house.finance}/calls-for-funds")
    assert found["id"] == made["id"]
    return dict(found)


@pytest.fixture(scope="session")
def demands(house: Office, call: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = house.syndic.get(f"{house.finance}/demands?limit=200&call_id={call['id']}")
    return {demand["party_name"]: demand for demand in found}


@pytest.fixture(scope="session")
def roof(house: Office, decided: str) -> dict[str, Any]:
    """Called on the decision of the meeting, due in two months."""
    made = house.syndic.post(
        f"{house.finance}/calls-for-funds",
        {
            "titles": titles("Nouvelle toiture", "Nieuw dak", "Neues Dach"),
            "due_on": str(TODAY + timedelta(days=60)),
            "decision_id": decided,
            "parts": [{"kind": "works", "amount": "48500.00", "labels": titles("Toiture", "Dak", "Dach")}],
        },
    )
    (found,) = [one for one in house.syndic.get(f"{house.finance}/calls-for-funds") if one["id"] == made["id"]]
    return dict(found)
