"""What was sent to owners and is wrong is withdrawn whole, and made anew (R111, R134)."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.kernel.money import cents

from .budget_builders import DUE, adopted
from .builders import PAST, TODAY, Office, call, credit, debit, entry, part, sent
from .fakes import Time
from .stated import CALLED_ON, issue, own, owners_of, result, sells, spends
from .test_bank import movements, sends, statement, structured
from .test_purchases import approved, invoice, supplier
from .test_settlements import DEED, balances_of, calls, path_of, settle
from .test_works import FIRST_HALF, SECOND_HALF, pays

WHY = {"reason": "The lift is borne by others"}


@pytest.fixture
async def spent(office: Office, time: Time) -> Office:
    return await spends(office, time)


@pytest.fixture
async def sold(office: Office, time: Time) -> Office:
    """Working capital of 1,000.00 was called; then A1 went from Dubois to Zoe."""
    await calls(office, time, CALLED_ON, part("working_capital", "1000"))
    await sells(office, DEED)
    return office


async def withdraw(office: Office, statement_id: str) -> None:
    await office.post(f"charge-statements/{statement_id}/withdrawal", WHY, office.syndic)


async def moved(office: Office) -> dict[tuple[str, str], str]:
    return {account: amount for account, amount in (await office.balances()).items() if cents(amount)}


async def owes_his_demands(office: Office) -> bool:
    """Every owner's balance is the sum of his open demands, less what is to his credit."""
    opened: dict[str, int] = {}
    for demand in await office.get("demands"):
        opened[demand["party_name"]] = opened.get(demand["party_name"], 0) + cents(demand["open"])
    return all(
        cents(balance) <= opened.get(name, 0) and (opened.get(name, 0) == 0 or cents(balance) == opened[name])
        for name, balance in (await balances_of(office)).items()
    )


