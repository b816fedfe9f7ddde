"""The ledger as a Beancount file says exactly what our books say, to a program that is not ours."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from beancount import loader
from beancount.core.data import Balance, Open, Transaction
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.adapters.beancount_file import account_name, beancount_of
from koprogo.finance.domain.account import Account, Fund
from koprogo.finance.domain.chart_template import ReserveClass, chart
from koprogo.finance.domain.fiscal_year import FiscalYear, YearState
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.finance.domain.ledger import Ledger, NumberedEntry, YearEnd
from koprogo.finance.domain.report import Moved
from koprogo.kernel.words import Language

from .builders import PAST, TODAY, Office, call, credit, debit, entry, part
from .test_bank import free, sends, statement, structured


@pytest.fixture
async def rich(office: Office) -> Office:
    """Calls for both funds and their payments, expenses, a reversal, and a year that is closed."""
    for lines in (
        (debit("6101", "121.00", text='Lift "A" \\ 2'), credit("551", "121.00")),
        (debit("611", "1000", fund="reserve_fund"), credit("550", "1000")),
        (debit("551", "12.34"), credit("742", "12.34")),
    ):
        await office.post("entries", entry(*lines, dated=PAST[1]))
    made = await office.post("entries", entry(debit("614", "77.70"), credit("551", "77.70")))
    await office.post(f"entries/{made['id']}/reversal", {"dated": str(TODAY), "text": "Twice"})
    await office.post("accounts", {"code": "61011", "names": {"fr": "Ascenseur É, n° 2"}})
    await office.post("entries", entry(debit("61011", "3.33"), credit("551", "3.33")))
    await office.post("calls-for-funds", call(part(amount="1000"), part("reserve_fund", "100")))
    (demand,) = [one for one in await office.get("demands") if one["party_name"] == "Peeters"]
    await sends(office, statement(structured(demand), structured(demand, "10.00"), free("5.55")))
    assert (await office.accountant.post(f"{office.path}/fiscal-years/{office.past}/closing")).status_code == 204
    await office.post(f"fiscal-years/{office.past}/confirmation", None, office.syndic)
    return office


async def text_of(office: Office) -> str:
    answer = await office.accountant.get(f"{office.path}/reports/ledger.beancount")
    assert answer.status_code == 200, answer.text
    return answer.text


def loaded(text: str) -> list[Any]:
    directives, errors, _ = loader.load_string(text)
    assert errors == []
    return list(directives)


class TestTheLedgerFile:
    async def test_comes_to_the_balances_of_our_books(self, rich: Office) -> None:
        directives = loaded(await text_of(rich))
        names = {one.account: one.meta["code"] for one in directives if isinstance(one, Open)}
        theirs: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for one in directives:
            if isinstance(one, Transaction):
                for posting in one.postings:
                    assert posting.units is not None
                    fund = posting.account.rpartition(":")[2].lower().replace("-", "_")
                    theirs[names[posting.account], fund] += posting.units.number
        assert {key: str(amount) for key, amount in theirs.items()} == await rich.balances()

    async def test_has_every_entry_with_its_number_and_voucher(self, rich: Office) -> None:
        transactions = {one.meta["id"]: one for one in loaded(await text_of(rich)) if isinstance(one, Transaction)}
        entries = await rich.get("entries", limit=200)
        assert {one["id"] for one in entries} == set(transactions)
        for one in entries:
            found = transactions[one["id"]]
            assert (found.flag, found.narration, found.date) == ("*", one["text"], date.fromisoformat(one["dated"]))
            assert (found.meta["journal"], int(found.meta["number"]), str(found.meta["year"])) == (
                one["journal"], one["number"], one["year"],
            )  # fmt: skip
            assert found.meta["voucher"] == f"{one['voucher_kind']} {one['voucher_reference']}"
        tags = [tag for one in transactions.values() for tag in one.tags]
        assert sorted(tags) == ["closing", "reversal"]

    async def test_names_owners_on_their_lines(self, rich: Office) -> None:
        postings = [p for one in loaded(await text_of(rich)) if isinstance(one, Transaction) for p in one.postings]
        owners = {p.meta["party"] for p in postings if p.account.startswith("Assets:410") and p.meta}
        assert owners == {"Dubois", "Peeters", "Maes – Claes"}
        assert 'Lift "A" \\ 2' in {p.meta.get("text") for p in postings if p.meta}

    async def test_asserts_what_every_account_held_at_the_end_of_each_year(self, rich: Office) -> None:
        asserted = [one for one in loaded(await text_of(rich)) if isinstance(one, Balance)]
        carried = next(one for one in asserted if ":489" in one.account and one.date.year == TODAY.year)
        assert (str(carried.amount), str(carried.date)) == ("108.66 EUR", f"{TODAY.year}-01-01")
        assert {one.date.year for one in asserted} == {TODAY.year, TODAY.year + 1}

    async def test_is_refused_by_the_program_when_a_cent_is_wrong(self, rich: Office) -> None:
        wrong = (await text_of(rich)).replace("108.66 ~", "108.67 ~")
        errors = loader.load_string(wrong)[1]
        assert errors and all("Balance failed" in error.message for error in errors)

    async def test_passes_the_check_of_the_command_line(self, rich: Office, tmp_path: Path) -> None:
        file = tmp_path / "ledger.beancount"
        file.write_text(await text_of(rich), encoding="utf-8")
        check = Path(sys.executable).with_name("bean-check")
        done = await asyncio.to_thread(subprocess.run, [check, file], capture_output=True)
        assert done.returncode == 0

    async def test_of_empty_books_is_empty_and_right(self, office: Office) -> None:
        assert loaded(await text_of(office)) == []


ACCOUNTS = [one for one in chart(ReserveClass.CLASS_13).accounts.values() if not one.is_heading]


class TestAnyText:
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
    def test_is_said_and_not_obeyed(self, text: str) -> None:
        year = FiscalYear(uuid4(), *PAST, YearState.OPEN, uuid4())
        party = uuid4()
        lines = (
            Line(account="6101", amount=100, fund=Fund.WORKING, text=text),
            Line(account="4101", amount=-100, fund=Fund.WORKING, party_id=party),
        )
        made = Entry(id=uuid4(), journal=Journal.BANK, dated=PAST[0], text=text, voucher=Voucher("x", text, PAST[0]),
                     lines=lines)  # fmt: skip
        accounts = chart(ReserveClass.CLASS_16)
        end = YearEnd(PAST[1], (Moved(accounts.accounts["6101"], Fund.WORKING, 0, 100, 0),))
        ledger = Ledger(uuid4(), accounts, [year], [NumberedEntry(made, 1)], {party: text}, [end])
        directives = loaded(beancount_of(ledger))
        assert len([one for one in directives if isinstance(one, Transaction)]) == 1

    @given(st.sampled_from(ACCOUNTS), st.sampled_from(Fund), st.text(max_size=30))
    def test_names_an_account_that_the_program_accepts(self, account: Account, fund: Fund, name: str) -> None:
        own = Account(account.code, {Language.FR: name})
        for one in (account, own):
            loaded(f"2025-01-01 open {account_name(one, fund)} EUR")
