"""A result is explained in the language of who asks; the roll call keeps its own."""

from __future__ import annotations

import string
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from koprogo.governance.domain import roll_call
from koprogo.governance.domain.law.explanations import SENTENCES, explain
from koprogo.governance.entrypoints.http import explained
from koprogo.governance.main import wire
from koprogo.governance.settings import Settings
from koprogo.kernel.words import Language, Role
from koprogo.kit.database import migrate
from koprogo.kit.testing import InProcess, Provider, in_process
from koprogo.stack.testing import TestInstance

from .assembly import Assembly

QUESTION = {
    "session": 1, "nature": "ordinary", "share_denominator": 1000, "on": "2026-06-10",
    "ballots": [
        {"co_ownership": "Adam", "votes": 300, "choice": "for"},
        {"co_ownership": "Zoe", "votes": 200, "choice": "against"},
        {"co_ownership": "Maes", "votes": 100, "choice": "blank"},
    ],
}  # fmt: skip


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider().serving() as provider:
        yield provider


@pytest.fixture
async def service(town: TestInstance, provider: Provider) -> AsyncIterator[InProcess]:
    instance = town.instance
    await migrate(instance.database_url("governance", "owner"), "koprogo.governance")
    async with in_process(Settings, wire, instance.environment("governance"), provider) as service:
        yield service


async def asked(client: httpx.AsyncClient, language: str, method: str, path: str, **what: Any) -> dict[str, Any]:
    answer = await client.request(method, path, headers={"accept-language": language}, **what)
    assert (answer.status_code, answer.headers["content-language"]) == (200, language), answer.text
    told: dict[str, Any] = answer.json()
    return told


def figures(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


class TestTheExplanations:
    @pytest.mark.parametrize("code", SENTENCES)
    def test_are_said_with_the_same_figures_in_each_language(self, code: str) -> None:
        sentences = explained._TABLE["sentences"][code]
        assert set(sentences) == {"fr", "nl", "de"}
        assert {frozenset(figures(one)) for one in sentences.values()} == {frozenset(figures(SENTENCES[code]))}

    def test_are_no_others(self) -> None:
        assert set(explained._TABLE["sentences"]) == set(SENTENCES)

    @pytest.mark.parametrize(
        ("language", "article"), [("fr", "ancien C. civ. 577-6"), ("nl", "oud BW 577-6"), ("de", "altes ZGB 577-6")]
    )
    def test_cite_the_law_of_the_day_and_leave_names_alone(self, language: str, article: str) -> None:
        why = explain("SOLE_UNCAPPED", person="CC rejected sprl", engaged=7, article="old CC 577-6 §7, R057")
        sentence = explained.said(why, Language(language))
        assert f"({article} §7, R057)" in sentence
        assert sentence.count("CC rejected sprl") == 2


class TestASimulation:
    @pytest.mark.parametrize(
        ("language", "last"),
        [
            ("en", "An absolute majority is required, more votes for than against (CC 3.87 §8): 300 for, 200 against"
                   ", adopted."),
            ("fr", "La majorité absolue est requise, plus de voix pour que contre (C. civ. 3.87 §8) : 300 pour, "
                   "200 contre, adopté."),
            ("nl", "De volstrekte meerderheid is vereist, meer stemmen voor dan tegen (BW 3.87 §8): 300 voor, "
                   "200 tegen, aangenomen."),
            ("de", "Die absolute Mehrheit ist erforderlich, mehr Stimmen dafür als dagegen (ZGB 3.87 §8): 300 dafür, "
                   "200 dagegen, angenommen."),
        ],
    )  # fmt: skip
    async def test_is_explained_in_the_language_asked_for(self, service: InProcess, language: str, last: str) -> None:
        async with service.signed_in(uuid4()) as client:
            told = await asked(client, language, "POST", "simulations/tally", json=QUESTION)
            english = await asked(client, "en", "POST", "simulations/tally", json=QUESTION)
        assert told["explanations"][-1] == last
        assert len(told["explanations"]) == len(english["explanations"])
        assert {**told, "explanations": 0} == {**english, "explanations": 0}


class TestTheResultOfAnItem:
    async def test_is_explained_in_the_language_asked_for_and_the_roll_call_stays_as_it_was(
        self, service: InProcess
    ) -> None:
        assembly = await Assembly(service.pool).opened()
        await assembly.open_vote(0)
        await assembly.cast(0, assembly.heads[1])
        subject = uuid4()
        await service.give(subject, Role.SYNDIC, assembly.tenant, assembly.association)
        path = f"associations/{assembly.association}/meetings/{assembly.meeting}/items/{assembly.items[0]}"
        kept = await assembly.close_vote(0)
        async with service.signed_in(subject) as client:
            english = await asked(client, "en", "GET", f"{path}/result")
            dutch = await asked(client, "nl", "GET", f"{path}/result")
        assert english == kept
        assert dutch["explanations"][0] == (
            "980 van de 1000 stemmen zijn aanwezig of vertegenwoordigd op het ogenblik van deze stemming."
        )
        assert {**dutch, "explanations": 0} == {**english, "explanations": 0}
        acts = (await assembly.hall(1)).acts
        roll_call.verify(acts)
        assert acts[-1].data["result"] == kept

    async def test_names_people_and_no_ids(self, service: InProcess) -> None:
        assembly = await Assembly(service.pool).opened()
        await assembly.conflict(0, assembly.heads[1])
        await assembly.open_vote(0)
        subject = uuid4()
        await service.give(subject, Role.OWNER, assembly.tenant, assembly.association, assembly.heads[1])
        await assembly.close_vote(0)
        path = f"associations/{assembly.association}/meetings/{assembly.meeting}/items/{assembly.items[0]}/result"
        async with service.signed_in(subject) as client:
            french = await asked(client, "fr", "GET", path)
        assert any("Owner 1 (20 voix) ne prend pas part à ce vote" in one for one in french["explanations"])
        assert not any(str(head) in one for one in french["explanations"] for head in assembly.heads)
