"""A lot is sold in mid-quarter: notaries are told before and on it, seller and buyer settle (R130, R131, R134)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from koprogo.stack.client import eventually, handed_over, mails
from koprogo.stack.office import Office
from koprogo.stack.testing import TestInstance

from .meetings import Assembly, titles
from .reading import TODAY, cents, missing, printed

BEFORE_SALE = {
    "name": "Notaire Lambert", "language": "fr", "address": ["Place 1", "1000 Bruxelles"],
    "email": "etude@lambert-notaire.example",
}  # fmt: skip
ON_TRANSFER = {
    "name": "Notaris De Wit", "language": "nl", "address": ["Markt 4", "9000 Gent"],
    "email": "kantoor@dewit-notaris.example",
}  # fmt: skip
BUYER = {
    "reference": "B-1", "kind": "natural_person", "name": "Vandamme Joke", "language": "nl",
    "address": ["Nieuwstraat 1", "1000 Brussel"], "email": "joke@vandamme.example", "accepts_email": True,
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def minutes(house: Office, meeting: Assembly) -> None:
    """Of the meeting, signed and entered: what notaries are sent."""
    house.syndic.post(f"{meeting.path}/minutes")
    eventually(
        lambda: (found := house.syndic.get(f"{meeting.path}/minutes")) and all(one["sha256"] for one in found),
        seconds=60,
    )
    for capacity, name in (("chair", "Peeters An"), ("secretary", "Claire Dubois")):
        signature = {"capacity": capacity, "name": name, "method": "paper"}
        house.syndic.post(f"{meeting.path}/minutes/signatures", signature)
    house.syndic.post(f"{meeting.path}/minutes/entry")
    handed_over(lambda: meeting.dispatches("minutes"))


def lot_of(house: Office, name: str) -> dict[str, Any]:
    lots = house.syndic.get(f"{house.property_}/lots?limit=200")
    return next(lot for lot in lots if [holder["name"] for holder in lot["holders"]] == [name])


def asked(house: Office, lot: dict[str, Any], notary: dict[str, Any], **others: Any) -> str:
    body = {"lot_id": lot["id"], "requested_on": str(TODAY), "requester": notary, **others}
    return str(house.syndic.post(f"{house.finance}/transfer-requests", body)["id"])


def answered(house: Office, request: str, said: dict[str, Any]) -> str:
    """What its PDF says."""
    made = house.syndic.post(f"{house.finance}/transfer-requests/{request}/statement", said)["id"]
    path = f"{house.documents}/documents/{made}/content"
    return printed(
        eventually(lambda: (a := house.syndic.ask("GET", path)).status_code == 200 and a.content, seconds=60)
    )


def days_left(house: Office, request: str) -> tuple[int, str | None]:
    (shown,) = [one for one in house.syndic.get(f"{house.finance}/transfer-requests") if one["id"] == request]
    return shown["days_left"], shown["answered_on"]


def letter_to(town: TestInstance, notary: dict[str, Any]) -> dict[str, Any]:
    (letter,) = eventually(lambda: mails(town.instance, str(notary["email"])), seconds=60)
    return dict(httpx.get(f"{town.instance.mail_url}/messages/{letter['id']}").json())


def attached(letter: dict[str, Any]) -> set[str]:
    """Names of its files, without their day."""
    return {one["name"].removesuffix(f"-{TODAY}.pdf") for one in letter["attachments"]}


class TestBeforeASale:
    def test_the_notary_is_told_in_time_with_the_minutes_in_his_language(
        self, town: TestInstance, house: Office, call: dict[str, Any]
    ) -> None:
        lot = lot_of(house, "Dupont Lucie")
        request = asked(house, lot, BEFORE_SALE, paragraph=1)
        assert days_left(house, request) == (15, None)
        told = answered(house, request, {"proceedings": [{"text": "Litige avec le voisin", "amount": "12000"}]})
        assert days_left(house, request) == (15, str(TODAY))
        held = f"Assemblée générale ordinaire du {TODAY:%d/%m/%Y}"
        assert missing(told, "art. 3.94, § 1", "Dupont Lucie", "Litige avec le voisin", "12 000,00", held) == []
        letter = letter_to(town, BEFORE_SALE)
        assert "Zavelhof" in letter["subject"]
        assert {"etat-3.94", "proces-verbal"} <= attached(letter)


class TestOnTheTransfer:
    @pytest.fixture(scope="class")
    @classmethod
    def sold(cls, house: Office, call: dict[str, Any], roof: dict[str, Any], decided: str) -> dict[str, Any]:
        """The lot; a euro a share of working capital is called before it is sold."""
        house.syndic.post(
            f"{house.finance}/calls-for-funds",
            {
                "titles": titles("Fonds de roulement", "Werkkapitaal", "Betriebskapital"),
                "due_on": str(TODAY + timedelta(days=30)),
                "decision_id": decided,
                "parts": [
                    {"kind": "working_capital", "amount": "10000.00", "labels": titles("Fonds", "Kapitaal", "Kapital")}
                ],
            },
        )
        return lot_of(house, "Martin Élise")

    def test_the_notary_asks_for_the_day_and_has_thirty(self, house: Office, sold: dict[str, Any]) -> None:
        body = {"lot_id": sold["id"], "paragraph": 2, "requested_on": str(TODAY), "requester": ON_TRANSFER}
        path = f"{house.finance}/transfer-requests"
        assert house.syndic.refused("POST", path, json=body) == (400, "TRANSFER_DAY_MISSING")
        assert days_left(house, asked(house, sold, ON_TRANSFER, paragraph=2, transfer_on=str(TODAY))) == (30, None)

    def test_he_is_told_in_his_language_what_was_decided_before_and_falls_due_after(
        self, town: TestInstance, house: Office, sold: dict[str, Any]
    ) -> None:
        (request,) = [
            one["id"] for one in house.syndic.get(f"{house.finance}/transfer-requests") if one["paragraph"] == 2
        ]
        deed = {"transferred_on": str(TODAY), "holdings": [{"co_owner": BUYER}]}
        house.syndic.post(f"{house.property_}/lots/{sold['id']}/transfers", deed)
        eventually(lambda: house.syndic.get(f"{house.finance}/transfers"))
        told = answered(
            house,
            request,
            {
                "acquisitions": [{"text": "Aankoop van de conciërgewoning", "amount": "2500"}],
                "recovery_costs": "35.00",
                "information_cost": "150.00",
            },
        )
        # Of property: the lot, its shares and who has sold it, though the deed is noted.
        assert missing(told, "art. 3.94, § 2", sold["number"], f"{sold['shares']} / 10.000", "Martin Élise") == []
        assert "Vandamme" not in told
        # Of finance: what the lot bears of the roof and of the working capital, both due after the transfer.
        parts = [f"{part // 100},{part % 100:02}" for part in (sold["shares"] * 485, sold["shares"] * 100)]
        assert missing(told, "Nieuw dak", "Werkkapitaal", *parts) == []
        # Of governance: the day of the decision; of the syndic, what only he knows.
        assert missing(told, f"{TODAY:%d/%m/%Y}", "Aankoop van de conciërgewoning", "2.500,00", "35,00", "150,00") == []
        assert {"staat-3.94", "notulen"} <= attached(letter_to(town, ON_TRANSFER))
        assert days_left(house, request) == (30, str(TODAY))

    def test_the_working_capital_is_settled_between_seller_and_buyer(self, house: Office, sold: dict[str, Any]) -> None:
        (noted,) = house.syndic.get(f"{house.finance}/transfers")
        assert (noted["state"], cents(noted["amount"])) == ("to_settle", sold["shares"] * 100)
        house.syndic.post(f"{house.finance}/transfers/{sold['id']}/{TODAY}/settlement")
        owners = {one["name"]: one for one in house.syndic.get(f"{house.finance}/owners?limit=200")}
        assert owners["Vandamme Joke"]["balance"] == noted["amount"]
