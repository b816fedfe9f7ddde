"""Reports on paper: asked of documents, with the figures of the screens (R110, R113)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.application import printed_report
from koprogo.finance.application.printed_report import (
    MOST_BYTES,
    MOST_ROWS,
    ReportTooLong,
    check_printable,
    with_headings,
)
from koprogo.finance.application.tables import Column, Kind, Level, Row, Table
from koprogo.kernel.words import Role

from .builders import PAST, TODAY, YEAR, Office, call, credit, debit, entry, part, sent

PERIOD = {"from_day": str(PAST[0]), "until_day": str(YEAR[1])}
REPORTS: list[tuple[str, dict[str, str]]] = [
    ("trial-balance", PERIOD),
    ("balance-sheet", {"on": str(TODAY)}),
    ("income-and-expense", {"fiscal_year_id": "past"}),
    ("charges", PERIOD),
    ("general-ledger", PERIOD),
    ("open-demands", {}),
    ("owners", {"on": str(TODAY)}),
    ("simplified-books", {"fiscal_year_id": "past"}),
]


@pytest.fixture
async def rich(office: Office) -> Office:
    for lines in (
        (debit("6101", "121.00"), credit("551", "121.00")),
        (debit("614", "300.10"), credit("551", "300.10")),
        (debit("551", "12.34"), credit("742", "12.34")),
    ):
        await office.post("entries", entry(*lines, dated=PAST[1]))
    await office.post("calls-for-funds", call(part(amount="900"), part("reserve_fund", "100")))
    return office


async def prints(office: Office, kind: str, params: dict[str, str], language: str = "fr") -> Any:
    """The answer, once it was accepted, and what documents is asked for."""
    asked = {name: office.past if value == "past" else value for name, value in params.items()}
    answer = await office.accountant.post(
        f"{office.path}/reports/{kind}/documents", params=asked, headers={"accept-language": language}
    )
    assert answer.status_code == 202, answer.text
    (request,) = [one for one in (await sent(office))["documents.request"] if one.document_id == answer.json()["id"]]
    assert answer.headers["location"].endswith(f"/documents/{request.document_id}")
    return request


@pytest.mark.parametrize(("kind", "params"), REPORTS, ids=[kind for kind, _ in REPORTS])
class TestAReportOnPaper:
    async def test_is_asked_of_documents_and_sent_to_nobody(
        self, rich: Office, kind: str, params: dict[str, str]
    ) -> None:
        request = await prints(rich, kind, params)
        assert (request.subject, request.language, list(request.dispatches)) == (f"report/{kind}", "fr", [])
        assert request.file_name.endswith(f"-{TODAY}.pdf")
        content = request.report
        assert content.letterhead.enterprise_number == "0428759497"
        assert content.dated == str(TODAY)
        assert bool(content.day) != bool(content.period_from and content.period_until)
        assert len(content.rows) > 2

    async def test_has_a_cell_for_each_column(self, rich: Office, kind: str, params: dict[str, str]) -> None:
        content = (await prints(rich, kind, params)).report
        assert {len(row.cells) for row in content.rows if row.level != "heading"} == {len(content.columns)}
        assert {row.level for row in content.rows} <= {"heading", "line", "subtotal", "total"}
        assert any(column.kind == "amount" for column in content.columns)

    async def test_is_read_by_the_council_unless_it_lists_what_each_owner_owes(
        self, rich: Office, kind: str, params: dict[str, str]
    ) -> None:
        request = await prints(rich, kind, params)
        of_all = ["accountant"] if kind in ("open-demands", "owners") else ["accountant", "board_member"]
        assert (list(request.visible_to), request.visible_to_co_owner_id) == (of_all, "")


class TestABalanceSheetOnPaper:
    async def test_has_its_parts_as_headings_in_the_language_asked_for(self, rich: Office) -> None:
        content = (await prints(rich, "balance-sheet", {"on": str(TODAY)}, "nl")).report
        assert (content.title, content.day) == ("Balans", str(TODAY))
        assert [list(row.cells) for row in content.rows if row.level == "heading"] == [["Activa"], ["Passiva"]]
        totals = [list(row.cells) for row in content.rows if row.level == "total"]
        assert [row[1] for row in totals] == ["Totaal van de activa", "Totaal van de passiva"]
        assert totals[0][2:] == totals[1][2:] == ["491.24", "100.00", "591.24"]


class TestALedgerOnPaper:
    async def test_opens_and_closes_each_account_under_its_name(self, rich: Office) -> None:
        days = {"from_day": str(PAST[0]), "until_day": str(PAST[1]), "account": "551"}
        content = (await prints(rich, "general-ledger", days)).report
        heading, opening, *_, closing = content.rows
        assert list(heading.cells) == ["551", "Banque, fonds de roulement", "Fonds de roulement"]
        assert (opening.cells[3], opening.cells[8]) == ("Ouverture", "0.00")
        assert (closing.level, closing.cells[3], closing.cells[8]) == ("subtotal", "Clôture", "-408.76")
        assert (content.period_from, content.period_until) == (str(PAST[0]), str(PAST[1]))


class TestATrialBalanceOnPaper:
    async def test_ends_with_equal_sums(self, rich: Office) -> None:
        content = (await prints(rich, "trial-balance", PERIOD)).report
        last = content.rows[-1]
        assert (last.level, last.cells[3], last.cells[4] == last.cells[5], last.cells[6]) == (
            "total", "0.00", True, "0.00",
        )  # fmt: skip


class TestPrinting:
    @pytest.mark.parametrize(
        ("kind", "params", "field"),
        [
            ("balance-sheet", {}, "on"),
            ("charges", {"from_day": str(TODAY)}, "until_day"),
            ("general-ledger", {"until_day": str(TODAY)}, "from_day"),
            ("simplified-books", {}, "fiscal_year_id"),
        ],
    )
    async def test_says_which_parameter_is_missing(
        self, office: Office, kind: str, params: dict[str, str], field: str
    ) -> None:
        answer = await office.accountant.post(f"{office.path}/reports/{kind}/documents", params=params)
        assert answer.status_code == 400
        assert field in answer.json()["detail"]

    async def test_is_refused_when_it_is_too_long(self, rich: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(printed_report, "MOST_ROWS", 5)
        answer = await rich.accountant.post(
            f"{rich.path}/reports/general-ledger/documents", params=PERIOD, headers={"accept-language": "fr"}
        )
        assert (answer.status_code, answer.json()["reason"]) == (409, "REPORT_TOO_LONG")
        assert "csv" in answer.json()["detail"]

    async def test_is_not_for_the_council(self, office: Office) -> None:
        async with office.person(Role.BOARD_MEMBER) as member:
            answer = await member.post(f"{office.path}/reports/balance-sheet/documents", params={"on": str(TODAY)})
        assert answer.status_code == 403


def table(rows: list[Row]) -> Table:
    return Table("x", (Column("part", Kind.TEXT), Column("name", Kind.TEXT)), rows, heading_columns=1)


class TestHeadings:
    def test_stand_once_over_what_they_share_and_not_over_the_total_of_all(self) -> None:
        rows = [Row(("a", "1")), Row(("a", "2"), Level.SUBTOTAL), Row(("b", "3")), Row(("", "4"), Level.TOTAL)]
        rows.append(Row(("c", "5"), Level.TOTAL))
        assert with_headings(table(rows)) == [
            ("a",), Row(("1",)), Row(("2",), Level.SUBTOTAL), ("b",), Row(("3",)), Row(("4",), Level.TOTAL),
            Row(("5",), Level.TOTAL),
        ]  # fmt: skip

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=3), st.sampled_from(Level)), max_size=20))
    def test_lose_no_row(self, drawn: list[tuple[str, str, Level]]) -> None:
        found = with_headings(table([Row((part, name), level) for part, name, level in drawn]))
        assert [row for row in found if isinstance(row, Row)] == [Row((name,), level) for _, name, level in drawn]

    def test_count_for_what_paper_takes(self) -> None:
        check_printable(table([Row(("a", date(2026, 1, 1)))] * (MOST_ROWS - 1)))
        with pytest.raises(ReportTooLong):
            check_printable(table([Row(("a", "x"))] * MOST_ROWS))
        with pytest.raises(ReportTooLong):
            check_printable(table([Row(("a", "é" * (MOST_BYTES // 2 + 1)))]))
