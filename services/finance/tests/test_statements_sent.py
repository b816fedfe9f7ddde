"""Every owner, of the whole period or of a part of it, is sent and shown his own statement (R126, R132)."""

from __future__ import annotations

from datetime import date

import pytest
import stdnum.be.ogm_vcs

from koprogo.kernel.money import cents
from koprogo.kernel.words import Role

from .builders import PAST, TODAY, WORKING_IBAN, Office, open_office, sent
from .fakes import Time
from .stated import issue, own, owners_of, period, result, sells, spends, tells
from .test_bank import sends, statement, structured


@pytest.fixture
async def spent(office: Office, time: Time) -> Office:
    return await spends(office, time)


class TestTheLetters:
    async def test_go_to_each_holder_in_his_language(self, spent: Office) -> None:
        made = await issue(spent)
        letters = await spent.get(f"charge-statements/{made}/letters")
        assert sorted((one["recipient"], one["language"], one["channel"]) for one in letters) == [
            ("Claes", "de", "email"), ("Dubois", "fr", "email"), ("Maes", "de", "email"), ("Peeters", "nl", "post"),
        ]  # fmt: skip

    async def test_say_what_is_to_be_paid_and_where(self, spent: Office) -> None:
        made = await issue(spent)
        requests = [r for r in (await sent(spent))["documents.request"] if r.subject == f"statement/{made}"]
        (french,) = [r for r in requests if r.language == "fr"]
        content = french.charge_statement
        assert (content.charges, content.called, content.difference) == ("489.14", "367.00", "122.14")
        assert (content.payment.amount, content.payment.iban) == ("122.14", WORKING_IBAN)
        assert stdnum.be.ogm_vcs.is_valid(content.payment.communication)
        assert content.lines[0].account == "6101 Ascenseurs"
        assert (content.lines[0].occupant_part, content.lines[2].occupant_part) == ("100.04", "")
        assert content.occupant_total == "200.07"
        assert french.file_name == f"decompte-{TODAY}.pdf"
        joint = [r.charge_statement for r in requests if r.language == "de"]
        assert {(one.addressee.jointly, one.payment.communication) for one in joint} == {
            (True, joint[0].payment.communication)
        }

    async def test_ask_nothing_of_who_has_a_credit(self, spent: Office) -> None:
        made = await issue(spent)
        requests = [r for r in (await sent(spent))["documents.request"] if r.subject == f"statement/{made}"]
        (dutch,) = [r.charge_statement for r in requests if r.language == "nl"]
        assert (dutch.HasField("payment"), dutch.difference) == (False, "-70.71")

    async def test_ask_only_for_what_a_credit_leaves_open(self, spent: Office) -> None:
        (demand,) = [d for d in await spent.get("demands") if d["party_name"] == "Dubois"]
        await sends(spent, statement(structured(demand, "522.05")))
        made = await issue(spent)
        requests = [r for r in (await sent(spent))["documents.request"] if r.subject == f"statement/{made}"]
        (french,) = [r.charge_statement for r in requests if r.language == "fr"]
        assert french.payment.amount == (await own(spent, made, "Dubois"))["open"]
        assert cents(french.payment.amount) < cents(french.difference)


