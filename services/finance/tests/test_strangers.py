"""Nobody sees or changes what is another organisation's, nor more than his role allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from litestar.handlers import HTTPRouteHandler

from koprogo.kernel.words import Role
from koprogo.kit.database import UnitOfWork
from koprogo.kit.testing import InProcess, seen_rows

from .budget_builders import budget
from .builders import RESERVE_IBAN, TODAY, YEAR, Office, call, credit, debit, entry, open_office
from .fakes import FakeProperty
from .filled import POLICY, filled, plan, settlement
from .stated import period as stated_period
from .taken_over import takeover
from .test_bank import free, movements, statement
from .test_electronic_invoices import document
from .test_purchases import invoice
from .test_transfers import request as notary


@pytest.fixture
async def house(office: Office) -> Office:
    """With something on every route."""
    return await filled(office)


@pytest.fixture
async def other(service: InProcess, neighbour: FakeProperty) -> AsyncIterator[Office]:
    async with open_office(service, neighbour) as other:
        yield other


async def every_route(house: Office) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path below the association, and what is sent: of the ids that are there."""
    (owner, *_) = await house.get("owners")
    (one_call,) = await house.get("calls-for-funds")
    (one_invoice,) = await house.get("invoices")
    (one_batch,) = await house.get("payment-batches")
    (one_file,) = await house.get("bank-files")
    posted = (await house.get("entries"))[0]["id"]
    moved = (await movements(house))[0]["id"]
    firm = one_invoice["supplier_id"]
    bill = f"invoices/{one_invoice['id']}"
    version = {"headers": {"if-match": '"1"'}}
    period = f"from_day={YEAR[0]}&until_day={YEAR[1]}"
    choice = {"bank_entry_id": moved, "account": "65"}
    check = {"checked_on": str(TODAY), "social": False, "tax": False, "reference": "x"}
    (asked,) = await house.get("transfer-requests")
    (stated, _) = await house.get("charge-statements")
    statement_of = f"charge-statements/{stated['id']}"
    (owner_stated, *_) = await house.get(f"{statement_of}/owners")
    own_statement = f"{statement_of}/owners/{owner_stated['party_id']}"
    (agreed,) = await house.get("payment-plans")
    demand = (await house.get("demands", open_only=True))[0]
    disputed = f"demands/{demand['id']}"
    (draft,) = await house.get("budgets")
    drawn = f"budgets/{draft['id']}"
    return [
        ("POST", "budgets", {"json": budget()}),
        ("GET", "budgets", {}),
        ("GET", drawn, {}),
        ("PUT", drawn, {"json": budget(), **version}),
        ("DELETE", drawn, {}),
        ("POST", f"{drawn}/calls", {"json": {"schedule": "quarterly", "due_on": str(TODAY)}}),
        ("GET", f"{drawn}/variance", {}),
        ("POST", f"{drawn}/next", {"json": {}}),
        ("GET", "decisions", {}),
        ("PUT", "books/provisional-acceptance", {"json": {"day": "2015-01-01"}, **version}),
        ("POST", "charge-statements", {"json": stated_period()}),
        ("GET", "charge-statements", {}),
        ("GET", f"{statement_of}/owners", {}),
        ("GET", own_statement, {}),
        ("GET", f"{own_statement}/occupants", {}),
        ("GET", f"{statement_of}/letters", {}),
        ("POST", f"{statement_of}/withdrawal", {"json": {"reason": "x"}}),
        ("GET", f"reports/balance-sheet?on={TODAY}", {}),
        ("GET", f"reports/income-and-expense?fiscal_year_id={house.year}", {}),
        ("GET", f"reports/charges?{period}", {}),
        ("GET", f"reports/general-ledger?{period}", {}),
        ("GET", "reports/open-demands", {}),
        ("GET", f"reports/owners?on={TODAY}", {}),
        ("GET", f"reports/simplified-books?fiscal_year_id={house.year}", {}),
        ("GET", "reports/ledger.beancount", {}),
        ("POST", f"reports/trial-balance/documents?{period}", {}),
        ("POST", f"reports/balance-sheet/documents?on={TODAY}", {}),
        ("POST", f"reports/income-and-expense/documents?fiscal_year_id={house.year}", {}),
        ("POST", f"reports/charges/documents?{period}", {}),
        ("POST", f"reports/general-ledger/documents?{period}", {}),
        ("POST", "reports/open-demands/documents", {}),
        ("POST", f"reports/owners/documents?on={TODAY}", {}),
        ("POST", f"reports/simplified-books/documents?fiscal_year_id={house.year}", {}),
        ("GET", "arrears", {}),
        ("GET", "arrears/interest", {}),
        ("GET", "arrears/privilege", {}),
        ("GET", "arrears/policy", {}),
        ("PUT", "arrears/policy", {"json": POLICY, **version}),
        ("GET", "reminders/proposals", {}),
        ("POST", "reminders", {"json": {"reminders": [{"party_id": owner["party_id"], "level": "friendly"}]}}),
        ("GET", "reminders", {}),
        ("GET", f"reminders/{owner['party_id']}/letters", {}),
        ("PUT", f"{disputed}/dispute", {"json": {"reason": "x"}}),
        ("DELETE", f"{disputed}/dispute", {}),
        ("GET", f"{disputed}/disputes", {}),
        ("POST", "payment-plans", {"json": plan(demand)}),
        ("GET", "payment-plans", {}),
        ("DELETE", f"payment-plans/{agreed['id']}", {}),
        ("GET", "transfers", {}),
        ("POST", settlement(house), {}),
        ("POST", f"{settlement(house)}/withdrawal", {"json": {"reason": "x"}}),
        ("POST", "transfer-requests", {"json": notary(house)}),
        ("GET", "transfer-requests", {}),
        ("POST", f"transfer-requests/{asked['id']}/statement", {"json": {}}),
        ("POST", "takeovers", {"json": takeover(house)}),
        ("POST", "books", {"json": {}}),
        ("GET", "books", {}),
        ("GET", "books/proof", {}),
        ("PUT", "books/statutes-clause", {"json": {"statutes_clause": "x"}, **version}),
        ("GET", "accounts", {}),
        ("POST", "accounts", {"json": {"code": "61019", "names": {"fr": "x"}}}),
        ("POST", "bank-accounts", {"json": {"iban": RESERVE_IBAN, "holder": "x", "fund": "reserve_fund"}}),
        ("POST", "fiscal-years", {"json": {"first_day": "2030-01-01", "last_day": "2030-12-31"}}),
        ("POST", f"fiscal-years/{house.year}/confirmation", {}),
        ("POST", f"fiscal-years/{house.year}/closing", {}),
        ("DELETE", f"fiscal-years/{house.year}/closing", {}),
        ("POST", "entries", {"json": entry(debit("65", "1"), credit("551", "1"))}),
        ("GET", "entries", {}),
        ("GET", f"entries/{posted}", {}),
        ("POST", f"entries/{posted}/reversal", {"json": {"dated": str(TODAY), "text": "x"}}),
        ("GET", f"trial-balance?{period}", {}),
        ("GET", f"ledger?account=551&{period}", {}),
        ("POST", "calls-for-funds", {"json": call()}),
        ("GET", "calls-for-funds", {}),
        ("GET", f"calls-for-funds/{one_call['id']}/letters", {}),
        ("POST", f"calls-for-funds/{one_call['id']}/withdrawal", {"json": {"reason": "x"}}),
        ("GET", "demands", {}),
        ("GET", "owners", {}),
        ("GET", f"owners/{owner['party_id']}/account", {}),
        ("POST", "bank-files", {"content": statement(free("1"))}),
        ("GET", "bank-files", {}),
        ("GET", f"bank-files/{one_file['id']}/content", {}),
        ("GET", "bank-statements", {}),
        ("GET", "bank-entries", {}),
        ("POST", "bank-entries/matches", {"json": {"choices": [choice]}}),
        ("DELETE", f"bank-entries/{moved}/match", {}),
        ("POST", "suppliers", {"json": {"name": "x"}}),
        ("GET", "suppliers", {}),
        ("PUT", f"suppliers/{firm}/account", {"json": {"iban": RESERVE_IBAN}}),
        ("POST", f"suppliers/{firm}/account/confirmation", {}),
        ("POST", "invoices", {"json": invoice(firm)}),
        ("GET", "invoices", {}),
        ("POST", "electronic-invoices", {"content": document()}),
        ("GET", f"{bill}/files/ubl", {}),
        ("GET", bill, {}),
        ("PUT", bill, {"json": invoice(firm), **version}),
        ("POST", f"{bill}/submission", {"json": {}}),
        ("POST", f"{bill}/approval", {}),
        ("POST", f"{bill}/rejection", {"json": {"remark": "x"}}),
        ("PUT", f"{bill}/withholding", {"json": check}),
        ("POST", "payment-batches", {"json": {"invoice_ids": [one_invoice["id"]], "execution_day": str(TODAY)}}),
        ("GET", "payment-batches", {}),
        ("POST", f"payment-batches/{one_batch['id']}/release", {}),
        ("DELETE", f"payment-batches/{one_batch['id']}", {}),
        ("GET", f"payment-batches/{one_batch['id']}/file", {}),
    ]


