"""A call reaches every owner with his share to the cent, posted and sent together (R013, R120, R122, R125)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import stdnum.be.ogm_vcs
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.domain.call_for_funds import CallKind, Part, shares_of_debtors
from koprogo.finance.domain.communication import structured_communication
from koprogo.finance.domain.owners import Owners
from koprogo.kernel.money import cents
from koprogo.kernel.words import Language, Role
from koprogo.kit.testing import InProcess

from .builders import TODAY, WORKING_IBAN, Office, call, part, sent
from .fakes import debtor


class TestIssuingACall:
    async def test_asks_each_owner_for_his_share_and_sums_to_the_amount(self, office: Office) -> None:
        made = await office.post("calls-for-funds", call(part(amount="100.01")))
        demands = await office.get("demands", call_id=made["id"])
        assert {d["party_name"]: d["total"] for d in demands} == {
            "Dubois": "36.71", "Maes – Claes": "30.00", "Peeters": "33.30",
        }  # fmt: skip
        assert sum(cents(d["total"]) for d in demands) == 10001
        (own,) = [d for d in demands if d["party_name"] == "Dubois"]
        assert [(line["lot_number"], line["shares"], line["share_total"]) for line in own["lines"]] == [
            ("A1", 333, 1000), ("G1", 34, 1000),
        ]  # fmt: skip

    async def test_gives_the_odd_cent_by_the_order_of_lot_numbers(self, office: Office) -> None:
        office.neighbour.debtors = [debtor("A", {"A10": 1}), debtor("B", {"A2": 1}), debtor("C", {"A1": 1})]
        made = await office.post("calls-for-funds", call(part(amount="1.00")))
        demands = await office.get("demands", call_id=made["id"])
        assert {d["party_name"]: d["total"] for d in demands} == {"A": "0.33", "B": "0.33", "C": "0.34"}

    async def test_posts_what_owners_owe_by_fund(self, office: Office) -> None:
        await office.post(
            "calls-for-funds",
            call(part(amount="900"), part("reserve_fund", "100"), part("working_capital", "50"), part("works", "7")),
        )
        assert await office.balances() == {
            ("100", "working_capital"): "-50.00",
            ("4100", "reserve_fund"): "100.00",
            ("4101", "working_capital"): "957.00",
            ("700", "reserve_fund"): "-100.00",
            ("7010", "working_capital"): "-900.00",
            ("7013", "working_capital"): "-7.00",
        }
        (shown,) = await office.get("calls-for-funds")
        assert (shown["working_capital"], shown["reserve_fund"], shown["open"]) == ("957.00", "100.00", "1057.00")
        owners = {one["name"]: one for one in await office.get("owners")}
        assert owners["Dubois"]["reserve_fund"] == "36.70"

    async def test_makes_those_pay_who_bear_a_special_key(self, office: Office) -> None:
        lift = uuid4()
        office.neighbour.key_names = {lift: "Lift"}
        office.neighbour.debtors = [
            debtor("Dubois", {"A1": 500}, keys={lift: 3}), debtor("Peeters", {"A2": 400}, keys={lift: 1}),
            debtor("Maes", {"G1": 100}),
        ]  # fmt: skip
        await office.post("calls-for-funds", call(part(amount="100", allocation_key_id=str(lift))))
        demands = await office.get("demands")
        assert {d["party_name"]: d["total"] for d in demands} == {"Dubois": "75.00", "Peeters": "25.00"}
        assert demands[0]["lines"][0]["key_name"] == "Lift"

    async def test_makes_one_demand_of_an_undivided_lot_and_writes_to_each_holder(self, office: Office) -> None:
        made = await office.post("calls-for-funds", call())
        letters = await office.get(f"calls-for-funds/{made['id']}/letters")
        assert sorted((one["recipient"], one["language"], one["channel"]) for one in letters) == [
            ("Claes", "de", "email"), ("Dubois", "fr", "email"), ("Maes", "de", "email"), ("Peeters", "nl", "post"),
        ]  # fmt: skip
        requests = (await sent(office))["documents.request"]
        joint = [r for r in requests if r.call_for_funds.addressee.jointly]
        assert len(joint) == 2
        assert len({r.call_for_funds.payment.communication for r in joint}) == 1

    async def test_writes_what_is_to_be_paid_where_and_why(self, office: Office) -> None:
        await office.post("calls-for-funds", call(part(amount="1000"), part("reserve_fund", "50")))
        (letter,) = [r for r in (await sent(office))["documents.request"] if r.language == "nl"]
        content = letter.call_for_funds
        assert (content.title, content.total, content.working_capital, content.reserve_fund) == (
            "Kwartaaloproep", "349.65", "333.00", "16.65",
        )  # fmt: skip
        assert content.decision == "Algemene vergadering van 01/06/2026, punt 4: Begroting"
        assert (content.payment.iban, content.payment.payee) == (WORKING_IBAN, "ACP Résidence du Sablon")
        assert stdnum.be.ogm_vcs.is_valid(content.payment.communication)
        assert (letter.file_name, letter.dispatches[0].channel) == (f"oproep-{TODAY}.pdf", "post")

    async def test_tells_that_it_was_issued(self, office: Office) -> None:
        made = await office.post("calls-for-funds", call())
        (told,) = (await sent(office))["finance.call"]
        assert (told.call_id, told.working_capital, told.demands) == (made["id"], "1000.00", 3)


class TestACallThatIsWrong:
    @pytest.mark.parametrize(
        ("change", "reason", "field"),
        [
            ({"due_on": "2020-01-01"}, "DUE_TOO_EARLY", "due_on"),
            ({"period_from": "2026-04-01"}, "PERIOD_WRONG", "period_until"),
            ({"parts": [part(amount="0")]}, "INVALID", "parts.0.amount"),
            ({"parts": [part(amount="-5")]}, "INVALID", "parts.0.amount"),
            ({"parts": []}, "INVALID", "parts"),
            ({"parts": [part(allocation_key_id=str(uuid4()))]}, "ALLOCATION_KEY_UNKNOWN", "parts.0.allocation_key_id"),
            ({"titles": {"it": "x"}}, "INVALID", "titles"),
        ],
    )
    async def test_says_so_and_changes_nothing(
        self, office: Office, change: dict[str, Any], reason: str, field: str
    ) -> None:
        refused = await office.refused("calls-for-funds", call(**change))
        assert refused[1] == reason
        assert refused[2].startswith(field)
        assert await office.get("demands") == []
        assert await office.get("entries") == []

    async def test_sent_twice_with_its_id_is_issued_once(self, office: Office) -> None:
        once = call(id=str(uuid4()))
        await office.post("calls-for-funds", once)
        assert (await office.refused("calls-for-funds", once))[:2] == (409, "CALL_EXISTS")
        assert len(await office.get("entries")) == 1


class TestAnOwnersAccount:
    async def test_is_read_at_any_day(self, office: Office) -> None:
        await office.post("calls-for-funds", call())
        (owner,) = [one for one in await office.get("owners") if one["name"] == "Peeters"]
        now = await office.get(f"owners/{owner['party_id']}/account")
        assert (now["balance"], len(now["movements"])) == ("333.00", 1)
        before = await office.get(f"owners/{owner['party_id']}/account", on="2020-01-01")
        assert (before["balance"], before["movements"]) == ("0.00", [])

    async def test_is_shown_to_himself_alone(self, office: Office) -> None:
        await office.post("calls-for-funds", call())
        accounts = {one["name"]: one for one in await office.get("owners")}
        holder = UUID(accounts["Maes – Claes"]["holder_ids"][1])
        async with office.person(Role.OWNER, holder) as claes:
            own = await claes.get(f"{office.path}/owners/{accounts['Maes – Claes']['party_id']}/account")
            other = await claes.get(f"{office.path}/owners/{accounts['Peeters']['party_id']}/account")
            demands = (await claes.get(f"{office.path}/demands")).json()
        assert (own.status_code, own.json()["balance"]) == (200, "300.00")
        assert (other.status_code, other.json()["reason"]) == (404, "NOT_FOUND")
        assert [d["party_name"] for d in demands] == ["Maes – Claes"]


class TestTheStructuredCommunication:
    @pytest.mark.parametrize(
        ("number", "written"), [(108068171, "010806817183"), (1234567890, "123456789002"), (97, "000000009797")]
    )
    def test_has_the_check_of_the_banks(self, number: int, written: str) -> None:
        assert structured_communication(number) == written

    @given(st.integers(1, 10**10 - 1))
    def test_is_always_valid(self, number: int) -> None:
        assert stdnum.be.ogm_vcs.is_valid(structured_communication(number))

    @pytest.mark.parametrize("number", [0, -1, 10**10])
    def test_of_nothing_is_refused(self, number: int) -> None:
        with pytest.raises(ValueError):
            structured_communication(number)

    async def test_is_never_given_twice(self, service: InProcess, office: Office) -> None:
        for _ in range(3):
            await office.post("calls-for-funds", call())
        demands = await office.get("demands")
        assert len({d["communication"] for d in demands}) == 9


class TestSharing:
    @given(
        st.lists(st.integers(1, 5000), min_size=1, max_size=40),
        st.lists(st.tuples(st.sampled_from(CallKind), st.integers(1, 10**11)), min_size=1, max_size=5),
    )
    def test_loses_no_cent_whatever_the_shares(self, shares: list[int], amounts: list[tuple[CallKind, int]]) -> None:
        debtors = tuple(debtor(f"O{n}", {f"A{n}": share}) for n, share in enumerate(shares))
        parts = [Part(kind, {Language.FR: "x"}, amount) for kind, amount in amounts]
        lines = shares_of_debtors(parts, Owners(sum(shares), {}, debtors))
        for number, asked in enumerate(parts):
            assert sum(of[number].amount for of in lines.values()) == asked.amount
