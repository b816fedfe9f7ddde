"""Reading twice costs little, and lists come in pages that neither lose nor repeat."""

from __future__ import annotations

import re
from uuid import UUID

import httpx
import pytest


class TestAListReadAgain:
    async def test_is_not_sent_again_while_it_has_not_changed(self, syndic: httpx.AsyncClient, notes: str) -> None:
        await syndic.post(notes, json={"text": "one"})
        first = await syndic.get(notes)
        again = await syndic.get(notes, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert "content-length" not in again.headers
        await syndic.post(notes, json={"text": "two"})
        changed = await syndic.get(notes, headers={"if-none-match": first.headers["etag"]})
        assert changed.status_code == 200 and len(changed.json()) == 2

    async def test_is_private_to_its_reader(self, syndic: httpx.AsyncClient, notes: str) -> None:
        assert (await syndic.get(notes)).headers["cache-control"] == "private, no-cache"


class TestWhatCanBeEdited:
    async def test_shows_its_version_and_asks_for_it(self, syndic: httpx.AsyncClient, tenant: UUID) -> None:
        path = f"organisations/{tenant}/titles"
        tag = (await syndic.get(path)).headers["etag"]
        assert tag == '"3"'
        done = await syndic.patch(path, headers={"if-match": tag})
        assert (done.status_code, done.headers["etag"]) == (204, '"4"')

    async def test_is_not_sent_again_while_its_version_is_the_same(
        self, syndic: httpx.AsyncClient, tenant: UUID
    ) -> None:
        again = await syndic.get(f"organisations/{tenant}/titles", headers={"if-none-match": '"3"'})
        assert again.status_code == 304

    @pytest.mark.parametrize("version", [None, "", "*", '"three"', "-3", "9" * 12])
    async def test_is_refused_without_a_version(
        self, syndic: httpx.AsyncClient, tenant: UUID, version: str | None
    ) -> None:
        headers = {} if version is None else {"if-match": version}
        answer = await syndic.patch(f"organisations/{tenant}/titles", headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (400, "IF_MATCH_MISSING")
        assert answer.json()["errors"][0]["field"] == "If-Match"

    async def test_is_refused_on_another_version(self, syndic: httpx.AsyncClient, tenant: UUID) -> None:
        answer = await syndic.patch(f"organisations/{tenant}/titles", headers={"if-match": '"2"'})
        assert (answer.status_code, answer.json()["reason"]) == (412, "CHANGED_MEANWHILE")


async def pages(client: httpx.AsyncClient, path: str) -> list[list[str]]:
    """Follows the links as a client would."""
    found = []
    while path:
        answer = await client.get(path)
        found.append([note["text"] for note in answer.json()])
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        path = f"http://koprogo.test{link[1]}" if link else ""
    return found


class TestPages:
    @pytest.fixture
    async def written(self, syndic: httpx.AsyncClient, notes: str) -> list[str]:
        texts = sorted(["a", "b & c", "c & d", "d/e", "élan", "f=g?", "h#1", "i+j"])
        for text in texts:
            await syndic.post(notes, json={"text": text})
        return texts

    async def test_neither_lose_nor_repeat(self, syndic: httpx.AsyncClient, notes: str, written: list[str]) -> None:
        found = await pages(syndic, f"{notes}?limit=3")
        assert [len(one) for one in found] == [3, 3, 2]
        assert sum(found, []) == written

    async def test_end_without_a_link_to_an_empty_one(
        self, syndic: httpx.AsyncClient, notes: str, written: list[str]
    ) -> None:
        assert await pages(syndic, f"{notes}?limit={len(written)}") == [written]

    async def test_go_on_with_what_was_asked_for(
        self, syndic: httpx.AsyncClient, notes: str, written: list[str]
    ) -> None:
        found = await pages(syndic, f"{notes}?limit=1&containing=%26")
        assert found == [["b & c"], ["c & d"]]