def shape(path: str) -> str:
    parts = path.split("?")[0].split("/")
    chosen = "ubl", str(TODAY)
    return "/".join("{}" if len(part) == 36 or part.startswith("{") or part in chosen else part for part in parts)


class TestAnotherOrganisation:
    async def test_is_refused_on_every_route_by_id(self, house: Office, other: Office) -> None:
        before = await house.sees(), await house.balances()
        for client in (other.syndic, other.accountant):
            for method, path, what in await every_route(house):
                answer = await client.request(method, f"{house.path}/{path}", **what)
                assert (answer.status_code, answer.json()["reason"]) == (403, "NOT_ADMITTED"), f"{method} {path}"
        assert (await house.sees(), await house.balances()) == before

    async def test_is_tried_on_every_route_there_is(self, service: InProcess, house: Office) -> None:
        tried = {(method, shape(path)) for method, path, _ in await every_route(house)}
        there = {
            (
                method,
                shape(route.path.partition("/associations/")[2].partition("/")[2]),
            )
            for route in service.app.routes
            for handler in getattr(route, "route_handlers", ())
            if isinstance(handler, HTTPRouteHandler) and route.path.startswith("/api/finance/v1")
            for method in handler.http_methods - {"OPTIONS"}
        }
        assert there == tried

    async def test_finds_nothing_of_it_under_its_own_association(self, house: Office, other: Office) -> None:
        before = await house.sees(), await house.balances()
        for method, path, what in await every_route(house):
            if shape(path).count("{}") == 0 or (method == "POST" and path.endswith("approval")):
                continue
            answer = await other.accountant.request(method, f"{other.path}/{path}", **what)
            # Letters of what is not ours are an empty list; everything else is not there.
            if path.endswith(("/letters", "/disputes")) and answer.status_code == 200:
                assert answer.json() == []
            else:
                assert answer.status_code in (403, 404), f"{method} {path}: {answer.status_code} {answer.text}"
        assert (await house.sees(), await house.balances()) == before

    async def test_sees_no_row_of_any_table(self, service: InProcess, house: Office) -> None:
        rows = await house.sees()
        assert {name for name, count in rows.items() if count == 0} <= {
            "inbox", "outbox", "idempotency_keys", "invoice_files", "reminders", "reminder_demands", "tenants",
            "tenant_operations", "restored_references",
        }  # fmt: skip
        async with (stranger := UnitOfWork(service.pool, uuid4())):
            assert set((await seen_rows(stranger.connection)).values()) == {0}


