"""Who votes, with how many shares: nobody's share is lost, and the same holders are the same head."""

from __future__ import annotations

import random
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.property.domain.ownership import Right
from koprogo.property.domain.voter_roll import CoOwnership, LotWithoutOwner, OwnedLot, voter_roll

from .builders import PEOPLE, buildings, contact, owned, quick

ASSOCIATION = UUID(int=99)
AN, BO, CE = PEOPLE[:3]
CONTACTS = {person: contact(person) for person in PEOPLE}
WHOLE, HALF = Fraction(1), Fraction(1, 2)
FULL, BARE, USUFRUCT = Right.FULL, Right.BARE, Right.USUFRUCT


def roll(*lots: OwnedLot) -> list[CoOwnership]:
    return voter_roll(ASSOCIATION, lots, CONTACTS)


class TestEveryVoterRoll:
    @quick
    @given(buildings())
    def test_has_all_the_shares_and_every_lot_once(self, lots: list[OwnedLot]) -> None:
        heads = roll(*lots)
        assert sum(head.votes for head in heads) == sum(lot.shares for lot in lots)
        assert sorted(lot.number for head in heads for lot in head.lots) == sorted(lot.number for lot in lots)

    @quick
    @given(buildings(), st.integers())
    def test_does_not_depend_on_the_order_of_lots_or_holders(self, lots: list[OwnedLot], seed: int) -> None:
        shuffled = list(lots)
        random.Random(seed).shuffle(shuffled)
        heads, others = roll(*lots), roll(*shuffled)
        assert [(h.id, h.votes, h.is_suspended) for h in heads] == [(h.id, h.votes, h.is_suspended) for h in others]

    @quick
    @given(buildings())
    def test_gives_each_head_an_id_of_its_own(self, lots: list[OwnedLot]) -> None:
        ids = [head.id for head in roll(*lots)]
        assert len(ids) == len(set(ids))

    @quick
    @given(buildings())
    def test_suspends_those_of_several_for_whom_nobody_speaks_and_no_others(self, lots: list[OwnedLot]) -> None:
        for head in roll(*lots):
            divided = len(head.lots[0].holdings) > 1
            assert head.is_suspended == (divided and head.lots[0].mandatary is None)
            expected = {h.co_owner_id for h in head.lots[0].holdings} if head.is_suspended or not divided else {
                head.lots[0].mandatary
            }  # fmt: skip
            assert {c.co_owner_id for c in head.contacts} == expected


class TestASoleOwner:
    def test_is_one_head_with_all_his_lots_under_his_own_id(self) -> None:
        (head,) = roll(owned("A1", 100, (AN, FULL, WHOLE)), owned("P1", 5, (AN, FULL, WHOLE)))
        assert (head.id, head.votes, head.is_suspended) == (AN, 105, False)
        assert [lot.number for lot in head.lots] == ["A1", "P1"]

    def test_has_votes_of_a_key_for_the_lots_that_bear_the_charge(self) -> None:
        (head,) = roll(
            owned("A1", 100, (AN, FULL, WHOLE), keys={"lift": 3}),
            owned("A2", 100, (AN, FULL, WHOLE), keys={"lift": 4, "heating": 1}),
            owned("P1", 5, (AN, FULL, WHOLE)),
        )
        assert head.key_votes == {"lift": 7, "heating": 1}


class TestTheSameHoldersOfSeveralLots:
    def test_are_one_head(self) -> None:
        lots = [owned(n, 50, (AN, FULL, HALF), (BO, FULL, HALF), mandatary=BO) for n in ("A1", "A2")]
        (head,) = roll(*lots)
        assert head.votes == 100
        assert [c.co_owner_id for c in head.contacts] == [BO]

    def test_keep_their_id_from_one_day_to_the_next(self) -> None:
        first = roll(owned("A1", 50, (AN, FULL, HALF), (BO, FULL, HALF), mandatary=AN))
        later = roll(owned("B7", 70, (BO, FULL, HALF), (AN, FULL, HALF), mandatary=AN))
        assert first[0].id == later[0].id

    def test_are_two_heads_when_one_speaks_for_one_lot_only(self) -> None:
        heads = roll(
            owned("A1", 50, (AN, FULL, HALF), (BO, FULL, HALF), mandatary=AN),
            owned("A2", 50, (AN, FULL, HALF), (BO, FULL, HALF)),
        )
        assert sorted(head.is_suspended for head in heads) == [False, True]
        assert len({head.id for head in heads}) == 2

    def test_are_two_heads_when_another_speaks_for_each_lot(self) -> None:
        heads = roll(
            owned("A1", 50, (AN, FULL, HALF), (BO, FULL, HALF), mandatary=AN),
            owned("A2", 70, (AN, FULL, HALF), (BO, FULL, HALF), mandatary=BO),
        )
        assert {h.votes: h.contacts[0].co_owner_id for h in heads} == {50: AN, 70: BO}
        assert len({head.id for head in heads}) == 2

    def test_in_other_parts_are_another_head(self) -> None:
        heads = roll(
            owned("A1", 50, (AN, FULL, HALF), (BO, FULL, HALF), mandatary=AN),
            owned("A2", 50, (AN, FULL, Fraction(1, 3)), (BO, FULL, Fraction(2, 3)), mandatary=AN),
        )
        assert len(heads) == 2

    def test_of_another_association_are_another_head(self) -> None:
        lot = owned("A1", 50, (AN, FULL, HALF), (BO, FULL, HALF), mandatary=AN)
        assert voter_roll(ASSOCIATION, [lot], CONTACTS)[0].id != voter_roll(uuid4(), [lot], CONTACTS)[0].id


class TestBareOwnershipAndUsufruct:
    def test_are_suspended_together_until_one_is_designated(self) -> None:
        (head,) = roll(owned("A1", 50, (AN, BARE, WHOLE), (BO, USUFRUCT, WHOLE)))
        assert head.is_suspended and {c.co_owner_id for c in head.contacts} == {AN, BO}
        (head,) = roll(owned("A1", 50, (AN, BARE, WHOLE), (BO, USUFRUCT, WHOLE), mandatary=BO))
        assert not head.is_suspended and [c.co_owner_id for c in head.contacts] == [BO]

    def test_of_one_person_who_holds_both_names_him_once(self) -> None:
        (head,) = roll(owned("A1", 50, (AN, BARE, WHOLE), (AN, USUFRUCT, WHOLE), mandatary=AN))
        assert head.name == CONTACTS[AN].name


class TestALotWithoutOwner:
    def test_is_refused_by_its_number(self) -> None:
        with pytest.raises(LotWithoutOwner, match="lot C3"):
            roll(owned("A1", 50, (CE, FULL, WHOLE)), owned("C3", 50))