class TestAChargeStatementThatIsWithdrawn:
    async def test_leaves_the_books_as_they_were(self, spent: Office) -> None:
        before = await moved(spent), await balances_of(spent), await result(spent)
        await withdraw(spent, await issue(spent))
        assert (await moved(spent), await balances_of(spent), await result(spent)) == before
        assert (await spent.get("books/proof"))["differences"] == []

    async def test_is_shown_with_its_reason(self, spent: Office) -> None:
        made = await issue(spent)
        await withdraw(spent, made)
        (shown,) = await spent.get("charge-statements")
        assert (shown["withdrawal"]["on"], shown["withdrawal"]["reason"]) == (str(TODAY), WHY["reason"])
        turned = await spent.get(f"entries/{shown['withdrawal']['entry_id']}")
        assert (turned["entry"]["reverses"], turned["entry"]["dated"]) == (shown["entry_id"], str(PAST[1]))
        assert (await own(spent, made, "Dubois"))["withdrawal"]["reason"] == WHY["reason"]
        assert {d["withdrawn_on"] for d in await spent.get("demands", call_id=made)} == {str(TODAY)}

    async def test_asks_nothing_more_and_writes_to_nobody(self, spent: Office) -> None:
        made = await issue(spent)
        letters = len((await sent(spent))["documents.request"])
        await withdraw(spent, made)
        assert {d["open"] for d in await spent.get("demands", call_id=made)} == {"0.00"}
        assert len((await sent(spent))["documents.request"]) == letters

    async def test_is_followed_by_a_corrected_one(self, spent: Office) -> None:
        await withdraw(spent, await issue(spent))
        await spent.post("entries", entry(debit("614", "100"), credit("551", "100"), dated=PAST[1]))
        again = await issue(spent)
        owners = await owners_of(spent, again)
        assert sum(cents(one["charges"]) for one in owners.values()) == 118776
        assert {line["account"] for line in (await own(spent, again, "Peeters"))["lines"]} == {"614", "742"}
        assert await result(spent) == "0.00"
        assert await owes_his_demands(spent)

    async def test_gives_back_what_was_paid_of_it(self, spent: Office) -> None:
        made = await issue(spent)
        found = await own(spent, made, "Dubois")
        await sends(spent, statement(structured({"communication": found["communication"]}, found["open"])))
        before = (await balances_of(spent))["Dubois"]
        await withdraw(spent, made)
        assert cents((await balances_of(spent))["Dubois"]) == cents(before) - cents(found["difference"])
        assert await owes_his_demands(spent)

    async def test_takes_back_what_its_credit_has_settled(self, spent: Office) -> None:
        made = await issue(spent)
        await withdraw(spent, made)
        opened = [d["open"] for d in await spent.get("demands", open_only=True) if d["party_name"] == "Peeters"]
        assert sum(map(cents, opened)) == cents((await balances_of(spent))["Peeters"])
        await issue(spent)
        assert await owes_his_demands(spent)

    async def test_takes_nothing_back_of_a_credit_that_was_not_used(self, spent: Office) -> None:
        (demand,) = [d for d in await spent.get("demands") if d["party_name"] == "Peeters"]
        await sends(spent, statement(structured(demand)))
        await withdraw(spent, await issue(spent))
        assert [d["open"] for d in await spent.get("demands") if d["party_name"] == "Peeters"] == ["0.00"]
        assert (await balances_of(spent))["Peeters"] == "0.00"

    async def test_is_withdrawn_once(self, spent: Office) -> None:
        path = f"{spent.path}/charge-statements/{await issue(spent)}/withdrawal"
        answers = await asyncio.gather(*(spent.syndic.post(path, json=WHY) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers) == [204, 409, 409]
        assert {a.json()["reason"] for a in answers if a.status_code == 409} == {"ALREADY_WITHDRAWN"}

    async def test_is_not_sent_to_a_notary_any_more(self, spent: Office) -> None:
        made = await issue(spent)
        letters = await spent.get(f"charge-statements/{made}/letters")
        dubois = (await owners_of(spent, made))["Dubois"]["party_id"]

        async def attached() -> int:
            async with (uow := PostgresUnitOfWork(spent.service.pool, spent.tenant)):
                for letter in letters:
                    await uow.letters.rendered(UUID(letter["document_id"]), sha256="00")
                return len(await uow.transfer_requests.statements(spent.association, UUID(dubois), PAST[0]))

        assert await attached() == 1
        await withdraw(spent, made)
        assert await attached() == 0

    async def test_in_a_closed_year_is_refused(self, spent: Office) -> None:
        made = await issue(spent)
        assert (await spent.accountant.post(f"{spent.path}/fiscal-years/{spent.past}/closing")).status_code == 204
        await spent.post(f"fiscal-years/{spent.past}/confirmation", None, spent.syndic)
        assert (await spent.refused(f"charge-statements/{made}/withdrawal", WHY))[:2] == (409, "YEAR_NOT_OPEN")

    async def test_carries_nothing_forward_for_works(self, spent: Office, time: Time) -> None:
        await calls(spent, time, CALLED_ON, part("works", "500"))
        await withdraw(spent, await issue(spent, **FIRST_HALF))
        assert ("489", "working_capital") not in {
            key for key, amount in (await spent.balances()).items() if cents(amount)
        }
        await pays(spent, "200")
        made = await issue(spent)
        (shown, _) = await spent.get("charge-statements")
        assert (shown["id"], shown["works"][0]["carried"]) == (made, "300.00")
        assert await result(spent) == "0.00"

    async def test_after_a_later_one_has_brought_its_works_is_refused(self, spent: Office, time: Time) -> None:
        await calls(spent, time, CALLED_ON, part("works", "500"))
        first, second = await issue(spent, **FIRST_HALF), await issue(spent, **SECOND_HALF)
        refused = await spent.refused(f"charge-statements/{first}/withdrawal", WHY)
        assert refused[:2] == (409, "LATER_STATEMENT_STANDS")
        await withdraw(spent, second)
        await withdraw(spent, first)
        assert await result(spent) == "412.24"


class TestASettlementThatIsWithdrawn:
    async def test_leaves_buyer_and_seller_as_they_were(self, sold: Office) -> None:
        before = await balances_of(sold)
        await settle(sold)
        await sold.post(f"{path_of(sold)}/withdrawal", WHY, sold.syndic)
        assert await balances_of(sold) == {**before, "Zoe": "0.00"}
        assert {d["party_name"]: d["open"] for d in await sold.get("demands")}["Dubois"] == "367.00"

    async def test_gives_the_buyer_back_what_he_paid(self, sold: Office) -> None:
        (demand,) = await sold.get("demands", call_id=await settle(sold))
        await sends(sold, statement(structured(demand)))
        await sold.post(f"{path_of(sold)}/withdrawal", WHY, sold.syndic)
        assert (await balances_of(sold))["Zoe"] == "-333.00"
        (shown,) = await sold.get("demands", call_id=demand["call_id"])
        assert (shown["open"], shown["withdrawn_on"]) == ("0.00", str(TODAY))

    async def test_can_be_settled_again(self, sold: Office) -> None:
        first = await settle(sold)
        await sold.post(f"{path_of(sold)}/withdrawal", WHY, sold.syndic)
        (shown,) = await sold.get("transfers")
        assert (shown["state"], shown["amount"], shown["withdrawal"]["reason"]) == (
            "to_settle",
            "333.00",
            WHY["reason"],
        )
        again = await settle(sold)
        assert again != first
        assert (await sold.get("transfers"))[0]["call_id"] == again
        assert (await balances_of(sold))["Zoe"] == "333.00"
        assert await owes_his_demands(sold)

    async def test_and_does_not_stand_is_not_found(self, sold: Office) -> None:
        assert (await sold.refused(f"{path_of(sold)}/withdrawal", WHY))[0] == 404


class TestACallThatIsWithdrawn:
    async def test_is_owed_by_nobody(self, office: Office) -> None:
        made = await office.post("calls-for-funds", call(part(), part("reserve_fund", "50")))
        (demand, *_) = await office.get("demands")
        await sends(office, statement(structured(demand)))
        await office.post(f"calls-for-funds/{made['id']}/withdrawal", WHY, office.syndic)
        (shown,) = await office.get("calls-for-funds")
        assert (shown["open"], shown["withdrawal"]["reason"]) == ("0.00", WHY["reason"])
        assert sorted((await balances_of(office)).values()) == sorted(["0.00", "0.00", f"-{demand['total']}"])
        assert (await office.get("books/proof"))["differences"] == []

    async def test_stays_so_when_its_payment_comes_back_or_is_taken_back(self, office: Office) -> None:
        made = await office.post("calls-for-funds", call())
        other = await office.post("calls-for-funds", call(part(amount="500")))
        demand, *_ = await office.get("demands", call_id=made["id"])
        await sends(office, statement(structured(demand)))
        await office.post(f"calls-for-funds/{made['id']}/withdrawal", WHY)
        # What was paid has settled the other demand in part, and is owed again there.
        (paid,) = await movements(office)
        answer = await office.accountant.delete(f"{office.path}/bank-entries/{paid['id']}/match")
        assert answer.status_code == 204, answer.text
        assert {d["open"] for d in await office.get("demands", call_id=made["id"])} == {"0.00"}
        again = {d["party_id"]: (d["open"], d["total"]) for d in await office.get("demands", call_id=other["id"])}
        assert again[demand["party_id"]][0] == again[demand["party_id"]][1]
        assert await owes_his_demands(office)

    async def test_of_a_budget_may_be_called_again(self, office: Office) -> None:
        made = await adopted(office)
        first = await office.post(f"budgets/{made}/calls", {"schedule": "quarterly", "due_on": DUE})
        await office.post(f"calls-for-funds/{first['id']}/withdrawal", WHY)
        again = {"schedule": "quarterly", "due_on": DUE, "instalment": 1}
        await office.post(f"budgets/{made}/calls", again)
        assert (await office.refused(f"budgets/{made}/calls", again))[1] == "INSTALMENT_CALLED"

    async def test_after_its_charges_were_stated_is_turned_round_today(self, spent: Office) -> None:
        (one,) = await spent.get("calls-for-funds")
        await issue(spent)
        await spent.post(f"calls-for-funds/{one['id']}/withdrawal", WHY)
        assert await result(spent) == "0.00"
        assert await result(spent, spent.year) == "-1000.00"

    async def test_is_not_a_statement_or_a_settlement(self, sold: Office) -> None:
        made = await settle(sold)
        assert (await sold.refused(f"calls-for-funds/{made}/withdrawal", WHY))[0] == 404


class TestReversingAnEntryThatCameWithDemands:
    async def test_says_what_to_withdraw_instead(self, sold: Office) -> None:
        await sold.post("entries", entry(debit("614", "80"), credit("551", "80"), dated=PAST[1]))
        settled, stated = await settle(sold), await issue(sold)
        (one_call,) = await sold.get("calls-for-funds")
        expected = {
            "transfer": f"{path_of(sold)}/withdrawal",
            "charge_statement": f"charge-statements/{stated}/withdrawal",
            "call": f"calls-for-funds/{one_call['id']}/withdrawal",
        }
        entries = {e["voucher_kind"]: e["id"] for e in await sold.get("entries")}
        for kind, route in expected.items():
            answer = await sold.accountant.post(
                f"{sold.path}/entries/{entries[kind]}/reversal",
                json={"dated": str(TODAY), "text": "x"},
                headers={"accept-language": "nl"},
            )
            assert (answer.status_code, answer.json()["reason"]) == (409, "WITHDRAW_INSTEAD")
            assert f"POST {route}." in answer.json()["detail"]
            assert (await sold.post(route, WHY)) is None
        assert settled in {d["call_id"] for d in await sold.get("demands")}

    async def test_or_an_invoice_says_that_a_credit_note_undoes_it(self, office: Office) -> None:
        await approved(office, invoice(await supplier(office)))
        (posted,) = await office.get("entries")
        refused = await office.refused(f"entries/{posted['id']}/reversal", {"dated": str(TODAY), "text": "x"})
        assert refused[:2] == (409, "CREDIT_NOTE_INSTEAD")

    async def test_leaves_what_was_posted_by_hand_of_an_invoice_alone(self, office: Office) -> None:
        by_hand = entry(debit("614", "80"), credit("551", "80"))
        by_hand["voucher"]["kind"] = "invoice"
        made = await office.post("entries", by_hand)
        await office.post(f"entries/{made['id']}/reversal", {"dated": str(TODAY), "text": "x"})
        assert set((await office.balances()).values()) == {"0.00"}
