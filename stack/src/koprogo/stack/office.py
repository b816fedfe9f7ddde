"""A syndic's organisation with one building taken over, for journeys and the bench: all of it through the gateway."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from koprogo.stack.client import Person, accept_invitation
from koprogo.stack.demo.bank import HOLDER, RESERVE_IBAN, WORKING_IBAN
from koprogo.stack.demo.building import ASSOCIATION, as_csv
from koprogo.stack.instance import Instance

PASSWORD = "a pass phrase for tests"


@dataclass
class Office:
    instance: Instance
    organisation: str
    syndic: Person
    association: str
    roll: dict[str, Any] = field(default_factory=dict)
    owners: dict[str, Person] = field(default_factory=dict)

    @property
    def governance(self) -> str:
        return f"governance/v1/associations/{self.association}"

    @property
    def property_(self) -> str:
        return f"property/v1/associations/{self.association}"

    @property
    def finance(self) -> str:
        return f"finance/v1/associations/{self.association}"

    @property
    def documents(self) -> str:
        return f"documents/v1/associations/{self.association}"

    def id_of(self, name: str) -> str:
        return str(self.roll[name]["co_ownership_id"])

    def hire_accountant(self) -> Person:
        email = f"accountant-{uuid.uuid4().hex[:8]}@office.example"
        self.syndic.post(
            f"identity/v1/associations/{self.association}/invitations",
            {"email": email, "name": "Jan Wouters", "language": "nl", "role": "accountant"},
        )
        return accept_invitation(self.instance, email, PASSWORD)

    def open_books(self, accountant: Person, first: date, last: date) -> str:
        """Chart, both bank accounts and one financial year, which two persons open; returns the year's id."""
        self.syndic.post(f"{self.finance}/books", {})
        for fund, iban in (("working_capital", WORKING_IBAN), ("reserve_fund", RESERVE_IBAN)):
            self.syndic.post(f"{self.finance}/bank-accounts", {"iban": iban, "holder": HOLDER, "fund": fund})
        return self.open_year(accountant, first, last)

    def open_year(self, accountant: Person, first: date, last: date) -> str:
        year: str = accountant.post(f"{self.finance}/fiscal-years", {"first_day": str(first), "last_day": str(last)})[
            "id"
        ]
        self.syndic.post(f"{self.finance}/fiscal-years/{year}/confirmation")
        return year

    def invite(self, *names: str) -> None:
        """Owners sign in as the co-owners they are."""
        everybody = self.syndic.get(f"{self.property_}/co-owners?limit=200")
        known = {one["name"]: one for one in everybody}
        self.syndic.post(
            f"identity/v1/associations/{self.association}/owner-invitations",
            {"co_owner_ids": [known[name]["id"] for name in names]},
        )
        for name in names:
            self.owners[name] = accept_invitation(self.instance, known[name]["contact"]["email"], PASSWORD)


def open_office(instance: Instance, admin: Person, *, number: str) -> Office:
    """Organisation, syndic, association and import, each through the gateway."""
    email = f"syndic-{uuid.uuid4().hex[:8]}@office.example"
    organisation = admin.post(
        "identity/v1/organisations",
        {"name": "Office", "first_syndic": {"email": email, "name": "Claire Dubois", "language": "fr"}},
    )["id"]
    syndic = accept_invitation(instance, email, PASSWORD)
    association = syndic.post(
        f"property/v1/organisations/{organisation}/associations", {**ASSOCIATION, "enterprise_number": number}
    )["id"]
    office = Office(instance, organisation, syndic, association)
    syndic.post(f"{office.property_}/imports", content=as_csv(association))
    office.roll = {line["name"]: line for line in syndic.get(f"{office.property_}/voter-roll")}
    return office
