"""One town for all journeys: every real part and service, with its own ports and data."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date

import pytest

from koprogo.stack import stack
from koprogo.stack.client import Person
from koprogo.stack.office import Office, open_office
from koprogo.stack.testing import TestInstance, running

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
    today = date.today()  # noqa: DTZ011
    other_office.open_books(accountant, date(today.year, 1, 1), date(today.year, 12, 31))
    return replace(other_office, syndic=accountant)


@pytest.fixture(scope="session")
def other_office(town: TestInstance, admin: Person) -> Office:
    """Another organisation, which must see nothing of the first."""
    return open_office(town.instance, admin, number="0417.497.106")