class TestARole:
    async def test_changes_nothing_when_it_only_reads(self, house: Office) -> None:
        before = {**await house.sees(), "grants": 0}, await house.balances()
        for role in (Role.BOARD_MEMBER, Role.OWNER, Role.CONTRACTOR):
            async with house.person(role, uuid4() if role is Role.OWNER else None) as person:
                for method, path, what in await every_route(house):
                    # A council member may be the second person.
                    if method == "GET" or (role is Role.BOARD_MEMBER and path.endswith(f"{house.year}/confirmation")):
                        continue
                    answer = await person.request(method, f"{house.path}/{path}", **what)
                    assert answer.status_code == 403, f"{role} {method} {path}: {answer.text}"
        assert ({**await house.sees(), "grants": 0}, await house.balances()) == before

    async def test_of_a_syndic_does_not_post_entries(self, house: Office) -> None:
        posted = entry(debit("65", "1"), credit("551", "1"))
        assert (await house.refused("entries", posted, house.syndic))[:2] == (403, "NOT_ADMITTED")

    async def test_of_an_owner_reads_nothing_but_his_own_and_what_was_approved(self, house: Office) -> None:
        async with house.person(Role.OWNER, uuid4()) as owner:
            for method, path, what in await every_route(house):
                if method != "GET":
                    continue
                answer = await owner.get(f"{house.path}/{path}", **what)
                if path == "demands" or shape(path) == "charge-statements/{}/owners":
                    assert answer.json() == []
                elif path == "charge-statements":
                    assert answer.json()[0]["charges"] == "80.00"
                elif path == "invoices":
                    assert [one["state"] for one in answer.json()] == ["scheduled"]
                elif path.endswith("/account") or (path.startswith("charge-statements/") and "/owners/" in path):
                    assert answer.status_code == 404
                else:
                    assert answer.status_code == 403, f"{path}: {answer.text}"

    async def test_of_nobody_is_asked_to_sign_in(self, service: InProcess, house: Office) -> None:
        async with service.client() as client:
            for method, path, what in await every_route(house):
                assert (await client.request(method, f"{house.path}/{path}", **what)).status_code == 401, path
