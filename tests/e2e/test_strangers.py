"""Another organisation sees nothing, on any route, by id or by list; an owner does only what is his."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from koprogo.stack.client import Person
from koprogo.stack.demo.building import COMPANY
from koprogo.stack.testing import TestInstance

OPENAPI = sorted((Path(__file__).resolve().parents[2] / "docs" / "openapi").glob("*.json"))
ROUTES = [
    (method.upper(), path)
    for file in OPENAPI
    for path, operations in json.loads(file.read_text())["paths"].items()
    for method in operations
    if method in ("get", "post", "put", "patch", "delete")
]
INSIDE = [(m, p) for m, p in ROUTES if "{association_id}" in p or "{organisation_id}" in p]
PLATFORM = [(m, p) for m, p in ROUTES if p.endswith("/organisations")]


@pytest.fixture(scope="module")
def ids(office: Any) -> dict[str, str]:
    """Of things of the first organisation that exist."""
    lot = office.syndic.get(f"{office.property_}/lots?limit=1")[0]["id"]
    co_owner = office.syndic.get(f"{office.property_}/co-owners?limit=1")[0]["id"]
    key = office.syndic.post(f"{office.property_}/allocation-keys", {"name": "Lift", "shares": {lot: 10}})["id"]
    meeting = office.syndic.post(
        f"{office.governance}/meetings",
        {
            "kind": "ordinary",
            "starts_at": (datetime.now(UTC) + timedelta(days=40)).isoformat(),
            "place": "Zavelplein 7",
            "agenda": [{"title": {"fr": "Comptes", "nl": "Rekeningen", "de": "Abrechnung"}, "nature": "ordinary"}],
        },
    )
    document = office.syndic.ask(
        "POST", f"{office.documents}/documents?file_name=plan.txt", content=b"Plan of the common parts\n"
    ).json()["id"]
    return {
        "association_id": office.association,
        "organisation_id": office.organisation,
        "lot_id": lot,
        "co_owner_id": co_owner,
        "key_id": key,
        "meeting_id": meeting["id"],
        "item_id": meeting["agenda"][0]["id"],
        "document_id": document,
        # No id: a day, without which there is no such route.
        "transferred_on": "2026-01-01",
    }


def office_words(ids: dict[str, str]) -> set[str]:
    """Ids that only the first organisation may be told."""
    return {ids["association_id"], ids["organisation_id"]}


def filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: ids.get(m[1], ids["meeting_id"]), path).removeprefix("/api/")


class TestAnotherOrganisation:
    @pytest.mark.parametrize(("method", "path"), INSIDE)
    def test_is_not_admitted(self, other_office: Any, ids: dict[str, str], method: str, path: str) -> None:
        answer = other_office.syndic.ask(method, filled(path, ids), json={} if method != "GET" else None)
        assert (answer.status_code, answer.json()["reason"]) == (403, "NOT_ADMITTED")

    @pytest.mark.parametrize(("method", "path"), [r for r in INSIDE if r[1].count("_id}") > 1])
    def test_finds_nothing_of_the_first_below_its_own_association(
        self, other_office: Any, ids: dict[str, str], method: str, path: str
    ) -> None:
        """Its own association in the path, the other's meeting, lot or document behind it."""
        mixed = ids | {"association_id": other_office.association, "organisation_id": other_office.organisation}
        answer = other_office.syndic.ask(method, filled(path, mixed), json={} if method != "GET" else None)
        # A list of what belongs to something that is not ours is empty.
        nothing = method == "GET" and answer.status_code == 200 and answer.json() == []
        assert nothing or answer.status_code in (400, 403, 404), f"{answer.status_code} {answer.text[:300]}"
        assert office_words(ids) & set(re.findall(r"[0-9a-f-]{36}", answer.text)) == set()

    @pytest.mark.parametrize(("method", "path"), PLATFORM)
    def test_does_not_run_the_platform(self, other_office: Any, method: str, path: str) -> None:
        answer = other_office.syndic.ask(method, path.removeprefix("/api/"), json={} if method != "GET" else None)
        assert answer.status_code == 403

    def test_lists_its_own_alone(self, office: Any, other_office: Any) -> None:
        own = other_office.syndic.get(f"property/v1/organisations/{other_office.organisation}/associations")
        assert [one["id"] for one in own] == [other_office.association]
        assert office.association not in json.dumps(other_office.syndic.get("identity/v1/me"))


@pytest.fixture(scope="module")
def owner(office: Any) -> Person:
    if "Dupont Lucie" not in office.owners:
        office.invite("Dupont Lucie")
    person: Person = office.owners["Dupont Lucie"]
    return person


@pytest.fixture(scope="module")
def claims(office: Any) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(office.syndic.token, options={"verify_signature": False})
    return decoded


