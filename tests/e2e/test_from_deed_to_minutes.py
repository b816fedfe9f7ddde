"""An association's year: from the deed to minutes that everybody has received and anybody can verify."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from koprogo.stack.client import Person, eventually, handed_over, mails
from koprogo.stack.demo.building import COMPANY
from koprogo.stack.testing import TestInstance

from .meetings import Assembly, titles, verify
from .reading import pdf_text

HOLDER = "Renard Paul"
PRINCIPALS = ("Aerts Sofie", "Fontaine Inès", "De Smet Piet", "Girard Marc")
CONTRACTOR = "Maes Ilse"
LEAVES_EARLY = "Claes Wouter"
ABSENT = "Keller Franz"
UNDIVIDED = "Simon"


AGENDA = [
    {"title": titles("Rapport du syndic", "Verslag van de syndicus", "Bericht des Verwalters")},
    {"title": titles("Comptes 2025", "Rekeningen 2025", "Abrechnung 2025"), "nature": "ordinary"},
    {"title": titles("Nouvelle toiture", "Nieuw dak", "Neues Dach"), "nature": "works_on_common_parts"},
    {"title": titles("Contrat de nettoyage", "Schoonmaakcontract", "Reinigungsvertrag"), "nature": "ordinary"},
    {"title": titles("Affectation", "Bestemming", "Bestimmung"), "nature": "change_of_destination"},
]


def received(town: TestInstance, dispatches: list[dict[str, Any]]) -> list[str]:
    """The dispatches whose mail has arrived, one entry a mail."""
    ids = {one["id"] for one in dispatches}
    arrived = [m["message_id"].strip("<").partition("@")[0] for m in mails(town.instance)]
    return [one for one in arrived if one in ids]


@pytest.fixture(scope="module")
def owners(office: Any) -> Any:
    office.invite(COMPANY, HOLDER, "Peeters An", "Martin Élise")
    return office.owners


class TestBeforeTheMeeting:
    def test_the_fifteen_days_are_kept_or_urgency_is_named(self, office: Any) -> None:
        soon = Assembly(office, AGENDA[:2])
        assert office.syndic.refused("POST", f"{soon.path}/convocation", json={"syndic_name": "Claire Dubois"}) == (
            409,
            "NOTICE_TOO_SHORT",
        )
        day = datetime.now(UTC) + timedelta(days=20)
        in_time = Assembly(office, AGENDA[:2], starts_at=day.isoformat())
        shown = office.syndic.get(in_time.path)
        assert date.fromisoformat(shown["latest_dispatch"]) == day.date() - timedelta(days=15)

    def test_the_nature_alone_decides_the_majority(self, office: Any) -> None:
        drafted = office.syndic.get(Assembly(office, AGENDA).path)["agenda"]
        assert [item["majority"] for item in drafted] == [None, "absolute", "two_thirds", "absolute", "four_fifths"]

    def test_a_title_in_each_language_is_asked_for(self, office: Any) -> None:
        answer = office.syndic.ask(
            "POST",
            f"{office.governance}/meetings",
            json={
                "kind": "ordinary",
                "starts_at": "2030-06-10T18:00:00+02:00",
                "place": "Zavelplein 7",
                "agenda": [{"title": {"fr": "Comptes"}, "nature": "ordinary"}],
            },
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "agenda.0.title.nl"


class TestAMeetingFromItsConvocationToItsMinutes:
    def test_everything_is_decided_by_the_server_and_can_be_verified(
        self, town: TestInstance, office: Any, owners: dict[str, Person], tmp_path: Path
    ) -> None:
        offer = office.syndic.ask(
            "POST", f"{office.documents}/documents?file_name=devis-toiture.txt", content=b"Devis: 48.500 EUR\n"
        ).json()
        agenda = [dict(item) for item in AGENDA]
        agenda[2]["attachments"] = [offer["id"]]
        agenda[3]["excluded"] = [office.id_of(CONTRACTOR)]
        assembly = Assembly(office, agenda)
        convened = assembly.convene()
        # One letter a head, and one to each holder of what is undivided without a mandatary.
        assert convened == len(office.roll) + 1
        sent = handed_over(lambda: assembly.dispatches("convocation"))
        mailed = [one for one in sent if one["channel"] == "email"]
        assert all(one["proof"] for one in mailed)
        letter = pdf_text(
            office.syndic.get(f"{office.documents}/documents/{mailed[0]['document_id']}/content"),
        )
        assert "devis-toiture.txt" in letter
        assert sorted(received(town, sent)) == sorted(one["id"] for one in mailed)

        for name in PRINCIPALS:
            office.syndic.post(
                f"{assembly.path}/proxies", {"principal": office.id_of(name), "holder": office.id_of(HOLDER)}
            )
        fifth = {"principal": office.id_of("Weber Anke"), "holder": office.id_of(HOLDER)}
        assert office.syndic.refused("POST", f"{assembly.path}/proxies", json=fifth) == (409, "TOO_MANY_PROXIES")
        to_syndic = {"principal": office.id_of("Weber Anke"), "holder_name": "Claire Dubois"}
        assert office.syndic.refused("POST", f"{assembly.path}/proxies", json=to_syndic) == (409, "SYNDIC_HOLDS_PROXY")

        assembly.open("Peeters An")
        quorum = office.syndic.post(f"{assembly.path}/quorum")
        assert (quorum["valid"], quorum["missing_heads"], quorum["missing_votes"]) == (False, 14, 5000)
        assert office.syndic.refused(
            "POST", f"{assembly.path}/items/{assembly.items[1]}/voting", json={"seconds": 60}
        ) == (409, "NO_QUORUM")
        there = [name for name in office.roll if name != ABSENT and name not in PRINCIPALS]
        assembly.arrive(*there)
        assembly.arrive(*PRINCIPALS, mode="by_proxy")
        assert office.syndic.post(f"{assembly.path}/quorum")["valid"]
        voters = [n for n in office.roll if n != ABSENT and not office.roll[n]["is_suspended"]]

        # Item 2: the owner above half is capped to what all others have, and a tie rejects.
        assembly.open_vote(1)
        assert assembly.ballot(owners[COMPANY], 1, COMPANY, "for").status_code == 204
        assert assembly.ballot(owners[COMPANY], 1, "Peeters An", "for").status_code == 403
        assert assembly.ballot(owners[COMPANY], 1, COMPANY, "against").json()["reason"] == "ALREADY_CAST"
        for principal in PRINCIPALS:
            assert assembly.ballot(owners[HOLDER], 1, principal, "against").status_code == 204
        rest = [n for n in voters if n not in (COMPANY, *PRINCIPALS)]
        live = office.syndic.get(f"{assembly.path}/state")
        assert live["ballots_in"] == 5
        assert not live["closed_items"]
        result = assembly.vote(1, rest, lambda _: "against")
        assert result["cast"]["for"] == result["cast"]["against"] == "4500"
        assert result["reductions"][0]["ratio"] == "225/256"
        assert not result["adopted"]

        # Item 3: two thirds.
        assembly.open_vote(2)
        result = assembly.vote(2, voters, lambda name: "against" if name in ("Martin Élise", "Pauwels Tom") else "for")
        assert (result["majority"], result["adopted"]) == ("two_thirds", True)

        # Item 4: who has the contract takes no part; another says so only in the meeting.
        conflict = {"co_ownership_id": office.id_of("Hermans Koen"), "reason": "Sa société nettoie l'immeuble."}
        office.syndic.post(f"{assembly.path}/items/{assembly.items[3]}/conflicts", conflict)
        assembly.open_vote(3)
        assert assembly.ballot(office.syndic, 3, CONTRACTOR, "for").json()["reason"] == "NO_VOTE_ON_THIS"
        result = assembly.vote(
            3,
            [n for n in voters if n not in (CONTRACTOR, "Hermans Koen")],
            lambda name: "abstain" if name == "Weber Anke" else "for",
        )
        assert result["adopted"]

        # One leaves: item 5 is voted without him.
        office.syndic.post(f"{assembly.path}/departures", {"co_ownership_id": office.id_of(LEAVES_EARLY)})
        assembly.open_vote(4)
        assert assembly.ballot(office.syndic, 4, LEAVES_EARLY, "for").json()["reason"] == "NOT_PRESENT"
        result = assembly.vote(
            4, [n for n in voters if n != LEAVES_EARLY], lambda n: "for" if n == COMPANY else "blank"
        )
        assert result["adopted"]
        office.syndic.post(f"{assembly.path}/remarks", {"text": "Mme Martin demande un second devis."})
        assert office.syndic.post(f"{assembly.path}/closing")["state"] == "closed"

        self._sign_and_send(town, office, assembly)
        register = office.syndic.get(f"{office.governance}/decisions?limit=200")
        mine = [one for one in register if one["meeting_id"] == assembly.id]
        assert [one["adopted"] for one in mine] == [False, True, True, True]

        done = assembly.roll_call(tmp_path)
        assert done.returncode == 0, done.stdout
        whole = (tmp_path / "roll.jsonl").read_bytes()
        for at in range(0, len(whole), max(1, len(whole) // 40)):
            (tmp_path / "roll.jsonl").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert verify(tmp_path).returncode == 1, f"byte {at} was changed and nobody noticed"

    def _sign_and_send(self, town: TestInstance, office: Any, assembly: Assembly) -> None:
        syndic = office.syndic
        syndic.post(f"{assembly.path}/minutes")
        drafts = eventually(
            lambda: (d := syndic.get(f"{assembly.path}/minutes"), all(one["sha256"] for one in d) and d)[1], seconds=60
        )
        assert {one["language"] for one in drafts} == {"fr", "nl", "de"}
        texts = {
            one["language"]: pdf_text(syndic.get(f"{office.documents}/documents/{one['document_id']}/content"))
            for one in drafts
        }
        assert "Nieuw dak" in texts["nl"]
        assert "Nouvelle toiture" not in texts["nl"]
        assert "procès-verbal" not in texts["nl"].lower()
        assert "notulen" in texts["nl"].lower()
        assert "225/256" in texts["fr"]
        for name in ("Martin Élise", "Pauwels Tom", "Weber Anke", "Hermans Koen", CONTRACTOR):
            assert name in texts["de"]
        assert syndic.refused("POST", f"{assembly.path}/minutes/entry") == (409, "SIGNATURE_MISSING")
        for capacity, name in (("chair", "Peeters An"), ("secretary", "Claire Dubois")):
            syndic.post(f"{assembly.path}/minutes/signatures", {"capacity": capacity, "name": name, "method": "paper"})
        gone = {"capacity": "co_owner", "name": LEAVES_EARLY, "co_ownership_id": office.id_of(LEAVES_EARLY)}
        assert syndic.refused("POST", f"{assembly.path}/minutes/signatures", json=gone) == (409, "NOT_PRESENT")
        recipients = syndic.post(f"{assembly.path}/minutes/entry")["recipients"]
        sent = handed_over(lambda: assembly.dispatches("minutes"), seconds=90)
        assert len(sent) == recipients
        assert sorted(received(town, sent)) == sorted(one["id"] for one in sent if one["channel"] == "email")
        posted = next(one for one in sent if one["status"] == "to_post")
        syndic.post(
            f"{office.documents}/dispatches/{posted['id']}/posting",
            {"tracking_number": "RR123456789BE", "posted_on": datetime.now(UTC).date().isoformat()},
        )
        eventually(
            lambda: next(o for o in assembly.dispatches("minutes") if o["id"] == posted["id"])["status"] == "posted"
        )


class TestAMeetingWithoutQuorum:
    def test_leads_to_a_second_assembly_fifteen_days_later(self, office: Any) -> None:
        assembly = Assembly(office, AGENDA[:2])
        assembly.convene()
        assembly.open("Peeters An")
        assembly.arrive("Peeters An", "Maes Ilse")
        quorum = office.syndic.post(f"{assembly.path}/quorum")
        assert not quorum["valid"]
        assert quorum["missing_votes"] > 0
        assert office.syndic.post(f"{assembly.path}/closing")["state"] == "without_quorum"
        soon = (datetime.now(UTC) + timedelta(days=14)).isoformat()
        assert office.syndic.refused("POST", f"{assembly.path}/second-assembly", json={"starts_at": soon}) == (
            400,
            "SECOND_ASSEMBLY_TOO_SOON",
        )
        later = (datetime.now(UTC) + timedelta(days=16)).isoformat()
        second = office.syndic.post(f"{assembly.path}/second-assembly", {"starts_at": later})
        assert (second["session"], second["first_meeting_id"], len(second["agenda"])) == (2, assembly.id, 2)
