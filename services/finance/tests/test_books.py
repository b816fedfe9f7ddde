"""Entries balance, are numbered without a gap, are never changed, and a closed year takes nothing (R110 to R114)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from koprogo.kit.database import UnitOfWork

from .builders import PAST, TODAY, YEAR, Office, credit, debit, entry

PAID = (debit("6101", "121.00"), credit("551", "121.00"))


class TestOpeningBooks:
    async def test_copies_the_chart_of_the_template(self, office: Office) -> None:
        accounts = {one["code"]: one for one in await office.get("accounts")}
        assert accounts["4101"]["names"]["nl"] == "Mede-eigenaars, werkkapitaal"
        assert (accounts["162"]["fund"], accounts["6101"]["fund"]) == ("reserve_fund", None)
        assert (accounts["6101"]["side"], accounts["4100"]["side"], accounts["440"]["side"]) == (
            "expense", "asset", "liability",
        )  # fmt: skip

    async def test_is_done_once(self, office: Office) -> None:
        assert (await office.refused("books", {}))[:2] == (409, "BOOKS_OPEN")

    async def test_gives_each_fund_a_bank_account_of_its_own(self, office: Office) -> None:
        shown = (await office.get("books"))["bank_accounts"]
        assert [(one["account"], one["fund"]) for one in shown] == [
            ("550", "reserve_fund"), ("551", "working_capital"),
        ]  # fmt: skip
        second = {"iban": "BE68 5390 0754 7034", "holder": "ACP", "fund": "working_capital"}
        await office.post("bank-accounts", second)
        assert [one["account"] for one in (await office.get("books"))["bank_accounts"]] == ["550", "551", "5511"]
        assert (await office.refused("bank-accounts", second))[1] == "BANK_ACCOUNT_EXISTS"
        wrong = {**second, "iban": "BE68 5390 0754 7035"}
        assert await office.refused("bank-accounts", wrong) == (400, "IBAN_WRONG", "iban")


class TestTheChart:
    async def test_is_extended_below_its_headings(self, office: Office) -> None:
        await office.post("accounts", {"code": "61011", "names": {"fr": "Ascenseur A"}})
        await office.post("entries", entry(debit("61011", "10"), credit("551", "10")))
        assert (await office.refused("accounts", {"code": "61011", "names": {"fr": "x"}}))[1] == "ACCOUNT_EXISTS"
        assert (await office.refused("accounts", {"code": "3999", "names": {"fr": "x"}}))[1] == "ACCOUNT_UNKNOWN"

    async def test_refuses_what_it_has_not(self, office: Office) -> None:
        assert await office.refused("entries", entry(debit("6999", "1"), credit("551", "1"))) == (
            400, "ACCOUNT_UNKNOWN", "lines.0.account",
        )  # fmt: skip
        assert (await office.refused("entries", entry(debit("610", "1"), credit("551", "1"))))[
            1
        ] == "ACCOUNT_IS_HEADING"


class TestPosting:
    async def test_numbers_each_journal_from_one_without_a_gap_also_at_the_same_moment(self, office: Office) -> None:
        await asyncio.gather(*(office.post("entries", entry(*PAID)) for _ in range(20)))
        await office.refused("entries", entry(debit("6101", "2"), credit("551", "1")))
        await office.post("entries", entry(*PAID, journal="bank"))
        entries = await office.get("entries", limit=200)
        assert sorted((one["journal"], one["number"]) for one in entries) == [
            ("bank", 1), *(("miscellaneous", n) for n in range(1, 21)),
        ]  # fmt: skip

    async def test_moves_the_balances_it_shows(self, office: Office) -> None:
        await office.post("entries", entry(*PAID))
        await office.post("entries", entry(debit("6120", "79"), debit("65", "0.05"), credit("551", "79.05")))
        assert await office.balances() == {
            ("551", "working_capital"): "-200.05",
            ("6101", "working_capital"): "121.00",
            ("6120", "working_capital"): "79.00",
            ("65", "working_capital"): "0.05",
        }
        assert (await office.get("books"))["bank_accounts"][1]["balance"] == "-200.05"

    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            ((debit("6101", "2"), credit("551", "1")), "ENTRY_DOES_NOT_BALANCE"),
            ((debit("6101", "2"),), "ENTRY_TOO_SHORT"),
            ((debit("4101", "2"), credit("7010", "2")), "PARTY_MISSING"),
            ((debit("4101", "2", party_id=str(uuid4())), credit("7010", "2")), "PARTY_UNKNOWN"),
            ((debit("6101", "2", party_id=str(uuid4())), credit("551", "2")), "PARTY_NOT_EXPECTED"),
            ((debit("551", "2", fund="reserve_fund"), credit("700", "2")), "WRONG_FUND"),
            ((debit("550", "2"), credit("551", "2")), "ENTRY_DOES_NOT_BALANCE"),
            (({"account": "6101"}, credit("551", "2")), "ONE_SIDE_EXPECTED"),
            ((debit("6101", "0.00"), credit("551", "2")), "INVALID"),
        ],
    )
    async def test_refuses_what_is_no_entry(self, office: Office, lines: tuple[Any, ...], reason: str) -> None:
        assert (await office.refused("entries", entry(*lines)))[1] == reason
        assert await office.get("entries") == []

    async def test_shows_what_one_fund_owes_the_other(self, office: Office) -> None:
        await office.post(
            "entries",
            entry(
                debit("551", "350"), credit("7010", "300"), credit("580", "50", fund="working_capital"),
                debit("580", "50", fund="reserve_fund"), credit("700", "50"),
            ),
        )  # fmt: skip
        assert (await office.get("books"))["to_transfer"] == "50.00"

    async def test_rests_on_a_document(self, office: Office) -> None:
        without = entry(*PAID)
        del without["voucher"]
        assert (await office.refused("entries", without))[1:] == ("INVALID", "voucher")

    async def test_outside_of_an_open_year_is_refused(self, office: Office) -> None:
        late = entry(*PAID, dated=YEAR[1] + timedelta(days=1))
        assert await office.refused("entries", late) == (409, "YEAR_NOT_OPEN", "dated")


class TestReversing:
    async def test_turns_an_entry_round_and_keeps_both(self, office: Office) -> None:
        made = await office.post("entries", entry(*PAID))
        turned = await office.post(f"entries/{made['id']}/reversal", {"dated": str(TODAY), "text": "Wrong lift"})
        shown = await office.get(f"entries/{made['id']}")
        assert (shown["entry"]["reversed_by"], len(await office.get("entries"))) == (turned["id"], 2)
        assert set((await office.balances()).values()) == {"0.00"}

    async def test_is_possible_once(self, office: Office) -> None:
        made = await office.post("entries", entry(*PAID))
        again = {"dated": str(TODAY), "text": "Twice"}
        turned = await office.post(f"entries/{made['id']}/reversal", again)
        for one in (made, turned):
            assert (await office.refused(f"entries/{one['id']}/reversal", again))[1] == "ENTRY_REVERSED"


class TestAYear:
    async def test_is_opened_by_two_persons(self, office: Office) -> None:
        following = {"first_day": str(YEAR[1] + timedelta(days=1)), "last_day": f"{TODAY.year + 1}-12-31"}
        made = await office.post("fiscal-years", following)
        path = f"fiscal-years/{made['id']}/confirmation"
        assert (await office.refused(path, None))[1] == "SECOND_PERSON_NEEDED"
        dated = YEAR[1] + timedelta(days=9)
        assert (await office.refused("entries", entry(*PAID, dated=dated)))[1] == "YEAR_NOT_OPEN"
        await office.post(path, None, office.syndic)
        await office.post("entries", entry(*PAID, dated=dated))

    async def test_follows_the_one_before_without_a_gap(self, office: Office) -> None:
        late = {"first_day": f"{TODAY.year + 1}-02-01", "last_day": f"{TODAY.year + 1}-12-31"}
        assert await office.refused("fiscal-years", late) == (400, "YEAR_DAYS_WRONG", "first_day")

    async def test_that_is_not_over_is_not_closed(self, office: Office) -> None:
        assert (await office.refused(f"fiscal-years/{office.year}/closing", None))[1] == "YEAR_NOT_OVER"


class TestClosing:
    @pytest.fixture
    async def past(self, office: Office) -> Office:
        """Last year with a result in each fund."""
        dated = PAST[1]
        await office.post("entries", entry(debit("6101", "80"), credit("551", "80"), dated=dated))
        await office.post("entries", entry(debit("551", "100"), credit("7010", "100"), dated=dated))
        await office.post("entries", entry(debit("550", "30"), credit("700", "30"), dated=dated))
        return office

    async def close(self, office: Office) -> None:
        await office.post(f"fiscal-years/{office.past}/closing")
        await office.post(f"fiscal-years/{office.past}/confirmation", None, office.syndic)

    async def test_brings_expenses_and_income_to_nothing_and_each_fund_its_result(self, past: Office) -> None:
        await self.close(past)
        balances = await past.balances()
        assert {account: amount for (account, _), amount in balances.items() if amount != "0.00"} == {
            "162": "-30.00", "489": "-20.00", "550": "30.00", "551": "20.00",
        }  # fmt: skip

    async def test_is_confirmed_by_another_than_who_proposes_it(self, past: Office) -> None:
        await past.post(f"fiscal-years/{past.past}/closing")
        path = f"fiscal-years/{past.past}/confirmation"
        assert (await past.refused(path, None))[1] == "SECOND_PERSON_NEEDED"
        paid = entry(*PAID, dated=PAST[1])
        assert (await past.refused("entries", paid))[1] == "YEAR_NOT_OPEN"
        withdrawn = await past.accountant.delete(f"{past.path}/fiscal-years/{past.past}/closing")
        assert withdrawn.status_code == 204
        await past.post("entries", paid)

    async def test_leaves_a_year_that_takes_nothing(self, past: Office) -> None:
        await self.close(past)
        assert (await past.refused("entries", entry(*PAID, dated=PAST[1])))[1] == "YEAR_NOT_OPEN"
        made = (await past.get("entries", limit=200))[-1]
        late = {"dated": str(PAST[1]), "text": "Late"}
        assert (await past.refused(f"entries/{made['id']}/reversal", late))[1] == "YEAR_NOT_OPEN"
        await past.post(f"entries/{made['id']}/reversal", {**late, "dated": str(TODAY)})


class TestTheDatabaseItself:
    """What the code would never do is refused all the same."""

    async def refuses(self, office: Office, sql: str, *values: object) -> None:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with (uow := UnitOfWork(office.service.pool, office.tenant)):
                await uow.connection.execute(sql, *values)

    async def test_refuses_to_change_or_delete_an_entry(self, office: Office) -> None:
        made = UUID((await office.post("entries", entry(*PAID)))["id"])
        await self.refuses(office, "update entries set text = 'x' where id = $1", made)
        await self.refuses(office, "delete from entries where id = $1", made)
        await self.refuses(office, "update entry_lines set amount = amount + 1 where entry_id = $1", made)
        await self.refuses(office, "delete from entry_lines where entry_id = $1", made)

    async def test_refuses_lines_added_afterwards(self, office: Office) -> None:
        made = UUID((await office.post("entries", entry(*PAID)))["id"])
        await self.refuses(
            office,
            "insert into entry_lines (entry_id, position, association_id, dated, account, fund, amount)"
            " select id, 7 + n, association_id, dated, '65', 'working_capital', n * 2 - 3"
            " from entries, generate_series(1, 2) n where id = $1",
            made,
        )

    async def test_refuses_an_entry_that_does_not_balance_in_a_fund(self, office: Office) -> None:
        for lines in (
            "('551', 'working_capital', 5), ('65', 'working_capital', -4)",
            "('551', 'working_capital', 5), ('550', 'reserve_fund', -5)",
            "('551', 'working_capital', 5)",
        ):
            await self.refuses(
                office,
                "with e as (insert into entries (id, association_id, fiscal_year_id, journal, number, dated, text,"
                " voucher_kind, voucher_reference, voucher_dated)"
                " values (gen_random_uuid(), $1, $2, 'bank', 1, $3, 'x', 'other', 'x', $3) returning id)"
                " insert into entry_lines (entry_id, position, association_id, dated, account, fund, amount)"
                " select e.id, row_number() over (), $1, $3, l.* from e, (values " + lines + ") l",
                office.association,
                UUID(office.year),
                TODAY,
            )

    async def test_refuses_a_number_that_leaves_a_gap_and_a_day_outside_of_the_year(self, office: Office) -> None:
        sql = (
            "insert into entries (id, association_id, fiscal_year_id, journal, number, dated, text, voucher_kind,"
            " voucher_reference, voucher_dated)"
            " values (gen_random_uuid(), $1, $2, 'bank', $3, $4, 'x', 'other', 'x', $4)"
        )
        year = UUID(office.year)
        await self.refuses(office, sql, office.association, year, 2, TODAY)
        await self.refuses(office, sql, office.association, year, 1, YEAR[1] + timedelta(days=1))

    async def test_refuses_a_control_account_without_its_sub_ledger(self, office: Office) -> None:
        await self.refuses(
            office,
            "with e as (insert into entries (id, association_id, fiscal_year_id, journal, number, dated, text,"
            " voucher_kind, voucher_reference, voucher_dated)"
            " values (gen_random_uuid(), $1, $2, 'bank', 1, $3, 'x', 'other', 'x', $3) returning id)"
            " insert into entry_lines (entry_id, position, association_id, dated, account, fund, amount)"
            " select e.id, n, $1, $3, case n when 1 then '4101' else '551' end, 'working_capital', n * 2 - 3"
            " from e, generate_series(1, 2) n",
            office.association,
            UUID(office.year),
            TODAY,
        )