class TestAnOwner:
    def test_sees_names_and_shares_but_not_the_others_addresses(self, office: Any, owner: Person) -> None:
        shown = {one["name"]: one for one in owner.get(f"{office.property_}/co-owners?limit=200")}
        assert shown[COMPANY]["shares"] == 5120
        assert shown[COMPANY]["contact"] is None
        assert shown["Dupont Lucie"]["contact"]["email"]

    def test_changes_his_own_contact_data_alone(self, office: Any, owner: Person) -> None:
        shown = {one["name"]: one for one in owner.get(f"{office.property_}/co-owners?limit=200")}
        own, other = shown["Dupont Lucie"], shown[COMPANY]
        owner.patch(f"{office.property_}/co-owners/{own['id']}", {"language": "nl"}, str(own["version"]))
        assert owner.refused(
            "PATCH", f"{office.property_}/co-owners/{other['id']}", json={"language": "fr"}, headers={"if-match": "1"}
        ) == (403, "NOT_YOUR_CONTACT_DATA")

    def test_convenes_nothing_and_imports_nothing(self, office: Any, owner: Person, ids: dict[str, str]) -> None:
        for method, path in [
            ("POST", f"{office.governance}/meetings"),
            ("POST", f"{office.governance}/meetings/{ids['meeting_id']}/convocation"),
            ("POST", f"{office.property_}/imports"),
            ("POST", f"identity/v1/organisations/{office.organisation}/invitations"),
        ]:
            assert owner.refused(method, path, json={})[0] == 403

    def test_sees_a_meeting_once_it_is_convened_and_no_draft(self, office: Any, owner: Person) -> None:
        draft = {"kind": "ordinary", "starts_at": (datetime.now(UTC) + timedelta(days=50)).isoformat()}
        meeting = office.syndic.post(f"{office.governance}/meetings", draft)["id"]
        assert owner.refused("GET", f"{office.governance}/meetings/{meeting}") == (404, "NOT_FOUND")
        listed = owner.get(f"{office.governance}/meetings?limit=200")
        assert meeting not in {one["id"] for one in listed}
        assert all(one["state"] != "draft" for one in listed)

    def test_gives_a_proxy_for_his_own_lots_only(self, office: Any, owner: Person, ids: dict[str, str]) -> None:
        path = f"{office.governance}/meetings/{ids['meeting_id']}/proxies"
        office.syndic.post(
            f"{office.governance}/meetings/{ids['meeting_id']}/convocation", {"syndic_name": "Claire Dubois"}
        )
        for_another = {"principal": office.id_of("Maes Ilse"), "holder": office.id_of("Dupont Lucie")}
        assert owner.refused("POST", path, json=for_another) == (403, "NOT_YOUR_VOTE")
        for_himself = {"principal": office.id_of("Dupont Lucie"), "holder": office.id_of("Maes Ilse")}
        assert owner.post(path, for_himself)["holder_name"] == "Maes Ilse"


class TestAToken:
    def ask(self, town: TestInstance, token: str) -> httpx.Response:
        return httpx.get(f"{town.instance.public_url}/api/identity/v1/me", headers={"authorization": f"Bearer {token}"})

    def test_of_ours_is_taken(self, town: TestInstance, office: Any) -> None:
        assert self.ask(town, office.syndic.token).status_code == 200

    def test_signed_by_somebody_else_is_refused(self, town: TestInstance, office: Any, claims: dict[str, Any]) -> None:
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key_id = jwt.get_unverified_header(office.syndic.token)["kid"]
        for headers in ({"kid": key_id}, {"kid": "unknown"}, {}):
            assert self.ask(town, jwt.encode(claims, stranger, "RS256", headers=headers)).status_code == 401

    def test_without_a_signature_is_refused(self, town: TestInstance, claims: dict[str, Any]) -> None:
        assert self.ask(town, jwt.encode(claims, None, algorithm="none")).status_code == 401

    def test_changed_after_signing_is_refused(self, town: TestInstance, office: Any, claims: dict[str, Any]) -> None:
        head, _, signature = office.syndic.token.split(".")
        forged = jwt.encode(claims | {"sub": "00000000-0000-0000-0000-000000000001"}, "x" * 32, "HS256").split(".")[1]
        assert self.ask(town, f"{head}.{forged}.{signature}").status_code == 401

    def test_of_another_audience_is_refused(self, town: TestInstance) -> None:
        """identity's own service token is signed by the same Keycloak, for something else."""
        answer = httpx.post(
            f"{town.instance.issuer}/protocol/openid-connect/token",
            data={"grant_type": "client_credentials", "client_id": "koprogo-identity",
                  "client_secret": town.instance.secrets["identity_client"]},
        )  # fmt: skip
        refused = self.ask(town, answer.json()["access_token"])
        assert (refused.status_code, refused.json()["reason"]) == (401, "TOKEN_REFUSED")

    def test_of_another_realm_is_refused(self, town: TestInstance) -> None:
        base = town.instance.issuer.replace("/koprogo", "/master")
        answer = httpx.post(
            f"{base}/protocol/openid-connect/token",
            data={"grant_type": "password", "client_id": "admin-cli", "username": "admin",
                  "password": town.instance.secrets["keycloak_admin"]},
        )  # fmt: skip
        assert self.ask(town, answer.json()["access_token"]).status_code == 401

    def test_is_asked_for_on_every_route(self, town: TestInstance, ids: dict[str, str]) -> None:
        for method, path in ROUTES:
            answer = httpx.request(method, f"{town.instance.public_url}/api/{filled(path, ids)}")
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.json()["reason"] == "TOKEN_MISSING"
