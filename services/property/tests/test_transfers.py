"""Lots that change hands: who owned what on a day, who may vote, and what the neighbours are told."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.kit.database import UnitOfWork
from koprogo.property.domain.ownership import Holding, NotAFraction, Right, fraction_of, holders_id
from koprogo.property.domain.transfer import FARTHEST, HeldSinceLater, TransferTooFarAhead, check_day
from koprogo_api.property.events.v1.lot_pb2 import LotTransferred

from .builders import PEOPLE, Office, csv_of, quick, row

DEED = "2024-03-01"
LIST = [
    row(lot_number="A1", lot_shares="500", owner_reference="O1", owner_name="Adam"),
    row(lot_number="A2", lot_shares="100", owner_reference="O1", owner_name="Adam"),
    row(lot_number="A3", lot_shares="400", owner_reference="O2", owner_name="Dubois", fraction="1/2", mandatary="x"),
    row(lot_number="A3", lot_shares="400", owner_reference="O3", owner_name="Maes", fraction="1/2"),
]
BUYER = {"reference": "O9", "name": "Zoe", "language": "fr", "address": ["Rue Haute 1", "1000 Bruxelles"]}


@pytest.fixture
async def building(office: Office) -> Office:
    assert (await office.imports(csv_of(LIST))).status_code == 200
    return office


async def lot(office: Office, number: str, on: str = "") -> dict[str, Any]:
    found = (await office.syndic.get(f"{office.path}/lots", params={"on": on} if on else {})).json()
    return next(one for one in found if one["number"] == number)


async def owner(office: Office, name: str) -> str:
    found = (await office.syndic.get(f"{office.path}/co-owners")).json()
    return next(str(one["id"]) for one in found if one["name"] == name)


async def transfer(office: Office, number: str, *holdings: dict[str, Any], on: str = DEED) -> tuple[int, Any]:
    path = f"{office.path}/lots/{(await lot(office, number))['id']}/transfers"
    answer = await office.syndic.post(path, json={"transferred_on": on, "holdings": list(holdings)})
    return answer.status_code, answer.json()


async def refusal(office: Office, number: str, *holdings: dict[str, Any], on: str = DEED) -> tuple[int, str, str]:
    status, said = await transfer(office, number, *holdings, on=on)
    errors = said.get("errors") or [{"field": ""}]
    return status, said["reason"], errors[0]["field"]


async def roll(office: Office, on: str) -> dict[str, tuple[int, bool]]:
    answer = await office.syndic.get(f"{office.path}/voter-roll", params={"on": on})
    return {head["name"]: (head["votes"], head["is_suspended"]) for head in answer.json()}


async def told(office: Office) -> list[LotTransferred]:
    async with (uow := UnitOfWork(office.service.pool, office.tenant)):
        await uow.connection.execute("set local koprogo.relay = 'on'")
        rows = await uow.connection.fetch(
            "select key, payload from outbox where topic = 'property.lot' and tenant_id = $1 order by position",
            office.tenant,
        )
    messages = [LotTransferred.FromString(r["payload"]) for r in rows]
    assert [m.lot_id for m in messages] == [r["key"] for r in rows]
    return messages


class TestASale:
    async def test_gives_the_vote_to_the_buyer_from_the_day_of_the_deed(self, building: Office) -> None:
        status, said = await transfer(building, "A1", {"co_owner": BUYER})
        assert status == 201
        assert [(o["name"], o["fraction"], o["since"], o["until"]) for o in said["ownerships"]] == [
            ("Adam", "1", "2020-01-01", DEED), ("Zoe", "1", DEED, None),
        ]  # fmt: skip
        assert (await roll(building, "2024-02-29"))["Adam"] == (600, False)
        after = await roll(building, DEED)
        assert (after["Adam"], after["Zoe"]) == ((100, False), (500, False))
        assert sum(votes for votes, _ in after.values()) == 1000

    async def test_is_shown_by_the_lot_and_its_version(self, building: Office) -> None:
        await transfer(building, "A1", {"co_owner": BUYER})
        found = await lot(building, "A1")
        assert ([h["name"] for h in found["holders"]], found["version"]) == (["Zoe"], 2)
        assert [h["name"] for h in (await lot(building, "A1", "2024-02-29"))["holders"]] == ["Adam"]

    async def test_ends_the_mandate_and_needs_none_for_one_buyer(self, building: Office) -> None:
        _, said = await transfer(building, "A3", {"co_owner": BUYER})
        assert [(m["name"], m["since"], m["until"]) for m in said["mandataries"]] == [("Dubois", "2020-01-01", DEED)]
        assert (await roll(building, DEED))["Zoe"] == (400, False)

    async def test_to_several_suspends_them_until_one_speaks_for_all(self, building: Office) -> None:
        maes = await owner(building, "Maes")
        halves = {"co_owner": BUYER, "fraction": "1/2"}, {"co_owner_id": maes, "fraction": "1/2"}
        await transfer(building, "A3", *halves)
        suspended = next(head for name, head in (await roll(building, DEED)).items() if "Zoe" in name)
        assert suspended == (400, True)
        zoe = await owner(building, "Zoe")
        again = {"co_owner_id": zoe, "fraction": "1/2", "is_mandatary": True}, halves[1]
        _, said = await transfer(building, "A3", *again, on="2024-04-01")
        assert said["mandataries"][-1] == {"co_owner_id": zoe, "name": "Zoe", "since": "2024-04-01", "until": None}
        assert next(h for name, h in (await roll(building, "2024-04-01")).items() if "Zoe" in name) == (400, False)

    async def test_may_leave_bare_ownership_and_usufruct_to_a_new_co_owner_alone(self, building: Office) -> None:
        known = {**BUYER, "id": str(uuid4())}
        status, said = await transfer(
            building, "A1", {"co_owner": known, "right": "bare"}, {"co_owner_id": known["id"], "right": "usufruct"}
        )
        assert status == 201, said
        assert [(o["name"], o["right"]) for o in said["ownerships"][1:]] == [("Zoe", "bare"), ("Zoe", "usufruct")]

    async def test_may_be_noted_for_a_day_to_come(self, building: Office) -> None:
        soon = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011
        assert (await transfer(building, "A1", {"co_owner": BUYER}, on=soon))[0] == 201
        assert [h["name"] for h in (await lot(building, "A1"))["holders"]] == ["Adam"]
        assert [h["name"] for h in (await lot(building, "A1", soon))["holders"]] == ["Zoe"]

    async def test_of_the_same_lot_at_the_same_moment_is_done_once(self, building: Office) -> None:
        adam = await owner(building, "Adam")
        buyers = [{"co_owner": {**BUYER, "reference": f"N{n}"}} for n in range(4)]
        answers = await asyncio.gather(*(transfer(building, "A1", buyer) for buyer in buyers))
        assert sorted(status for status, _ in answers) == [201, 409, 409, 409]
        assert {said["reason"] for status, said in answers if status == 409} == {"HELD_SINCE_LATER"}
        (message,) = await told(building)
        assert message.from_holder_ids == [adam]


class TestWhatTheNeighboursAreTold:
    async def test_is_who_owed_and_who_owes_under_the_ids_of_the_voter_roll(self, building: Office) -> None:
        found = await lot(building, "A3")
        halves = [Holding(UUID(h["co_owner_id"]), Right.FULL, Fraction(1, 2)) for h in found["holders"]]
        await transfer(building, "A3", {"co_owner": BUYER})
        (message,) = await told(building)
        zoe = await owner(building, "Zoe")
        assert (message.association_id, message.lot_number) == (str(building.association), "A3")
        assert message.transferred_on == DEED
        assert message.from_holders_id == str(holders_id(building.association, halves))
        assert (message.to_holders_id, list(message.to_holder_ids)) == (zoe, [zoe])
        assert sorted(message.from_holder_ids) == sorted(str(h.co_owner_id) for h in halves)

    async def test_is_who_is_left_without_a_lot_and_since_when(self, building: Office) -> None:
        adam, dubois = await owner(building, "Adam"), await owner(building, "Dubois")
        await transfer(building, "A2", {"co_owner_id": dubois}, on="2024-06-01")
        await transfer(building, "A1", {"co_owner_id": dubois}, on=DEED)
        first, second = await told(building)
        assert (dict(first.departures), dict(second.departures)) == ({}, {adam: "2024-06-01"})

    async def test_is_nothing_when_the_transfer_is_refused(self, building: Office) -> None:
        await transfer(building, "A1", {"co_owner": BUYER, "fraction": "1/2"})
        assert await told(building) == []


class TestATransferIsRefused:
    async def test_unless_exactly_one_lot_is_held_of_it(self, building: Office) -> None:
        half = {"co_owner": BUYER, "fraction": "1/2"}
        assert await refusal(building, "A1", half) == (400, "HOLDINGS_DO_NOT_ADD_UP", "holdings.0.fraction")
        assert [h["name"] for h in (await lot(building, "A1"))["holders"]] == ["Adam"]

    @pytest.mark.parametrize("fraction", ["0", "1/0", "3/2", "half", "-1", "1/2/3"])
    async def test_with_a_fraction_that_is_none(self, building: Office, fraction: str) -> None:
        wrong = {"co_owner": BUYER, "fraction": fraction}
        assert await refusal(building, "A1", wrong) == (400, "NOT_A_FRACTION", "holdings.0.fraction")

    @pytest.mark.parametrize("on", ["2020-01-01", "2019-12-31"])
    async def test_on_or_before_the_day_its_holders_came(self, building: Office, on: str) -> None:
        assert (await refusal(building, "A1", {"co_owner": BUYER}, on=on))[:2] == (409, "HELD_SINCE_LATER")

    async def test_more_than_a_year_ahead(self, building: Office) -> None:
        late = (date.today() + timedelta(days=367)).isoformat()  # noqa: DTZ011
        assert await refusal(building, "A1", {"co_owner": BUYER}, on=late) == (
            400, "TRANSFER_TOO_FAR_AHEAD", "transferred_on",
        )  # fmt: skip

    async def test_when_nobody_can_reach_the_buyer(self, building: Office) -> None:
        hidden, silent = {**BUYER, "address": []}, {**BUYER, "accepts_email": True}
        assert await refusal(building, "A1", {"co_owner": hidden}) == (
            400, "POSTAL_ADDRESS_MISSING", "holdings.0.co_owner.address",
        )  # fmt: skip
        assert await refusal(building, "A1", {"co_owner": silent}) == (
            400, "EMAIL_MISSING", "holdings.0.co_owner.email",
        )  # fmt: skip

    async def test_when_it_is_unclear_who_holds(self, building: Office) -> None:
        adam = await owner(building, "Adam")
        both, neither = {"co_owner_id": adam, "co_owner": BUYER}, {"fraction": "1"}
        for unclear in (both, neither):
            assert await refusal(building, "A1", unclear) == (400, "CO_OWNER_UNCLEAR", "holdings.0")
        assert await refusal(building, "A1", {"co_owner_id": str(uuid4())}) == (
            400, "CO_OWNER_UNKNOWN", "holdings.0.co_owner_id",
        )  # fmt: skip
        twice = {"co_owner_id": adam, "fraction": "1/2"}
        assert await refusal(building, "A1", twice, twice) == (400, "HOLDER_TWICE", "holdings.1")

    async def test_when_a_new_co_owner_has_the_reference_of_another(self, building: Office) -> None:
        assert (await refusal(building, "A1", {"co_owner": {**BUYER, "reference": "O2"}}))[:2] == (
            409, "CO_OWNER_EXISTS",
        )  # fmt: skip

    async def test_when_a_mandatary_is_not_one_of_several(self, building: Office) -> None:
        alone = {"co_owner": BUYER, "is_mandatary": True}
        assert (await refusal(building, "A1", alone))[:2] == (400, "LOT_NOT_DIVIDED")
        adam = await owner(building, "Adam")
        both = {**alone, "fraction": "1/2"}, {"co_owner_id": adam, "fraction": "1/2", "is_mandatary": True}
        assert (await refusal(building, "A1", *both))[:2] == (400, "MANDATARY_TWICE")

    async def test_for_a_lot_that_nobody_owns(self, building: Office) -> None:
        found = await lot(building, "A1")
        async with (uow := UnitOfWork(building.service.pool, building.tenant)):
            await uow.connection.execute("delete from ownerships where lot_id = $1", UUID(found["id"]))
        assert (await refusal(building, "A1", {"co_owner": BUYER}))[:2] == (409, "LOT_WITHOUT_OWNER")


class TestTheDayOfATransfer:
    @quick
    @given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(-800, 800), st.integers(-800, 800))
    def test_is_after_the_last_and_at_most_a_year_ahead(self, today: date, held: int, on: int) -> None:
        held_since, day = today + timedelta(days=held), today + timedelta(days=on)
        try:
            check_day(day, held_since=held_since, today=today)
        except HeldSinceLater:
            assert day <= held_since
        except TransferTooFarAhead:
            assert day > today + FARTHEST
        else:
            assert held_since < day <= today + FARTHEST


class TestTheIdOfHolders:
    @quick
    @given(st.lists(st.integers(1, 1000), min_size=2, max_size=6), st.randoms(use_true_random=False))
    def test_does_not_depend_on_their_order(self, weights: list[int], random: Any) -> None:
        held = [
            Holding(who, Right.FULL, Fraction(weight, sum(weights)))
            for who, weight in zip(PEOPLE, weights, strict=False)
        ]
        shuffled = random.sample(held, len(held))
        assert holders_id(UUID(int=9), held) == holders_id(UUID(int=9), shuffled)
        assert holders_id(UUID(int=8), held) != holders_id(UUID(int=9), held)

    def test_of_a_sole_owner_is_his_own(self) -> None:
        assert holders_id(UUID(int=9), [Holding(PEOPLE[0], Right.FULL, Fraction(1))]) == PEOPLE[0]


class TestAFraction:
    @quick
    @given(st.integers(1, 999_999), st.integers(1, 999_999))
    def test_is_read_exactly_or_refused(self, numerator: int, denominator: int) -> None:
        text = f"{numerator}/{denominator}"
        if numerator <= denominator:
            assert fraction_of(text) == Fraction(numerator, denominator)
        else:
            with pytest.raises(NotAFraction):
                fraction_of(text)
