"""From a supplier's invoice to the bank's confirmation: booked with VAT, paid by two persons (R150, R151, R153)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.invoice import Withholding
from koprogo.finance.domain.payment import Payment
from koprogo.kernel.money import cents
from koprogo.kernel.words import Role

from .bank_files.coda_files import Move, coda
from .builders import RESERVE_IBAN, TODAY, Office, sent
from .test_bank import free, movements, sends, statement

SUPPLIER_IBAN, NEW_IBAN = "BE68539007547034", "BE47435000000080"
LIFT = {"account": "6101", "net": "100.00", "vat_rate": 21, "vat": "21.00", "occupant_percent": 80}
ROOF = {"account": "611", "net": "1000.00", "vat_rate": 6, "vat": "60.00", "fund": "reserve_fund"}


async def supplier(office: Office, name: str = "Liften NV", **others: Any) -> str:
    made = await office.post(
        "suppliers", {"name": name, "enterprise_number": "0403.019.261", "iban": SUPPLIER_IBAN, **others}
    )
    return str(made["id"])


def invoice(supplier_id: str, *lines: dict[str, Any], **others: Any) -> dict[str, Any]:
    lines = lines or (LIFT,)
    total = sum(cents(line["net"]) + cents(line["vat"]) for line in lines)
    return {
        "supplier_id": supplier_id, "number": "2026/0815", "dated": str(TODAY), "due_on": str(TODAY),
        "total": f"{total // 100}.{total % 100:02d}", "lines": list(lines), **others,
    }  # fmt: skip


async def approved(office: Office, body: dict[str, Any], **submission: Any) -> str:
    """Drafted and submitted by the accountant, approved by the syndic."""
    made = str((await office.post("invoices", body))["id"])
    await office.post(f"invoices/{made}/submission", submission)
    await office.post(f"invoices/{made}/approval", None, office.syndic)
    return made


async def batch(office: Office, *invoices: str, release: bool = True, **others: Any) -> str:
    made = await office.post("payment-batches", {"invoice_ids": list(invoices), "execution_day": str(TODAY), **others})
    if release:
        await office.post(f"payment-batches/{made['id']}/release", None, office.syndic)
    return str(made["id"])


async def states(office: Office) -> list[str]:
    return sorted(one["state"] for one in await office.get("invoices"))


class TestAnInvoice:
    async def test_is_booked_with_its_vat_when_it_is_approved(self, office: Office) -> None:
        by = await supplier(office)
        made = await approved(office, invoice(by, LIFT, ROOF))
        assert {key: amount for key, amount in (await office.balances()).items()} == {
            ("440", "working_capital"): "-121.00",
            ("440", "reserve_fund"): "-1060.00",
            ("6101", "working_capital"): "121.00",
            ("611", "reserve_fund"): "1060.00",
        }
        shown = await office.get(f"invoices/{made}")
        entry = await office.get(f"entries/{shown['entry_id']}")
        assert (entry["entry"]["journal"], entry["entry"]["voucher_reference"]) == ("purchases", "2026/0815")
        assert entry["lines"][0]["occupant_percent"] == 80
        (owed,) = await office.get("suppliers")
        assert owed["balance"] == "1181.00"
        (told,) = (await sent(office))["finance.invoice"]
        assert (told.invoice_id, told.amount) == (made, "1181.00")

    @pytest.mark.parametrize(
        ("line", "reason", "field"),
        [
            ({**LIFT, "vat": "20.00"}, "VAT_WRONG", "lines.0.vat"),
            ({**LIFT, "vat_rate": 20}, "VAT_WRONG", "lines.0.vat_rate"),
            ({**LIFT, "account": "551"}, "NOT_AN_EXPENSE", "lines.0.account"),
            ({**LIFT, "account": "610"}, "ACCOUNT_IS_HEADING", "lines.0.account"),
            ({**LIFT, "net": "0"}, "INVALID", "lines.0.net"),
        ],
    )
    async def test_that_is_wrong_says_where(
        self, office: Office, line: dict[str, Any], reason: str, field: str
    ) -> None:
        assert await office.refused("invoices", invoice(await supplier(office), line)) == (400, reason, field)

    async def test_whose_lines_do_not_sum_to_its_total_is_refused(self, office: Office) -> None:
        wrong = invoice(await supplier(office), total="121.01")
        assert await office.refused("invoices", wrong) == (400, "TOTAL_WRONG", "total")

    async def test_may_round_its_vat_line_by_line(self, office: Office) -> None:
        rounded = {**LIFT, "net": "33.33", "vat": "6.99"}
        await approved(office, invoice(await supplier(office), rounded))

    async def test_is_not_approved_by_who_submitted_it_nor_by_an_accountant(self, office: Office) -> None:
        made = (await office.post("invoices", invoice(await supplier(office))))["id"]
        await office.post(f"invoices/{made}/submission", {}, office.syndic)
        assert (await office.refused(f"invoices/{made}/approval", None, office.syndic))[1] == "SECOND_PERSON_NEEDED"
        assert (await office.refused(f"invoices/{made}/approval", None))[1] == "NOT_ADMITTED"

    async def test_goes_from_state_to_state_and_nowhere_else(self, office: Office) -> None:
        body = invoice(await supplier(office))
        made = (await office.post("invoices", body))["id"]
        approve, reject = f"invoices/{made}/approval", f"invoices/{made}/rejection"
        assert (await office.refused(approve, None, office.syndic))[1] == "INVOICE_IN_WRONG_STATE"
        await office.post(f"invoices/{made}/submission", {})
        await office.post(reject, {"remark": "Not our lift"}, office.syndic)
        assert (await office.refused(approve, None, office.syndic))[1] == "INVOICE_IN_WRONG_STATE"
        shown = await office.get(f"invoices/{made}")
        assert (shown["state"], shown["remark"]) == ("rejected", "Not our lift")
        path = f"{office.path}/invoices/{made}"
        stale = await office.accountant.put(path, json=body, headers={"if-match": '"1"'})
        assert stale.status_code == 412
        edited = await office.accountant.put(path, json=body, headers={"if-match": f'"{shown["version"]}"'})
        assert edited.status_code == 204, edited.text
        await office.post(f"invoices/{made}/submission", {})
        await office.post(approve, None, office.syndic)
        assert (await office.refused(reject, {"remark": "x"}, office.syndic))[1] == "INVOICE_IN_WRONG_STATE"

    async def test_that_looks_like_another_is_asked_about(self, office: Office) -> None:
        by = await supplier(office)
        await approved(office, invoice(by))
        for twin in (invoice(by, due_on="2030-01-01"), invoice(by, number="other")):
            made = (await office.post("invoices", twin))["id"]
            assert (await office.refused(f"invoices/{made}/submission", {}))[1] == "DUPLICATE_SUSPECTED"
            await office.post(f"invoices/{made}/submission", {"is_no_duplicate": True})

    async def test_is_seen_by_owners_once_it_is_approved(self, office: Office) -> None:
        by = await supplier(office)
        await approved(office, invoice(by))
        await office.post("invoices", invoice(by, number="draft"))
        async with office.person(Role.OWNER, uuid4()) as owner:
            seen = (await owner.get(f"{office.path}/invoices")).json()
        assert [one["number"] for one in seen] == ["2026/0815"]


class TestASupplier:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"enterprise_number": "0417497107"}, "ENTERPRISE_NUMBER_WRONG"),
            ({"iban": "BE68539007547035"}, "IBAN_WRONG"),
            ({"name": ""}, "INVALID"),
        ],
    )
    async def test_with_wrong_numbers_is_refused(self, office: Office, change: dict[str, str], reason: str) -> None:
        assert (await office.refused("suppliers", {"name": "X", **change}))[1] == reason

    async def test_is_recorded_once(self, office: Office) -> None:
        await supplier(office)
        again = {"name": "Twice", "enterprise_number": "BE0403019261"}
        assert (await office.refused("suppliers", again))[1] == "SUPPLIER_EXISTS"

    async def test_whose_account_changes_is_not_paid_until_a_second_person_confirms_it(self, office: Office) -> None:
        by = await supplier(office)
        made = await approved(office, invoice(by))
        changed = await office.accountant.put(f"{office.path}/suppliers/{by}/account", json={"iban": NEW_IBAN})
        assert changed.status_code == 204
        order = {"invoice_ids": [made], "execution_day": str(TODAY)}
        assert (await office.refused("payment-batches", order))[1] == "SUPPLIER_ACCOUNT_UNCONFIRMED"
        confirm = f"suppliers/{by}/account/confirmation"
        assert (await office.refused(confirm, None))[1] == "SECOND_PERSON_NEEDED"
        await office.post(confirm, None, office.syndic)
        await batch(office, made)
        (shown,) = await office.get("payment-batches")
        assert shown["payments"][0]["iban"] == NEW_IBAN
        assert (await office.refused(confirm, None, office.syndic))[1] == "NOTHING_TO_CONFIRM"


class TestAPaymentBatch:
    async def test_is_released_by_another_than_who_drew_it_up(self, office: Office) -> None:
        made = await batch(office, await approved(office, invoice(await supplier(office))), release=False)
        path = f"payment-batches/{made}"
        assert (await office.accountant.get(f"{office.path}/{path}/file")).status_code == 404
        assert (await office.refused(f"{path}/release", None))[1] == "SECOND_PERSON_NEEDED"
        await office.post(f"{path}/release", None, office.syndic)
        assert (await office.refused(f"{path}/release", None, office.syndic))[1] == "BATCH_NOT_DRAFTED"

    async def test_asks_the_bank_for_what_was_approved(self, office: Office) -> None:
        by = await supplier(office)
        first = await approved(office, invoice(by, communication="+++010/8068/17183+++"))
        second = await approved(office, invoice(by, {**LIFT, "net": "50", "vat": "10.5"}, number="2026/0816"))
        made = await batch(office, first, second)
        answer = await office.accountant.get(f"{office.path}/payment-batches/{made}/file")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
        tree = etree.fromstring(answer.content)
        texts = {etree.QName(e).localname: e.text for e in tree.iter() if isinstance(e.tag, str)}
        assert (texts["CtrlSum"], texts["NbOfTxs"]) == ("181.50", "2")
        amounts = [e.text for e in tree.iter("{*}InstdAmt")]
        assert sorted(amounts) == ["121.00", "60.50"]
        assert [e.text for e in tree.iter("{*}Ref")] == ["010806817183"]
        assert [e.text for e in tree.iter("{*}Ustrd")] == ["2026/0816"]
        assert await states(office) == ["scheduled", "scheduled"]

    async def test_pays_nothing_twice(self, office: Office) -> None:
        made = await approved(office, invoice(await supplier(office)))
        await batch(office, made)
        again = {"invoice_ids": [made], "execution_day": str(TODAY)}
        assert (await office.refused("payment-batches", again))[1] == "INVOICE_IN_WRONG_STATE"

    async def test_that_is_cancelled_sets_its_invoices_free(self, office: Office) -> None:
        made = await approved(office, invoice(await supplier(office)))
        drawn = await batch(office, made, release=False)
        assert (await office.accountant.delete(f"{office.path}/payment-batches/{drawn}")).status_code == 204
        assert await states(office) == ["approved"]
        await batch(office, made)

    async def test_sets_credit_notes_off_against_their_supplier(self, office: Office) -> None:
        by = await supplier(office)
        first = await approved(office, invoice(by))
        credit = await approved(
            office, invoice(by, {**LIFT, "net": "10", "vat": "2.1"}, number="C1", kind="credit_note")
        )
        assert (await office.get("suppliers"))[0]["balance"] == "108.90"
        refused = await office.refused("payment-batches", {"invoice_ids": [credit], "execution_day": str(TODAY)})
        assert refused[1] == "NOTHING_TO_PAY"
        await batch(office, first, credit)
        (shown,) = await office.get("payment-batches")
        assert [(p["amount"], p["communication"]) for p in shown["payments"]] == [("108.90", "2026/0815 C1")]

    async def test_of_yesterday_is_refused(self, office: Office) -> None:
        made = await approved(office, invoice(await supplier(office)))
        late = {"invoice_ids": [made], "execution_day": "2020-01-01"}
        assert (await office.refused("payment-batches", late))[1] == "EXECUTION_DAY_PAST"


class TestWorks:
    async def test_are_not_paid_before_the_withholding_check(self, office: Office) -> None:
        made = await approved(office, invoice(await supplier(office), ROOF))
        order = {"invoice_ids": [made], "execution_day": str(TODAY), "fund": "reserve_fund"}
        assert (await office.refused("payment-batches", order))[1] == "WITHHOLDING_CHECK_MISSING"
        await self.check(office, made, social=False, tax=False)
        await batch(office, made, fund="reserve_fund")
        (shown,) = await office.get("payment-batches")
        assert (shown["iban"], shown["total"]) == (RESERVE_IBAN, "1060.00")

    async def test_of_a_contractor_with_debts_are_paid_in_part_to_the_authorities(self, office: Office) -> None:
        made = await approved(office, invoice(await supplier(office), ROOF))
        await self.check(office, made, social=True, tax=True)
        await batch(office, made, fund="reserve_fund")
        (shown,) = await office.get("payment-batches")
        assert shown["total"] == "560.00"
        balances = await office.balances()
        assert (balances[("450", "reserve_fund")], balances[("440", "reserve_fund")]) == ("-500.00", "-560.00")
        assert (await office.get(f"invoices/{made}"))["withholding"]["amount"] == "500.00"

    async def check(self, office: Office, made: str, *, social: bool, tax: bool) -> None:
        answer = await office.accountant.put(
            f"{office.path}/invoices/{made}/withholding",
            json={"checked_on": str(TODAY), "social": social, "tax": tax, "reference": "attest 7"},
        )
        assert answer.status_code == 204, answer.text

    @given(st.integers(1, 10**9), st.booleans(), st.booleans())
    def test_leave_the_contractor_at_least_half(self, net: int, social: bool, tax: bool) -> None:
        withheld = Withholding(TODAY, social, tax, "x").amount(net)
        assert 0 <= withheld <= net
        assert abs(withheld * 100 - net * (35 * social + 15 * tax)) <= 50


class TestTheBank:
    async def paid(self, office: Office, *, fund: str = "working_capital") -> tuple[str, Move]:
        """An approved invoice in a released batch, and the movement that carries it out."""
        made = await approved(office, invoice(await supplier(office)))
        await batch(office, made, fund=fund)
        (shown,) = await office.get("payment-batches")
        (payment,) = shown["payments"]
        return made, Move(
            amount=-cents(payment["amount"]), name="LIFTEN NV", account=SUPPLIER_IBAN,
            customer_reference=payment["end_to_end_id"], code="00101000",
        )  # fmt: skip

    async def test_confirms_a_payment_and_only_then_is_it_booked(self, office: Office) -> None:
        made, carried_out = await self.paid(office)
        assert (await office.balances())[("440", "working_capital")] == "-121.00"
        await sends(office, statement(carried_out, opening=50000))
        (shown,) = await movements(office)
        assert shown["reason"] == "ORDERED_PAYMENT"
        assert await states(office) == ["paid"]
        balances = await office.balances()
        assert (balances[("440", "working_capital")], balances[("551", "working_capital")]) == ("0.00", "-121.00")
        assert (await office.get("payment-batches"))[0]["payments"][0]["state"] == "booked"
        undone = await office.accountant.delete(f"{office.path}/bank-entries/{shown['id']}/match")
        assert undone.json()["reason"] == "MOVEMENT_NOT_MATCHED"
        assert made

    async def test_gives_a_payment_back(self, office: Office) -> None:
        made, carried_out = await self.paid(office)
        back = replace(carried_out, amount=12100, returned="3AC04")
        await sends(office, statement(carried_out, back, opening=50000))
        assert [one["reason"] for one in await movements(office)] == ["ORDERED_PAYMENT", "ORDERED_PAYMENT_RETURNED"]
        assert await states(office) == ["approved"]
        assert (await office.balances())[("440", "working_capital")] == "-121.00"
        await batch(office, made)

    async def test_lets_a_supplier_collect_an_approved_invoice(self, office: Office) -> None:
        await approved(office, invoice(await supplier(office), communication="010806817183"))
        collected = Move(amount=-12100, name="LIFTEN", account=SUPPLIER_IBAN, structured="101010806817183")
        await sends(office, statement(collected, opening=50000))
        assert (await movements(office))[0]["reason"] == "INVOICE_COLLECTED"
        assert await states(office) == ["paid"]

    async def test_lets_a_person_say_which_invoice_was_collected_and_take_it_back(self, office: Office) -> None:
        made = await approved(office, invoice(await supplier(office)))
        await sends(office, statement(free("-121", "domiciliation"), free("-7"), opening=50000))
        right, wrong = sorted(await movements(office, open_only=True), key=lambda one: cents(one["amount"]))
        refused = {"choices": [{"bank_entry_id": wrong["id"], "invoice_id": made}]}
        assert (await office.refused("bank-entries/matches", refused))[1] == "INVOICE_DOES_NOT_FIT"
        await office.post("bank-entries/matches", {"choices": [{"bank_entry_id": right["id"], "invoice_id": made}]})
        assert await states(office) == ["paid"]
        undone = await office.accountant.delete(f"{office.path}/bank-entries/{right['id']}/match")
        assert undone.status_code == 204, undone.text
        assert await states(office) == ["approved"]
        assert (await office.balances())[("440", "working_capital")] == "-121.00"

    async def test_does_not_take_a_supplier_for_an_owner(self, office: Office) -> None:
        by = await supplier(office)
        await sends(office, statement(free("5")))
        (shown,) = await movements(office)
        chosen = {"choices": [{"bank_entry_id": shown["id"], "party_id": by}]}
        assert (await office.refused("bank-entries/matches", chosen))[1] == "NOT_AN_OWNER"

    async def test_pays_from_one_fund_what_the_other_owes_and_shows_it(self, office: Office) -> None:
        _, carried_out = await self.paid(office, fund="reserve_fund")
        dated = replace(carried_out, reference="", booked_on=TODAY, value_on=TODAY)
        await sends(office, coda(dated, opening=50000, account=RESERVE_IBAN, day=TODAY, opened_on=TODAY))
        assert (await office.get("books"))["to_transfer"] == "121.00"


class TestAPaymentsAmount:
    def test_is_the_sum_of_its_funds(self) -> None:
        funds = {Fund.WORKING: 5, Fund.RESERVE: 7}
        payment = Payment(UUID(int=1), UUID(int=2), "X", SUPPLIER_IBAN, "", "", funds, "e", [])
        assert payment.amount == 12
