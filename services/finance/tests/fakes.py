"""Neighbours as finance sees them: who owns what, and which minutes there are, changed by the test."""

from __future__ import annotations

from datetime import UTC, date, datetime
from datetime import time as clock
from uuid import UUID, uuid4

from koprogo.finance.application.ports_transfers import MinutesOfMeeting
from koprogo.finance.domain.owners import AssociationFacts, Contact, Debtor, OwnedLot, Owners
from koprogo.kernel.words import Language


def debtor(
    name: str,
    lots: dict[str, int],
    *,
    language: Language = Language.FR,
    email: str = "x@example.org",
    joint_with: str = "",
    keys: dict[UUID, int] | None = None,
) -> Debtor:
    people = [name, joint_with] if joint_with else [name]
    contacts = [
        Contact(uuid4(), person, language, ("Zavelplein 7", "1000 Brussel"), email, accepts_email=bool(email))
        for person in people
    ]
    return Debtor(
        id=uuid4(),
        name=" – ".join(people),
        holder_ids=tuple(contact.co_owner_id for contact in contacts),
        lots=tuple(
            OwnedLot(uuid4(), number, shares, dict(keys or {}), "apartment", True) for number, shares in lots.items()
        ),
        contacts=tuple(contacts),
    )


class FakeProperty:
    def __init__(self) -> None:
        self.debtors = [
            debtor("Dubois", {"A1": 333, "G1": 34}),
            debtor("Peeters", {"A2": 333}, language=Language.NL, email=""),
            debtor("Maes", {"A10": 300}, language=Language.DE, joint_with="Claes"),
        ]
        self.since: dict[date, list[Debtor]] = {}
        """Who owns instead, from a day on."""
        self.key_names: dict[UUID, str] = {}
        self.asked: list[date] = []

    async def association(self, association_id: UUID) -> AssociationFacts:
        return AssociationFacts("Résidence du Sablon", "0428759497", ("Zavelplein 7", "1000 Brussel"), (Language.FR,))

    async def owners(self, tenant: UUID, association_id: UUID, on: date) -> Owners:
        self.asked.append(on)
        latest = max((day for day in self.since if day <= on), default=None)
        debtors = self.debtors if latest is None else self.since[latest]
        total = sum(lot.shares for one in debtors for lot in one.lots)
        return Owners(total, self.key_names, tuple(debtors))


class FakeGovernance:
    def __init__(self) -> None:
        self.found: list[MinutesOfMeeting] = []
        self.asked: list[date] = []

    async def minutes(self, tenant: UUID, association_id: UUID, since: date) -> list[MinutesOfMeeting]:
        self.asked.append(since)
        return [one for one in self.found if one.held_on >= since]


class Time:
    """The day it is; the real one until a test says another."""

    def __init__(self) -> None:
        self.day: date | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) if self.day is None else datetime.combine(self.day, clock(9), UTC)
