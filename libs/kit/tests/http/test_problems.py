"""Whatever is wrong leaves as problem+json that names the field, and tells nothing of the inside."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from koprogo.kit.http import app as app_module
from koprogo.kit.testing import InProcess


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == status and told["title"] and told["reason"] and told["detail"]
    assert told["trace_id"] == answer.headers["x-request-id"]
    return told


class TestABody:
    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ('{"text": "hello"', "body"),
            ("", "body"),
            ("[]", "body"),
            ("null", "body"),
            ('{"text": "\\ud800"}', "body"),
            ("{}", "text"),
            ('{"text": 7}', "text"),
            ('{"text": ""}', "text"),
            ('{"text": "x", "language": "it"}', "language"),
            ('{"text": "x", "lines": [{"text": "a"}, {"text": "b", "votes": "many"}]}', "lines.1.votes"),
            ('{"text": "x", "lines": [{"text": "a", "votes": -1}]}', "lines.0.votes"),
            ('{"text": "x", "lines": [{}]}', "lines.0.text"),
            ('{"text": "x", "colour": "red"}', "colour"),
            ('{"text": "x", "lines": [{"text": "a", "colour": "red"}]}', "lines.0.colour"),
            ('{"text": "x", "lines": {}}', "lines"),
        ],
    )
    async def test_that_is_wrong_is_refused_with_the_path_of_the_field(
        self, syndic: httpx.AsyncClient, notes: str, body: str, field: str
    ) -> None:
        told = problem(await syndic.post(notes, content=body, headers={"content-type": "application/json"}), 400)
        assert [e["field"] for e in told["errors"]] == [field]
        assert told["reason"] == "INVALID"

    async def test_that_is_not_utf_8_is_refused(self, syndic: httpx.AsyncClient, notes: str) -> None:
        answer = await syndic.post(notes, content=b'{"text": "\xff"}', headers={"content-type": "application/json"})
        assert problem(answer, 400)["errors"] == [{"field": "body", "message": "The text is not UTF-8."}]

    async def test_with_a_character_that_postgresql_does_not_store_is_refused(
        self, syndic: httpx.AsyncClient, notes: str
    ) -> None:
        problem(await syndic.post(notes, json={"text": "a\0b"}), 400)

    async def test_that_is_too_long_is_refused(self, syndic: httpx.AsyncClient, notes: str) -> None:
        told = problem(
            await syndic.post(
                notes, content=b" " * (app_module.BODY_LIMIT + 1), headers={"content-type": "application/json"}
            ),
            413,
        )
        assert told["reason"] == "TOO_LARGE"


class TestAPathOrQuery:
    async def test_that_leads_nowhere_is_not_found(self, syndic: httpx.AsyncClient) -> None:
        assert problem(await syndic.get("nowhere"), 404)["reason"] == "NOT_FOUND"

    async def test_with_an_id_that_is_none_is_not_found(self, syndic: httpx.AsyncClient) -> None:
        problem(await syndic.get("organisations/7/notes"), 404)

    async def test_of_another_method_names_those_there_are(self, syndic: httpx.AsyncClient, notes: str) -> None:
        answer = await syndic.delete(notes)
        assert problem(answer, 405)["reason"] == "METHOD_NOT_ALLOWED"
        assert {"GET", "POST"} <= set(answer.headers["allow"].replace(" ", "").split(","))

    @pytest.mark.parametrize("limit", ["0", "201", "ten"])
    async def test_out_of_range_is_refused_by_its_name(self, syndic: httpx.AsyncClient, notes: str, limit: str) -> None:
        told = problem(await syndic.get(notes, params={"limit": limit}), 400)
        assert [e["field"] for e in told["errors"]] == ["limit"]


class TestARefusalOfTheDomain:
    async def test_keeps_its_reason_and_figures(self, service: InProcess) -> None:
        async with service.signed_in(uuid4()) as client:
            told = problem(await client.get("gone"), 404)
        assert (told["reason"], told["detail"], told["metadata"]) == (
            "NOT_FOUND", "There is no such note.", {"number": "7"},
        )  # fmt: skip


class TestWhatIsBroken:
    async def test_says_nothing_of_the_inside(self, service: InProcess, caplog: pytest.LogCaptureFixture) -> None:
        async with service.signed_in(uuid4()) as client:
            answer = await client.get("broken")
        assert problem(answer, 500)["reason"] == "INTERNAL"
        assert "secret" not in answer.text and "Runtime" not in answer.text
        assert "secret of the house" in caplog.text, "nor to the log"

    async def test_is_unavailable_when_it_is_the_database_that_is_away(
        self, service: InProcess, syndic: httpx.AsyncClient, notes: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await syndic.get(notes)).status_code == 200

        async def away(*_: object, **__: object) -> None:
            raise asyncpg.CannotConnectNowError("the database system is starting up")

        monkeypatch.setattr(type(service.pool), "acquire", away)
        answer = await syndic.get(notes)
        assert problem(answer, 503)["reason"] == "DATABASE_UNAVAILABLE"
        assert answer.headers["retry-after"] == "1"


class TestTheLanguageOfAProblem:
    @pytest.mark.parametrize(
        ("language", "title", "message"),
        [
            ("fr", "La demande n'est pas valable", "Attendu : un texte ; reçu : un nombre entier."),
            ("nl-BE, fr;q=0.5", "De aanvraag is niet geldig", "Verwacht: een tekst; ontvangen: een geheel getal."),
            ("de", "Die Anfrage ist nicht gültig", "Erwartet: ein Text; erhalten: eine ganze Zahl."),
            ("es", "The request is not valid", "Expected: a text; received: a whole number."),
        ],
    )
    async def test_of_a_field_is_the_readers(
        self, syndic: httpx.AsyncClient, notes: str, language: str, title: str, message: str
    ) -> None:
        answer = await syndic.post(notes, json={"text": 7}, headers={"accept-language": language})
        told = problem(answer, 400)
        assert (told["title"], told["detail"]) == (title, f"text: {message}")
        assert told["errors"] == [{"field": "text", "message": message}]
        assert answer.headers["content-language"] == (language[:2] if language != "es" else "en")

    async def test_of_a_refusal_is_the_same_in_title_and_detail(self, service: InProcess) -> None:
        async with service.signed_in(uuid4()) as client:
            answer = await client.get("gone", headers={"accept-language": "nl"})
        told = problem(answer, 404)
        assert (told["title"], told["detail"]) == ("Niet gevonden", "Dit bestaat niet, of niet hier.")
        assert answer.headers["content-language"] == "nl"

    @pytest.mark.parametrize(("path", "status", "said"), [
        ("nowhere", 404, "Das gibt es nicht, oder nicht hier."),
        ("broken", 500, "Der Vorfall ist unter der trace_id unten vermerkt."),
    ])  # fmt: skip
    async def test_of_what_is_nobodys_or_broken_is_the_readers_too(
        self, syndic: httpx.AsyncClient, path: str, status: int, said: str
    ) -> None:
        answer = await syndic.get(path, headers={"accept-language": "de"})
        assert (problem(answer, status)["detail"], answer.headers["content-language"]) == (said, "de")


class TestTheTraceOfARequest:
    async def test_is_taken_over_from_the_caller(self, syndic: httpx.AsyncClient, notes: str) -> None:
        trace = uuid4().hex
        answer = await syndic.get(notes, headers={"traceparent": f"00-{trace}-{'1' * 16}-00"})
        assert answer.headers["x-request-id"] == trace

    @pytest.mark.parametrize("malformed", ["", "00-zz", f"ff-{'1' * 32}-{'1' * 16}-00", "\xff"])
    async def test_is_made_anew_when_it_is_none(self, syndic: httpx.AsyncClient, notes: str, malformed: str) -> None:
        answer = await syndic.get(notes, headers={"traceparent": malformed.encode("latin-1")})  # type: ignore[dict-item]
        assert answer.status_code == 200 and len(answer.headers["x-request-id"]) == 32


async def test_ids_in_paths_may_be_written_in_capitals(syndic: httpx.AsyncClient, tenant: UUID) -> None:
    assert (await syndic.get(f"organisations/{str(tenant).upper()}/notes")).status_code == 200
