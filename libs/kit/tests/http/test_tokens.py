"""Who a token says somebody is, is believed only when every part of it holds."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from koprogo.kit.access import tokens as tokens_module
from koprogo.kit.testing import InProcess, Provider

SOMEBODY = str(uuid4())


def assert_refused(answer: httpx.Response, reason: str = "TOKEN_REFUSED") -> None:
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["reason"] == reason


def by_hand(header: dict[str, object], payload: dict[str, object], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def claims() -> dict[str, object]:
    return jwt.decode(Provider().token(SOMEBODY), options={"verify_signature": False})


def signed_with_the_public_key(provider: Provider) -> str:
    """HMAC with what everybody knows, for a verifier that takes the algorithm from the token."""
    import hashlib
    import hmac

    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = by_hand({"alg": "HS256", "kid": provider.key_id, "typ": "JWT"}, claims()).rpartition(".")[0]
    mac = hmac.new(public, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def tampered(provider: Provider) -> str:
    """The signature of another payload."""
    head, _, signature = provider.token(SOMEBODY).split(".")
    return f"{head}.{by_hand({}, {**claims(), 'sub': str(uuid4())}).split('.')[1]}.{signature}"


def signature_removed(provider: Provider) -> str:
    return provider.token(SOMEBODY).rpartition(".")[0] + "."


REFUSED: dict[str, Callable[[Provider], str]] = {
    "another issuer": lambda p: p.token(SOMEBODY, iss="https://keycloak.test/realms/other"),
    "another audience": lambda p: p.token(SOMEBODY, aud="account"),
    "no audience": lambda p: p.token(SOMEBODY, aud=None),
    "no issuer": lambda p: p.token(SOMEBODY, iss=None),
    "no end": lambda p: p.token(SOMEBODY, exp=None),
    "no subject": lambda p: p.token(SOMEBODY, sub=None),
    "a subject that is no id": lambda p: p.token("admin"),
    "not valid yet": lambda p: p.token(SOMEBODY, nbf=int(time.time()) + 600),
    "alg none": lambda p: by_hand({"alg": "none", "kid": p.key_id}, claims()),
    "alg None in capitals": lambda p: by_hand({"alg": "NONE", "kid": p.key_id}, claims(), b"x"),
    "HMAC with the public key": signed_with_the_public_key,
    "HMAC with a guess": lambda p: p.token(SOMEBODY, key="s" * 40, algorithm="HS256"),
    "an algorithm not on the list": lambda p: p.token(SOMEBODY, algorithm="PS256"),
    "an unknown key": lambda p: p.token(SOMEBODY, key_id="unknown"),
    "a key of somebody else under a known id": lambda p: p.token(SOMEBODY, key=Provider().key),
    "another payload": tampered,
    "no signature": signature_removed,
    "words": lambda _: "let me in",
    "nothing": lambda _: "",
}


class TestATokenOf:
    @pytest.mark.parametrize("flaw", REFUSED)
    async def test_is_refused(self, service: InProcess, provider: Provider, flaw: str) -> None:
        async with service.client({"authorization": f"Bearer {REFUSED[flaw](provider)}"}) as client:
            assert_refused(await client.get("me"))

    @pytest.mark.parametrize("flaw", [flaw for flaw in REFUSED if flaw.startswith(("alg", "HMAC", "an algorithm"))])
    async def test_another_algorithm_is_refused_before_a_key_is_looked_for(
        self, service: InProcess, provider: Provider, flaw: str
    ) -> None:
        before = provider.asked
        async with service.client({"authorization": f"Bearer {REFUSED[flaw](provider)}"}) as client:
            answer = await client.get("me")
        assert_refused(answer)
        assert "algorithm that is not accepted" in answer.json()["detail"]
        assert provider.asked == before

    async def test_yesterday_is_refused_as_expired(self, service: InProcess, provider: Provider) -> None:
        async with service.client({"authorization": f"Bearer {provider.token(SOMEBODY, exp=1)}"}) as client:
            assert_refused(await client.get("me"), "TOKEN_EXPIRED")

    async def test_ours_says_who_he_is_and_how_he_signed_in(self, service: InProcess) -> None:
        async with service.signed_in(SOMEBODY, acr="itsme", email="an@example.org", name="An Peeters") as client:
            assert (await client.get("me")).json() == {
                "subject": SOMEBODY, "acr": "itsme", "email": "an@example.org", "name": "An Peeters",
            }  # fmt: skip

    async def test_ours_is_not_honoured_beyond_its_end_because_it_was_seen_before(
        self, service: InProcess, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with service.signed_in(SOMEBODY, exp=int(time.time()) + 30) as client:
            assert (await client.get("me")).status_code == 200
            now = time.time()
            monkeypatch.setattr(tokens_module.time, "time", lambda: now + 31)
            # The library reads the clock by itself: for it the token is young, for the cache it is over.
            before = len(calls := [])
            real = jwt.decode
            monkeypatch.setattr(tokens_module.jwt, "decode", lambda *a, **k: (calls.append(1), real(*a, **k))[1])
            await client.get("me")
            assert len(calls) == before + 1, "taken from the cache"


class TestTheKeys:
    async def test_are_read_once_for_many_tokens(self, service: InProcess, provider: Provider) -> None:
        before = provider.asked
        for _ in range(3):
            async with service.signed_in(uuid4()) as client:
                assert (await client.get("me")).status_code == 200
        assert provider.asked == before + 1

    async def test_are_not_read_again_for_each_unknown_key(self, service: InProcess, provider: Provider) -> None:
        before = provider.asked
        for n in range(5):
            async with service.client(
                {"authorization": f"Bearer {provider.token(SOMEBODY, key_id=f'k{n}')}"}
            ) as client:
                assert_refused(await client.get("me"))
        assert provider.asked == before + 1

    async def test_that_are_new_are_found(
        self, service: InProcess, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with service.signed_in(uuid4()) as client:
            assert (await client.get("me")).status_code == 200
        monkeypatch.setattr(tokens_module, "KEYS_EVERY_SECONDS", 0)
        monkeypatch.setattr(provider, "key", Provider().key)
        monkeypatch.setattr(provider, "key_id", "second")
        async with service.signed_in(uuid4()) as client:
            assert (await client.get("me")).status_code == 200

    async def test_that_cannot_be_read_make_the_service_unavailable_and_not_open(
        self, service: InProcess, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provider, "is_down", True)
        async with service.signed_in(uuid4()) as client:
            answer = await client.get("me")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")

    async def test_that_are_missing_are_named_by_the_readiness(
        self, service: InProcess, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(provider, "is_down", True)
        async with service.client() as client:
            answer = await client.get("http://koprogo.test/health/ready")
            assert answer.status_code == 503 and list(answer.json()["missing"]) == ["identity provider"]
            monkeypatch.setattr(provider, "is_down", False)
            assert (await client.get("http://koprogo.test/health/ready")).status_code == 200


class TestASessionByCookie:
    async def test_reads_without_more(self, service: InProcess, provider: Provider) -> None:
        async with service.client({"cookie": f"koprogo_session={provider.token(SOMEBODY)}"}) as client:
            assert (await client.get("me")).status_code == 200

    async def test_does_not_change_anything_without_the_header_other_sites_cannot_send(
        self, service: InProcess, provider: Provider, notes: str
    ) -> None:
        async with service.client({"cookie": f"koprogo_session={provider.token(SOMEBODY)}"}) as client:
            answer = await client.post(notes, json={"text": "hello"})
            assert (answer.status_code, answer.json()["reason"]) == (403, "CSRF_HEADER_MISSING")
            answer = await client.post(notes, json={"text": "hello"}, headers={"x-koprogo-csrf": "1"})
            assert answer.json()["reason"] == "NOT_ADMITTED", "the next door"

    async def test_is_not_looked_at_beside_a_token(self, service: InProcess, provider: Provider) -> None:
        headers = {"cookie": f"koprogo_session={provider.token(SOMEBODY)}", "authorization": "Bearer wrong"}
        async with service.client(headers) as client:
            assert_refused(await client.get("me"))

    async def test_is_missing_of_whom_has_not_signed_in(self, service: InProcess) -> None:
        async with service.client() as client:
            assert_refused(await client.get("me"), "TOKEN_MISSING")
