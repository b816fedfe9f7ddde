"""What the books show: reports that add up, and files that spreadsheets open (R110, R113, R114)."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.adapters.spreadsheets import csv_of, xlsx_of
from koprogo.finance.application.balance_sheet import balance_sheet
from koprogo.finance.application.report_words import word
from koprogo.finance.application.tables import Column, Kind, Row, Table
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.chart_template import ReserveClass, chart
from koprogo.finance.domain.report import Moved, worth
from koprogo.kernel.money import cents
from koprogo.kernel.words import Language, Role

from .builders import PAST, TODAY, YEAR, Office, call, credit, debit, entry, part
from .fakes import debtor

LAST = PAST[1]


@pytest.fixture
async def rich(office: Office) -> Office:
    """A year that is over with expenses and income in both funds, and a call of this year."""
    for lines in (
        (debit("6101", "121.00", text="Contract"), credit("551", "121.00")),
        (debit("6103", "79.00"), credit("551", "79.00")),
        (debit("614", "300.10"), credit("551", "300.10")),
        (debit("611", "1000", fund="reserve_fund"), credit("550", "1000")),
        (debit("551", "12.34"), credit("742", "12.34")),
        (debit("550", "5.55"), credit("750", "5.55", fund="reserve_fund")),
    ):
        await office.post("entries", entry(*lines, dated=LAST))
    await office.post("calls-for-funds", call(part(amount="900"), part("reserve_fund", "100")))
    return office


async def closes(office: Office, year: str) -> None:
    assert (await office.accountant.post(f"{office.path}/fiscal-years/{year}/closing")).status_code == 204
    await office.post(f"fiscal-years/{year}/confirmation", None, office.syndic)


def amounts(lines: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {line["account"]: (line["working_capital"], line["reserve_fund"]) for line in lines}


def both(line: dict[str, Any]) -> tuple[str, str]:
    return line["working_capital"], line["reserve_fund"]


class TestABalanceSheet:
    async def test_balances_in_each_fund_with_the_result_on_a_line_of_its_own(self, rich: Office) -> None:
        sheet = await rich.get("reports/balance-sheet", on=str(LAST))
        assert amounts(sheet["assets"]) == {"550": ("0.00", "-994.45"), "551": ("-487.76", "0.00")}
        assert (sheet["liabilities"], both(sheet["result"])) == ([], ("-487.76", "-994.45"))
        assert both(sheet["total_assets"]) == both(sheet["total_liabilities"]) == ("-487.76", "-994.45")

    async def test_tells_results_of_years_that_are_not_closed_apart(self, rich: Office) -> None:
        sheet = await rich.get("reports/balance-sheet", on=str(TODAY))
        assert both(sheet["earlier_results"]) == ("-487.76", "-994.45")
        assert both(sheet["result"]) == ("900.00", "100.00")
        assert both(sheet["total_assets"]) == both(sheet["total_liabilities"])

    async def test_has_what_was_left_where_closing_has_put_it(self, rich: Office) -> None:
        await closes(rich, rich.past)
        sheet = await rich.get("reports/balance-sheet", on=str(LAST))
        assert amounts(sheet["liabilities"]) == {"162": ("0.00", "-994.45"), "489": ("-487.76", "0.00")}
        assert both(sheet["result"]) == both(sheet["earlier_results"]) == ("0.00", "0.00")

    async def test_speaks_the_language_of_the_reader(self, rich: Office) -> None:
        answer = await rich.accountant.get(
            f"{rich.path}/reports/balance-sheet", params={"on": str(TODAY)}, headers={"accept-language": "nl"}
        )
        sheet = answer.json()
        assert sheet["total_assets"]["name"] == "Totaal van de activa"
        assert "Bank, werkkapitaal" in {line["name"] for line in sheet["assets"]}

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([a for a in chart(ReserveClass.CLASS_16).accounts.values() if not a.is_heading]),
                st.sampled_from(Fund),
                st.integers(-(10**11), 10**11),
                st.integers(0, 10**11),
            ),
            max_size=20,
        )
    )
    def test_balances_whatever_is_posted(self, drawn: list[Any]) -> None:
        moved = [Moved(account, fund, opening, debit, 0) for account, fund, opening, debit in drawn]
        bank = chart(ReserveClass.CLASS_16).accounts["57"]
        moved += [
            Moved(bank, fund, -sum(m.opening for m in moved if m.fund is fund), 0,
                  sum(m.debit for m in moved if m.fund is fund))
            for fund in Fund
        ]  # fmt: skip
        sheet = balance_sheet(TODAY, moved, Language.EN)
        assert sheet.total_assets.working_capital == sheet.total_liabilities.working_capital
        assert sheet.total_assets.reserve_fund == sheet.total_liabilities.reserve_fund
        assert sum(cents(line.total) for line in sheet.assets) == cents(sheet.total_assets.total)


class TestIncomeAndExpense:
    async def test_of_a_year_is_the_same_before_and_after_closing(self, rich: Office) -> None:
        before = await rich.get("reports/income-and-expense", fiscal_year_id=rich.past)
        await closes(rich, rich.past)
        after = await rich.get("reports/income-and-expense", fiscal_year_id=rich.past)
        assert before == after
        assert amounts(after["income"]) == {"742": ("12.34", "0.00"), "750": ("0.00", "5.55")}
        assert amounts(after["expenses"])["611"] == ("0.00", "1000.00")
        assert both(after["result"]) == ("-487.76", "-994.45")

    async def test_of_a_year_that_is_not_there_is_refused(self, rich: Office) -> None:
        params = {"fiscal_year_id": str(rich.association)}
        answer = await rich.accountant.get(f"{rich.path}/reports/income-and-expense", params=params)
        assert answer.status_code == 404


class TestTheChargeReport:
    async def test_adds_up_by_heading(self, rich: Office) -> None:
        found = await rich.get("reports/charges", from_day=str(PAST[0]), until_day=str(LAST))
        groups = {group["total"]["account"]: group for group in found["groups"]}
        assert {code: both(group["total"]) for code, group in groups.items()} == {
            "610": ("200.00", "0.00"), "611": ("0.00", "1000.00"), "614": ("300.10", "0.00"),
        }  # fmt: skip
        assert [line["account"] for line in groups["610"]["accounts"]] == ["6101", "6103"]
        assert (found["total"]["total"], groups["610"]["total"]["name"]) == ("1500.10", "Maintenance")

    async def test_has_nothing_of_other_days(self, rich: Office) -> None:
        found = await rich.get("reports/charges", from_day=str(PAST[0]), until_day=str(LAST - timedelta(days=1)))
        assert (found["groups"], found["total"]["total"]) == ([], "0.00")


class TestTheGeneralLedger:
    async def test_shows_each_movement_with_the_balance_after_it(self, rich: Office) -> None:
        ledger = await rich.get("reports/general-ledger", from_day=str(LAST), until_day=str(LAST), account="551")
        (bank,) = ledger["accounts"]
        assert [posting["balance"] for posting in bank["postings"]] == ["-121.00", "-200.00", "-500.10", "-487.76"]
        assert (bank["opening"], bank["closing"]) == ("0.00", "-487.76")

    async def test_of_all_accounts_says_what_the_trial_balance_says(self, rich: Office) -> None:
        period = {"from_day": str(YEAR[0]), "until_day": str(YEAR[1])}
        ledger = await rich.get("reports/general-ledger", **period)
        lines = await rich.get("trial-balance", **period)
        assert [(a["account"], a["fund"], a["opening"], a["closing"]) for a in ledger["accounts"]] == [
            (line["account"], line["fund"], line["opening"], line["closing"]) for line in lines
        ]
        for account in ledger["accounts"]:
            moved = sum(cents(p["debit"]) - cents(p["credit"]) for p in account["postings"])
            assert cents(account["opening"]) + moved == cents(account["closing"])


class TestWhatOwnersOwe:
    async def test_is_listed_by_demand(self, rich: Office) -> None:
        found = await rich.get("reports/open-demands")
        assert {d["party_name"]: (d["open"], d["paid"], d["days_overdue"]) for d in found["demands"]} == {
            "Dubois": ("367.00", "0.00", 0), "Peeters": ("333.00", "0.00", 0), "Maes – Claes": ("300.00", "0.00", 0),
        }  # fmt: skip
        assert found["total"] == "1000.00"

    async def test_is_shown_for_any_day(self, rich: Office) -> None:
        now = await rich.get("reports/owners", on=str(TODAY))
        before = await rich.get("reports/owners", on=str(LAST))
        assert (now["claims"], now["debts"]) == ("1000.00", "0.00")
        assert {one["balance"] for one in before["owners"]} == {"0.00"}
        assert {one["name"]: one["reserve_fund"] for one in now["owners"]}["Dubois"] == "36.70"


class TestSimplifiedBooks:
    async def test_show_what_the_law_asks_of_a_small_association(self, rich: Office) -> None:
        found = await rich.get("reports/simplified-books", fiscal_year_id=rich.past)
        assert (found["counted_lots"], found["working_capital"], found["reserve_fund"]) == (4, "-487.76", "-994.45")
        assert [(one["account"], one["received"], one["paid"], one["closing"]) for one in found["treasury"]] == [
            ("550", "5.55", "1000.00", "-994.45"), ("551", "12.34", "500.10", "-487.76"),
        ]  # fmt: skip
        assert found["result"]["result"]["total"] == "-1482.21"
        this_year = await rich.get("reports/simplified-books", fiscal_year_id=rich.year)
        assert this_year["owners"]["claims"] == "1000.00"

    async def test_are_not_enough_for_twenty_counted_lots(self, rich: Office) -> None:
        rich.neighbour.debtors = [debtor("Dubois", {f"A{number}": 1 for number in range(20)})]
        params = {"fiscal_year_id": rich.past}
        answer = await rich.accountant.get(f"{rich.path}/reports/simplified-books", params=params)
        assert (answer.status_code, answer.json()["reason"]) == (409, "CHART_REQUIRED")

    def test_count_neither_debts_nor_banks_as_money_of_a_fund(self) -> None:
        accounts = chart(ReserveClass.CLASS_16).accounts
        held = [(accounts[code], Fund.WORKING, -100) for code in ("100", "489", "7010", "17", "440", "551")]
        assert (worth(held, Fund.WORKING), worth(held, Fund.RESERVE)) == (300, 0)


REPORTS = [
    ("trial-balance", {"from_day": str(PAST[0]), "until_day": str(YEAR[1])}),
    ("reports/balance-sheet", {"on": str(TODAY)}),
    ("reports/income-and-expense", {"fiscal_year_id": "past"}),
    ("reports/charges", {"from_day": str(PAST[0]), "until_day": str(YEAR[1])}),
    ("reports/general-ledger", {"from_day": str(PAST[0]), "until_day": str(YEAR[1])}),
    ("reports/open-demands", {}),
    ("reports/owners", {"on": str(TODAY)}),
    ("reports/simplified-books", {"fiscal_year_id": "past"}),
]


async def file(office: Office, path: str, params: dict[str, str], format: str) -> bytes:
    asked = {name: office.past if value == "past" else value for name, value in params.items()}
    answer = await office.accountant.get(
        f"{office.path}/{path}", params={**asked, "format": format}, headers={"accept-language": "fr"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f'.{format}"')
    return answer.content


@pytest.mark.parametrize(("path", "params"), REPORTS, ids=[path for path, _ in REPORTS])
class TestAReportAsAFile:
    async def test_is_text_with_semicolons_that_belgian_spreadsheets_open(
        self, rich: Office, path: str, params: dict[str, str]
    ) -> None:
        content = await file(rich, path, params, "csv")
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
        assert len(rows) > 3
        assert len({len(row) for row in rows}) == 1
        assert any("," in cell and cell.replace(",", "").lstrip("-").isdigit() for row in rows for cell in row)

    async def test_is_a_workbook_with_the_same_figures(self, rich: Office, path: str, params: dict[str, str]) -> None:
        rows = list(csv.reader(StringIO((await file(rich, path, params, "csv")).decode("utf-8-sig")), delimiter=";"))
        sheet = openpyxl.load_workbook(BytesIO(await file(rich, path, params, "xlsx"))).active
        assert sheet is not None
        assert sheet.max_row == len(rows)
        for row, cells in zip(rows, sheet.iter_rows(), strict=True):
            for text, cell in zip(row, cells, strict=False):
                assert cell.data_type in "snd"
                if cell.data_type == "n" and cell.value is not None:
                    assert f"{cell.value:.2f}".replace(".", ",") in (text, f"{text},00")


class TestWhatPeopleHaveWritten:
    WRITTEN = ("=HYPERLINK(A1)", "+1", "-2+3", "@SUM(A1)", "#N/A", 'é;"x"\n', "\x07bell")

    def table(self) -> Table:
        return Table("A/B: [x]", (Column("text", Kind.TEXT), Column("amount", Kind.AMOUNT)),
                     [Row((text, "-1234.50")) for text in self.WRITTEN])  # fmt: skip

    def test_never_becomes_a_formula_of_a_workbook(self) -> None:
        sheet = openpyxl.load_workbook(BytesIO(xlsx_of(self.table()))).active
        assert sheet is not None
        cells = [row[0] for row in sheet.iter_rows(min_row=2)]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [cell.value for cell in cells] == [*self.WRITTEN[:-1], " bell"]
        assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [-1234.5] * len(self.WRITTEN)

    def test_never_starts_a_formula_of_a_text_file(self) -> None:
        rows = list(csv.reader(StringIO(csv_of(self.table()).decode("utf-8-sig"), newline=""), delimiter=";"))
        assert [row[0] for row in rows[1:5]] == [f"'{text}" for text in self.WRITTEN[:4]]
        assert {row[1] for row in rows[1:]} == {"-1234,50"}

    @given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
    def test_is_kept_whole_whatever_it_is(self, text: str) -> None:
        content = csv_of(Table("x", (Column("x", Kind.TEXT),), [Row((text,))]))
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
        assert rows[1:] in ([[text]], [[f"'{text}"]])
        assert not rows[1][0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


class TestTheWordsOfReports:
    @pytest.mark.parametrize("language", Language)
    def test_are_there_in_every_language(self, language: Language) -> None:
        assert word("balance_sheet", language)


class TestReports:
    async def test_are_shown_to_the_council_but_not_what_each_owner_owes(self, rich: Office) -> None:
        async with rich.person(Role.BOARD_MEMBER) as member:
            sheet = await member.get(f"{rich.path}/reports/balance-sheet", params={"on": str(date.today())})  # noqa: DTZ011
            owners = await member.get(f"{rich.path}/reports/owners", params={"on": str(TODAY)})
        assert (sheet.status_code, owners.status_code) == (200, 403)
