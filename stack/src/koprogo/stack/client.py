"""People who use KoproGo from outside, through the gateway: for the demo, the journeys and the bench."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from koprogo.stack.instance import Instance

T = TypeVar("T")


def eventually(attempt: Callable[[], T], *, seconds: float = 30, every: float = 0.2) -> T:
    """The first true answer; fails with what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        seen = attempt()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"still {seen!r} after {seconds} s")
        time.sleep(every)


def handed_over(
    ask: Callable[[], list[dict[str, Any]]], *, seconds: float = 150, settled: tuple[str, ...] = ("sent", "to_post")
) -> list[dict[str, Any]]:
    """Letters, once nothing more becomes of any by itself; fails with what became of the others."""
    deadline = time.monotonic() + seconds
    while True:
        letters = ask()
        others = [letter for letter in letters if letter["status"] not in settled]
        if letters and not others:
            return letters
        if time.monotonic() > deadline:
            shown = [(one["status"], one.get("proof"), one.get("changed_at")) for one in others[:5]]
            raise AssertionError(f"{len(others)} of {len(letters)} letters after {seconds} s: {shown}")
        time.sleep(0.2)


class Person:
    """Signs in at the real Keycloak; signs in again before the token ends."""

    def __init__(self, instance: Instance, email: str, password: str) -> None:
        self.instance, self.email, self.password = instance, email, password
        self._client = httpx.Client(base_url=instance.public_url, timeout=30)
        self._token, self._until = "", 0.0

    @property
    def token(self) -> str:
        if time.monotonic() > self._until:
            answer = httpx.post(
                f"{self.instance.issuer}/protocol/openid-connect/token",
                data={
                    "grant_type": "password",
                    "client_id": "koprogo-cli",
                    "username": self.email,
                    "password": self.password,
                },
                timeout=30,
            )
            answer.raise_for_status()
            self._token, self._until = answer.json()["access_token"], time.monotonic() + 600
        return self._token

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **what: Any) -> httpx.Response:
        return self._client.request(
            method, f"/api/{path}", headers={"authorization": f"Bearer {self.token}", **(headers or {})}, **what
        )

    def get(self, path: str, **what: Any) -> Any:
        return _expect(self.ask("GET", path, **what))

    def post(self, path: str, json: object = None, **what: Any) -> Any:
        return _expect(self.ask("POST", path, json=json, **what))

    def put(self, path: str, json: object, **what: Any) -> Any:
        return _expect(self.ask("PUT", path, json=json, **what))

    def patch(self, path: str, json: object, version: str, **what: Any) -> Any:
        return _expect(self.ask("PATCH", path, json=json, headers={"if-match": version}, **what))

    def refused(self, method: str, path: str, **what: Any) -> tuple[int, str]:
        """Status and reason of a refusal."""
        answer = self.ask(method, path, **what)
        assert answer.status_code >= 400, f"{method} {path} was not refused: {answer.status_code} {answer.text[:300]}"
        assert answer.headers["content-type"].startswith("application/problem+json"), answer.text[:300]
        return answer.status_code, answer.json()["reason"]


def _expect(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:1500]}"
    return (
        answer.json()
        if answer.headers.get("content-type", "").partition(";")[0] == "application/json"
        else answer.content
    )


def mails(instance: Instance, to: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{instance.mail_url}/messages", params={"to": to} if to else {}).json()
    return found


def _invitation(instance: Instance, email: str) -> str:
    """The link in the last mail that has one; empty while there is none."""
    for message in reversed(mails(instance, email)):
        text = httpx.get(f"{instance.mail_url}/messages/{message['id']}").json()["text"]
        if found := re.search(r"https?://\S*action-token\S*", text):
            return found[0]
    return ""


def accept_invitation(instance: Instance, email: str, password: str) -> Person:
    """Open the mail, follow its link as a browser would, and choose a password."""
    link = eventually(lambda: _invitation(instance, email))
    # Browsers send Secure cookies to localhost without TLS; httpx does not.
    jar: dict[str, str] = {}

    def remember(answer: httpx.Response) -> None:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            jar[name] = value

    def send(request: httpx.Request) -> None:
        request.headers["cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())

    hooks: dict[str, list[Callable[..., Any]]] = {"response": [remember], "request": [send]}
    with httpx.Client(follow_redirects=True, timeout=30, event_hooks=hooks) as browser:
        page = browser.get(link)
        for _ in range(6):
            if form := re.search(r'<form[^>]*id="kc-passwd-update-form"[^>]*action="([^"]+)"', page.text):
                page = browser.post(
                    form[1].replace("&amp;", "&"), data={"password-new": password, "password-confirm": password}
                )
            elif onward := re.search(r'href="([^"]*action-token[^"]*)"', page.text):
                page = browser.get(httpx.URL(str(page.url)).join(onward[1].replace("&amp;", "&")))
            else:
                break
    person = Person(instance, email, password)
    assert person.token
    return person
