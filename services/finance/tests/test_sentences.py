"""A person reads a sentence in his language where a program reads a code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from .bank_files.coda_files import Move, coda, file_of, lines_of
from .builders import TODAY, WORKING_IBAN, Office, call, part
from .stated import sells
from .test_bank import PEETERS_IBAN, free, sends, statement, structured
from .test_settlements import DEED


@pytest.fixture
async def called(office: Office) -> dict[str, dict[str, Any]]:
    await office.post("calls-for-funds", call(part(amount="1000")))
    return {demand["party_name"]: demand for demand in await office.get("demands")}


async def read(office: Office, path: str, language: str) -> Any:
    return (await office.accountant.get(f"{office.path}/{path}", headers={"accept-language": language})).json()


async def imports(office: Office, content: bytes, language: str) -> Any:
    answer = await office.accountant.post(
        f"{office.path}/bank-files", content=content, headers={"accept-language": language}
    )
    return answer.json()


class TestASuggestion:
    @pytest.mark.parametrize(
        ("language", "sentences"),
        [
            ("fr", ["A déjà payé depuis ce compte.", "Le payeur écrit : peeters.",
                    "Une créance de 233.00 est ouverte."]),
            ("nl", ["Heeft al van deze rekening betaald.", "De betaler schrijft: peeters.",
                    "Een vordering van 233.00 staat open."]),
            ("de", ["Hat schon von diesem Konto gezahlt.", "Der Zahler schreibt: peeters.",
                    "Eine Forderung von 233.00 ist offen."]),
            ("en", ["Has paid from this account before.", "The payer writes: peeters.",
                    "Has an open demand of 233.00."]),
        ],
    )  # fmt: skip
    async def test_says_why(self, office: Office, called: dict[str, Any], language: str, sentences: list[str]) -> None:
        await sends(office, statement(structured(called["Peeters"], "100")))
        # Two open demands of this amount: the ladder leaves the choice to a person.
        await office.post("calls-for-funds", call(part(amount="699.70")))
        await sends(office, statement(free("233", name="Mme PEETERS", account=PEETERS_IBAN), number=2, opening=10000))
        (shown,) = await read(office, "bank-entries?open_only=true", language)
        best = shown["suggestions"][0]
        assert [why["reason"] for why in best["reasons"]] == ["PAID_FROM_ACCOUNT", "PAYER_WRITES", "OPEN_AMOUNT"]
        assert [why["sentence"] for why in best["reasons"]] == sentences


class TestTheReportOfAFile:
    @pytest.mark.parametrize(
        ("language", "begins"),
        [("fr", "Ligne 6 : "), ("nl", "Regel 6: "), ("de", "Zeile 6: "), ("en", "Record 6 (line 6): the amount")],
    )
    async def test_says_what_is_broken(self, office: Office, language: str, begins: str) -> None:
        lines = lines_of(Move(), account=WORKING_IBAN)
        broken = file_of([line.replace("0000000000012500", "000000000001250X") for line in lines])
        problem = await imports(office, broken, language)
        (told,) = problem["statements"]
        assert told["reason"] == "STATEMENT_UNREADABLE"
        assert told["message"].startswith(begins)
        (kept,) = await read(office, "bank-files", language)
        assert kept["report"]["statements"][0]["message"] == told["message"]

    async def test_says_of_the_whole_file_what_became_of_it(self, office: Office) -> None:
        problem = await imports(office, coda(Move()), "nl")
        assert problem["detail"] == "Alle uittreksels in dit bestand zijn geweigerd; het bestand wordt bewaard."

    @pytest.mark.parametrize(
        ("language", "says"),
        [
            ("fr", "n'est aucun des comptes de l'association ; ajoutez-le d'abord."),
            ("nl", "is geen rekening van de vereniging; voeg ze eerst toe."),
            ("de", "ist kein Konto der Vereinigung; fügen Sie es zuerst hinzu."),
            ("es", "is none of the association's accounts; add it first."),
        ],
    )
    async def test_says_whose_account_it_is_not(self, office: Office, language: str, says: str) -> None:
        (told,) = (await imports(office, coda(Move()), language))["statements"]
        assert (told["reason"], told["message"]) == ("BANK_ACCOUNT_UNKNOWN", f"{told['iban']} {says}")

    async def test_says_what_is_missing_to_each_who_reads_it(self, office: Office, called: dict[str, Any]) -> None:
        day = TODAY - timedelta(days=1)
        await sends(office, statement(structured(called["Peeters"], "100"), day=day))
        await imports(office, statement(free("5"), number=3, opening=45000), "de")
        for language, says in (
            ("fr", "finit à 100.00"), ("nl", "eindigt op 100.00"), ("de", "endet mit 100.00"),
            ("en", "closes with 100.00"),
        ):  # fmt: skip
            told = (await read(office, "bank-files", language))[0]["report"]["statements"][0]
            assert told["reason"] == "STATEMENT_MISSING"
            assert says in told["message"]
            assert "450.00" in told["message"]

    async def test_says_that_it_contradicts_what_came_before(self, office: Office, called: dict[str, Any]) -> None:
        await sends(office, statement(structured(called["Peeters"])))
        (told,) = (await imports(office, statement(structured(called["Dubois"])), "fr"))["statements"]
        assert told["reason"] == "STATEMENT_CONTRADICTS"
        assert told["message"].endswith("demandez à la banque lequel est juste.")


class TestATransfer:
    @pytest.mark.parametrize(
        ("language", "says"),
        [
            ("fr", "Le vendeur n'avait aucune part"), ("nl", "De verkoper had op"), ("de", "Der Verkäufer hatte am"),
            ("en", "There was no working capital on"),
        ],
    )  # fmt: skip
    async def test_says_why_there_is_nothing_to_settle(self, office: Office, language: str, says: str) -> None:
        await sells(office, DEED)
        (shown,) = await read(office, "transfers", language)
        assert shown["reason"] == "NOTHING_TO_SETTLE"
        assert shown["sentence"].startswith(says)
        assert str(DEED) in shown["sentence"]

    async def test_that_can_be_settled_says_nothing(self, office: Office) -> None:
        await sells(office, TODAY + timedelta(days=9))
        (shown,) = await read(office, "transfers", "fr")
        assert (shown["state"], shown["reason"], shown["sentence"]) == ("to_come", "", "")