class TestALotThatWasSold:
    async def test_is_charged_to_seller_and_buyer_by_days(self, spent: Office) -> None:
        deed = date(PAST[0].year, 7, 1)
        await sells(spent, deed)
        made = await issue(spent)
        days = (PAST[1] - PAST[0]).days + 1
        zoe, dubois = await own(spent, made, "Zoe"), await own(spent, made, "Dubois")
        of_a1 = [line for line in (*zoe["lines"], *dubois["lines"]) if line["lot_number"] == "A1"]
        assert {(line["days"], line["days_total"]) for line in of_a1} == {
            ((PAST[1] - deed).days + 1, days), ((deed - PAST[0]).days, days),
        }  # fmt: skip
        assert sum(cents(line["amount"]) for line in of_a1 if line["account"] == "614") == 26640
        assert {line["days_total"] for line in dubois["lines"] if line["lot_number"] == "G1"} == {0}
        assert await result(spent) == "0.00"

    async def test_leaves_the_seller_what_was_called_from_him(self, spent: Office) -> None:
        await sells(spent, date(PAST[0].year, 7, 1))
        owners = await owners_of(spent, await issue(spent))
        assert (owners["Dubois"]["called"], owners["Zoe"]["called"]) == ("367.00", "0.00")
        assert sum(cents(one["charges"]) for one in owners.values()) == 108776

    async def test_leaves_the_seller_no_part_of_the_funds(self, spent: Office) -> None:
        await sells(spent, date(PAST[0].year, 7, 1))
        made = await issue(spent)
        assert (await own(spent, made, "Dubois"))["funds"][0]["own_part"] == "1.70"
        assert (await own(spent, made, "Zoe"))["funds"][0]["own_part"] == "16.65"

    async def test_is_asked_about_on_the_first_day_on_each_deed_and_on_the_last(self, spent: Office) -> None:
        deed = date(PAST[0].year, 7, 1)
        await sells(spent, deed)
        spent.neighbour.asked.clear()
        await issue(spent)
        assert spent.neighbour.asked == [PAST[0], deed, PAST[1]]

    async def test_is_noted_once_however_often_it_is_told(self, spent: Office) -> None:
        deed = date(PAST[0].year, 7, 1)
        buyer = await sells(spent, deed)
        before = await spent.sees()
        await tells(spent, buyer.lots[0].id, deed)
        assert (await spent.sees())["lot_transfers"] == before["lot_transfers"] == 1

    async def test_and_of_which_nothing_was_told_yet_stops_the_statement(self, spent: Office) -> None:
        await sells(spent, date(PAST[0].year, 7, 1), told=False)
        assert (await spent.refused("charge-statements", period()))[:2] == (409, "OWNERSHIP_UNCLEAR")
        assert await spent.get("charge-statements") == []


class TestAnOwner:
    async def test_sees_his_own_statement_and_no_other(self, spent: Office) -> None:
        made = await issue(spent)
        owners = await owners_of(spent, made)
        peeters = spent.neighbour.debtors[1].holder_ids[0]
        statements = f"{spent.path}/charge-statements"
        async with spent.person(Role.OWNER, peeters) as client:
            listed = (await client.get(f"{statements}/{made}/owners")).json()
            mine = await client.get(f"{statements}/{made}/owners/{owners['Peeters']['party_id']}")
            other = await client.get(f"{statements}/{made}/owners/{owners['Dubois']['party_id']}")
            tenant = await client.get(f"{statements}/{made}/owners/{owners['Dubois']['party_id']}/occupants")
            all_ = await client.get(statements)
            letters = await client.get(f"{statements}/{made}/letters")
        assert [one["party_name"] for one in listed] == ["Peeters"]
        assert (mine.status_code, other.status_code, tenant.status_code) == (200, 404, 404)
        assert (all_.status_code, letters.status_code) == (200, 403)

    async def test_of_another_association_sees_nothing(self, spent: Office) -> None:
        made = await issue(spent)
        party = (await owners_of(spent, made))["Peeters"]["party_id"]
        async with open_office(spent.service, spent.neighbour) as other:
            path = f"{other.path}/charge-statements/{made}/owners"
            assert (await other.accountant.get(path)).status_code == 404
            letters = f"{other.path}/charge-statements/{made}/letters"
            assert (await other.accountant.get(letters)).status_code == 404
            assert (await other.accountant.get(f"{path}/{party}")).status_code == 404
            assert await other.get("charge-statements") == []


class TestTheOccupantsStatement:
    async def test_shows_by_lot_what_a_lease_puts_on_him(self, spent: Office) -> None:
        made = await issue(spent)
        party = (await owners_of(spent, made))["Dubois"]["party_id"]
        lots = await spent.get(f"charge-statements/{made}/owners/{party}/occupants")
        assert [(one["lot_number"], one["charges"], one["occupant_total"], len(one["lines"])) for one in lots] == [
            ("A1", "362.33", "100.04", 1), ("G1", "126.81", "100.03", 1),
        ]  # fmt: skip
        assert lots[0]["lines"][0]["account_name"] == "Lifts"

    async def test_posts_nothing(self, spent: Office) -> None:
        made = await issue(spent)
        entries = await spent.get("entries")
        party = (await owners_of(spent, made))["Dubois"]["party_id"]
        await spent.get(f"charge-statements/{made}/owners/{party}/occupants")
        assert await spent.get("entries") == entries
