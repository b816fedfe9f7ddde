"""The demo association, loaded through the public API as its users would.

A syndic's organisation, a building of 48 lots, an extraordinary meeting that has been held, from its convocation to
the minutes in everybody's mailbox, an ordinary one that is convened, and the money of it: the repair that was voted is
called, the bank has paid most of it, an invoice is booked, and the budget waits for the meeting.
"""

from __future__ import annotations

import json
import secrets
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from koprogo.stack.client import Person, accept_invitation, eventually
from koprogo.stack.demo import money
from koprogo.stack.demo.building import ASSOCIATION, COMPANY, as_csv, email_of
from koprogo.stack.instance import SERVICES, Instance

ACCOUNTANT = ("jan.wouters@syndic-zavel.example", "Jan Wouters")
SYNDIC = ("claire.dubois@syndic-zavel.example", "Claire Dubois")
OWNERS = (COMPANY, "Peeters An", "Dupont Lucie", "Schmitz Jürgen")


def load(instance: Instance) -> list[str]:
    """Returns what to try next; once loaded, it is not loaded again."""
    marker = instance.folder / "demo.json"
    if not marker.exists():
        marker.write_text(json.dumps(_load(instance)))
    return _try_next(instance, json.loads(marker.read_text()))


def _load(instance: Instance) -> dict[str, str]:
    admin = Person(instance, "admin@koprogo.localhost", instance.secrets["super_admin"])
    email, name = SYNDIC
    organisation = admin.post(
        "identity/v1/organisations",
        {"name": "Syndic Zavel SRL", "first_syndic": {"email": email, "name": name, "language": "fr"}},
    )
    syndic = accept_invitation(instance, email, _password(instance, email))
    association = syndic.post(f"property/v1/organisations/{organisation['id']}/associations", ASSOCIATION)["id"]
    syndic.post(f"property/v1/associations/{association}/imports", content=as_csv())
    roll = {line["name"]: line for line in syndic.get(f"property/v1/associations/{association}/voter-roll")}
    syndic.post(
        f"identity/v1/associations/{association}/owner-invitations",
        {"co_owner_ids": [roll[owner]["co_ownership_id"] for owner in OWNERS]},
    )
    for owner in OWNERS:
        address = "bestuur@meirbrug.example" if owner == COMPANY else email_of(owner)
        accept_invitation(instance, address, _password(instance, address))
    accountant_email, accountant_name = ACCOUNTANT
    syndic.post(
        f"identity/v1/associations/{association}/invitations",
        {"email": accountant_email, "name": accountant_name, "language": "nl", "role": "accountant"},
    )
    accountant = accept_invitation(instance, accountant_email, _password(instance, accountant_email))
    budget = money.open_books(syndic, accountant, association)
    held = _hold_extraordinary(syndic, association, roll)
    convened = _convene_ordinary(syndic, association, budget)
    money.call_and_pay(syndic, accountant, association)
    return {
        "association": association,
        "held": held,
        "convened": convened,
        "syndic": email,
        "accountant": accountant_email,
    }


def _hold_extraordinary(syndic: Person, association: str, roll: dict[str, Any]) -> str:
    governance = f"governance/v1/associations/{association}"
    starts = datetime.now(UTC) + timedelta(seconds=3)
    meeting = syndic.post(
        f"{governance}/meetings",
        {
            "kind": "extraordinary",
            "starts_at": starts.isoformat(),
            "place": "Zavelplein 7, 1000 Bruxelles / Brussel",
            "consultation": "syndic-zavel.example/zavelhof",
            "agenda": [
                {
                    "title": {
                        "fr": "Information : infiltration en toiture",
                        "nl": "Mededeling: waterinsijpeling in het dak",
                        "de": "Mitteilung: Wassereintritt im Dach",
                    }
                },
                {
                    "title": {
                        "fr": "Réparation urgente de la toiture, devis de 48 500 €",
                        "nl": "Dringende herstelling van het dak, offerte van 48.500 €",
                        "de": "Dringende Reparatur des Daches, Angebot über 48.500 €",
                    },
                    "nature": "conservation_works",
                    "about": f"finance/works/{uuid.uuid4()}",
                },
            ],
        },
    )
    path = f"{governance}/meetings/{meeting['id']}"
    syndic.post(
        f"{path}/convocation",
        {"syndic_name": SYNDIC[1], "urgency": "Infiltration / waterinsijpeling / Wassereintritt: 24/11/2026"},
    )
    time.sleep(max(0.0, (starts - datetime.now(UTC)).total_seconds()) + 0.2)
    syndic.post(f"{path}/opening", {"chair": roll["Peeters An"]["co_ownership_id"], "secretary": SYNDIC[1]})
    present = [line for line in roll.values() if line["name"] != "Keller Franz" and not line["is_suspended"]]
    syndic.post(
        f"{path}/arrivals",
        {"arrivals": [{"co_ownership_id": line["co_ownership_id"], "mode": "in_person"} for line in present]},
    )
    syndic.post(f"{path}/quorum")
    item = meeting["agenda"][1]["id"]
    syndic.post(f"{path}/items/{item}/voting", {"seconds": 60})
    for line in present:
        if not line["is_suspended"]:
            choice = "against" if line["name"] in ("Martin Élise", "Maes Ilse") else "for"
            syndic.post(f"{path}/items/{item}/ballots", {"co_ownership_id": line["co_ownership_id"], "choice": choice})
    syndic.post(f"{path}/items/{item}/closing")
    syndic.post(f"{path}/closing")
    syndic.post(f"{path}/minutes")
    eventually(lambda: all(one["sha256"] for one in syndic.get(f"{path}/minutes")), seconds=120)
    for capacity, name in (("chair", "Peeters An"), ("secretary", SYNDIC[1])):
        syndic.post(f"{path}/minutes/signatures", {"capacity": capacity, "name": name, "method": "paper"})
    syndic.post(f"{path}/minutes/entry")
    return str(meeting["id"])


