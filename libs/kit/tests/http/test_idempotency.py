"""The same POST sent twice is one effect, however the two meet."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest
from litestar.exceptions import LitestarException

from koprogo.kernel.words import Role
from koprogo.kit.testing import InProcess


@pytest.fixture
def key() -> dict[str, str]:
    return {"idempotency-key": uuid4().hex}


async def count(client: httpx.AsyncClient, notes: str) -> int:
    return len((await client.get(notes)).json())


class TestTheSameRequestTwice:
    async def test_is_carried_out_once_and_answered_alike(
        self, syndic: httpx.AsyncClient, notes: str, key: dict[str, str]
    ) -> None:
        first, second = [await syndic.post(notes, json={"text": "once"}, headers=key) for _ in range(2)]
        assert first.status_code == second.status_code == 201
        assert first.content == second.content
        assert first.headers["location"] == second.headers["location"]
        assert first.headers["content-type"] == second.headers["content-type"]
        assert (first.headers.get("idempotency-replayed"), second.headers["idempotency-replayed"]) == (None, "true")
        assert await count(syndic, notes) == 1

    async def test_is_one_effect_when_both_arrive_at_the_same_moment(
        self, syndic: httpx.AsyncClient, notes: str, key: dict[str, str]
    ) -> None:
        answers = await asyncio.gather(*(syndic.post(notes, json={"text": "slow"}, headers=key) for _ in range(4)))
        assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
        assert {a.json()["reason"] for a in answers if a.status_code == 409} == {"ALREADY_CARRIED_OUT"}
        assert await count(syndic, notes) == 1

    async def test_is_two_effects_without_a_key(self, syndic: httpx.AsyncClient, notes: str) -> None:
        for _ in range(2):
            await syndic.post(notes, json={"text": "twice"})
        assert await count(syndic, notes) == 2


class TestAKey:
    async def test_used_for_another_body_is_refused(
        self, syndic: httpx.AsyncClient, notes: str, key: dict[str, str]
    ) -> None:
        await syndic.post(notes, json={"text": "one"}, headers=key)
        answer = await syndic.post(notes, json={"text": "other"}, headers=key)
        assert (answer.status_code, answer.json()["reason"]) == (409, "IDEMPOTENCY_KEY_REUSED")
        assert await count(syndic, notes) == 1

    async def test_used_for_another_query_is_refused(
        self, syndic: httpx.AsyncClient, notes: str, key: dict[str, str]
    ) -> None:
        await syndic.post(notes, json={"text": "one"}, headers=key)
        answer = await syndic.post(f"{notes}?dry_run=true", json={"text": "one"}, headers=key)
        assert answer.json()["reason"] == "IDEMPOTENCY_KEY_REUSED"

    async def test_of_one_person_is_not_anothers(
        self, service: InProcess, syndic: httpx.AsyncClient, tenant: UUID, notes: str, key: dict[str, str]
    ) -> None:
        other = uuid4()
        await service.give(other, Role.SYNDIC, tenant)
        await syndic.post(notes, json={"text": "one"}, headers=key)
        async with service.signed_in(other) as client:
            assert (await client.post(notes, json={"text": "two"}, headers=key)).status_code == 201

    async def test_of_a_refused_request_may_be_used_for_the_corrected_one(
        self, syndic: httpx.AsyncClient, notes: str, key: dict[str, str]
    ) -> None:
        assert (await syndic.post(notes, json={"text": ""}, headers=key)).status_code == 400
        assert (await syndic.post(notes, json={"text": "better"}, headers=key)).status_code == 201

    async def test_of_a_request_that_broke_before_it_changed_anything_may_be_used_again(
        self, syndic: httpx.AsyncClient, tenant: UUID, key: dict[str, str]
    ) -> None:
        sums = f"organisations/{tenant}/sums"
        answers = [await syndic.post(sums, json={"text": "break"}, headers=key) for _ in range(2)]
        assert [a.status_code for a in answers] == [500, 500]
        assert (await syndic.post(sums, json={"text": "fine"}, headers=key)).json() == {"notes": 0}

    async def test_whose_answer_was_lost_is_told_that_the_work_is_done(
        self, service: InProcess, syndic: httpx.AsyncClient, notes: str, key: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        from koprogo.kit import idempotency

        async def crash(*_: object) -> None:
            raise ConnectionError

        with monkeypatch.context() as dying:
            dying.setattr(idempotency, "keep_answer", crash)
            with pytest.raises(LitestarException):
                await syndic.post(notes, json={"text": "one"}, headers=key)
        answer = await syndic.post(notes, json={"text": "one"}, headers=key)
        assert (answer.status_code, answer.json()["reason"]) == (409, "ALREADY_CARRIED_OUT")
        assert await count(syndic, notes) == 1

    async def test_that_is_too_long_is_refused(self, syndic: httpx.AsyncClient, notes: str) -> None:
        answer = await syndic.post(notes, json={"text": "one"}, headers={"idempotency-key": "k" * 201})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