def _convene_ordinary(syndic: Person, association: str, budget: str) -> str:
    governance = f"governance/v1/associations/{association}"
    day = (datetime.now(UTC) + timedelta(days=21)).replace(hour=17, minute=30, second=0, microsecond=0)
    titles = (
        ("Approbation des comptes", "Goedkeuring van de rekeningen", "Genehmigung der Abrechnung", "ordinary", ""),
        ("Décharge du syndic", "Kwijting aan de syndicus", "Entlastung des Verwalters", "ordinary", ""),
        ("Budget", "Begroting", "Haushalt", "ordinary", f"finance/budget/{budget}"),
        ("Isolation de la façade", "Gevelisolatie", "Fassadendämmung", "works_on_common_parts", ""),
    )
    meeting = syndic.post(
        f"{governance}/meetings",
        {
            "kind": "ordinary",
            "starts_at": day.isoformat(),
            "place": "Zavelplein 7, 1000 Bruxelles / Brussel",
            "remote_system": "https://meet.example/zavelhof",
            "consultation": "syndic-zavel.example/zavelhof",
            "agenda": [
                {"title": {"fr": fr, "nl": nl, "de": de}, "nature": nature, "about": about}
                for fr, nl, de, nature, about in titles
            ],
        },
    )
    syndic.post(f"{governance}/meetings/{meeting['id']}/convocation", {"syndic_name": SYNDIC[1]})
    return str(meeting["id"])


def _password(instance: Instance, email: str) -> str:
    """Generated for this installation, kept with its secrets, shown by `make status`."""
    password = instance.secrets.get(f"demo:{email}") or secrets.token_urlsafe(12)
    instance.keep_secret(f"demo:{email}", password)
    return password


def _try_next(instance: Instance, loaded: dict[str, str]) -> list[str]:
    base, association = instance.public_url, loaded["association"]
    meeting = f"{base}/api/governance/v1/associations/{association}/meetings/{loaded['held']}"
    return [
        "",
        "Try next, as the syndic:",
        f"  export PASSWORD='{instance.secrets['demo:' + loaded['syndic']]}'",
        f"  export TOKEN=$(curl -s {instance.issuer}/protocol/openid-connect/token -d grant_type=password \\",
        f'    -d client_id=koprogo-cli -d username={loaded["syndic"]} --data-urlencode password="$PASSWORD" \\',
        "    | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"access_token\"])')",
        f'  curl -s -H "Authorization: Bearer $TOKEN" {base}/api/property/v1/associations/{association}',
        f'  curl -s -H "Authorization: Bearer $TOKEN" {meeting}/dispatches',
        "Verify the roll call of the meeting that was held, without KoproGo:",
        f'  curl -s -H "Authorization: Bearer $TOKEN" {meeting}/roll-call > roll.jsonl',
        f'  curl -s -H "Authorization: Bearer $TOKEN" {base}/api/governance/v1/roll-call-verifier > verify.py',
        "  python3 verify.py roll.jsonl",
        "What the repair costs each owner, what the bank has paid, and the books:",
        *(
            f'  curl -s -H "Authorization: Bearer $TOKEN" "{base}/api/finance/v1/associations/{association}/{path}"'
            for path in (
                "demands?open_only=true",
                "bank-entries?open_only=true",
                f"trial-balance?from_day={date.today():%Y}-01-01&until_day={date.today()}",  # noqa: DTZ011
            )
        ),
        f"Read the minutes and calls as they were mailed: {instance.mail_url}/messages",
        f"Every route: {base}/api/<service>/openapi.json, of {', '.join(SERVICES)}",
    ]
