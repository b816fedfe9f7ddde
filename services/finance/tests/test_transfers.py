"""What a notary is told of a lot that is sold, and until when (R130, R131, R133)."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.finance.application.ports_transfers import MinutesOfMeeting
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.owners import OwnedLot
from koprogo.finance.domain.transfer_statement import Paragraph, answer_by, parts_of, years_before
from koprogo.finance.entrypoints import grpc
from koprogo.finance.entrypoints.grpc import Accounts, TooManyLots
from koprogo.kernel.words import Language
from koprogo.kit.testing import InProcess
from koprogo_api.finance.v1 import accounts_pb2 as pb

from .builders import PAST, TODAY, Office, call, credit, debit, entry, part, sent
from .fakes import FakeGovernance, debtor
from .test_bank import sends, statement, structured

NOTARY = {"name": "Notaris Peers", "language": "nl", "address": ["Markt 1", "9000 Gent"], "email": "n@peers.example"}


def request(office: Office, lot: str = "A1", **others: Any) -> dict[str, Any]:
    (lot_id,) = [one.id for debtor in office.neighbour.debtors for one in debtor.lots if one.number == lot]
    return {
        "lot_id": str(lot_id), "paragraph": 1, "requested_on": str(TODAY), "requester": NOTARY, **others,
    }  # fmt: skip


def kept(held_on: date, language: Language = Language.NL, meeting: UUID | None = None) -> MinutesOfMeeting:
    return MinutesOfMeeting(uuid4(), meeting or uuid4(), "ordinary", held_on, language)


async def answered(office: Office, said: dict[str, Any] | None = None, **others: Any) -> Any:
    """The request as documents gets it."""
    made = await office.post("transfer-requests", request(office, **others), office.syndic)
    await office.post(f"transfer-requests/{made['id']}/statement", said or {}, office.syndic)
    return [r for r in (await sent(office))["documents.request"] if r.WhichOneof("content") == "transfer_statement"][-1]


class TestTheClock:
    @pytest.mark.parametrize(
        ("paragraph", "day", "until"),
        [
            (Paragraph.BEFORE_SALE, date(2026, 2, 20), date(2026, 3, 7)),
            (Paragraph.ON_TRANSFER, date(2026, 1, 31), date(2026, 3, 2)),
        ],
    )
    def test_is_fifteen_days_before_a_sale_and_thirty_on_a_transfer(
        self, paragraph: Paragraph, day: date, until: date
    ) -> None:
        assert answer_by(paragraph, day) == until

    async def test_is_shown_until_it_is_answered(self, office: Office) -> None:
        late = str(TODAY - timedelta(days=20))
        made = await office.post("transfer-requests", request(office, requested_on=late), office.syndic)
        (shown,) = await office.get("transfer-requests")
        assert (shown["days_left"], shown["answered_on"], shown["requester"]) == (-5, None, "Notaris Peers")
        await office.post(f"transfer-requests/{made['id']}/statement", {}, office.syndic)
        (shown,) = await office.get("transfer-requests")
        assert shown["answered_on"] == str(TODAY)
        again = await office.refused(f"transfer-requests/{made['id']}/statement", {}, office.syndic)
        assert again[:2] == (409, "REQUEST_ANSWERED")

    def test_counts_years_back_from_the_29th_of_february(self) -> None:
        assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)


class TestAStatement:
    @pytest.fixture
    async def house(self, office: Office, minutes: FakeGovernance) -> Office:
        """Working capital 1,000.00, reserve fund 200.00 of which 50.00 from last year; one demand is in arrears."""
        dated = PAST[1]
        await office.post("entries", entry(debit("550", "50"), credit("162", "50"), dated=dated))
        await office.post(
            "calls-for-funds", call(part("working_capital", "1000"), part("reserve_fund", "150"), due_on=str(TODAY))
        )
        paid = next(d for d in await office.get("demands") if d["party_name"] == "Dubois")
        await sends(office, statement(structured(paid, "100.00")))
        await office.post(
            "calls-for-funds",
            call(part("works", "500"), part("reserve_fund", "30"), due_on=str(TODAY + timedelta(days=60))),
        )
        meeting = uuid4()
        minutes.found = [
            kept(TODAY - timedelta(days=30), Language.FR, meeting), kept(TODAY - timedelta(days=30), meeting=meeting),
            kept(TODAY - timedelta(days=900), Language.FR), kept(years_before(TODAY, 3) - timedelta(days=1)),
        ]  # fmt: skip
        return office

    async def test_says_what_the_books_say_of_the_lot(self, house: Office) -> None:
        told = (await answered(house)).transfer_statement
        assert (told.working_capital, told.working_capital_part) == ("1000.00", "333.00")
        assert (told.reserve_fund, told.reserve_fund_part) == ("230.00", "76.59")
        # 367.00 and 55.05 for both of his lots, less what he has paid.
        assert (told.arrears, [d.open for d in told.open_demands]) == ("322.05", ["322.05"])
        assert [(c.amount, c.title) for c in told.reserve_calls] == [("9.99", "Kwartaaloproep")]
        assert [c.amount for c in told.works_calls] == ["166.50"]
        assert (told.shares, told.share_total, told.owner_name, told.lot) == (333, 1000, "Dubois", "A1")
        sums = [sum(int((getattr(line, side) or "0").replace(".", "")) for line in told.balance_sheet)
                for side in ("assets", "liabilities")]  # fmt: skip
        assert sums[0] == sums[1] > 0

    async def test_goes_with_the_minutes_of_three_years_in_the_notarys_language_where_there_are(
        self, house: Office, minutes: FakeGovernance
    ) -> None:
        letter = await answered(house)
        assert minutes.asked == [years_before(TODAY, 3)]
        wanted = [minutes.found[1].document_id, minutes.found[2].document_id]
        assert list(letter.dispatches[0].attachment_ids) == [str(one) for one in wanted]
        assert letter.transfer_statement.minutes[0].startswith("Gewone algemene vergadering van ")
        assert (letter.language, letter.dispatches[0].email) == ("nl", "n@peers.example")
        assert letter.visible_to_co_owner_id == ""

    async def test_says_what_only_people_know(self, house: Office) -> None:
        said = {
            "proceedings": [{"text": "Geschil met de aannemer", "amount": "12000"}, {"text": "Burenhinder"}],
            "recovery_costs": "45.5", "information_cost": "150",
        }  # fmt: skip
        told = (await answered(house, said)).transfer_statement
        assert [(p.text, p.amount) for p in told.proceedings] == [
            ("Geschil met de aannemer", "12000.00"), ("Burenhinder", ""),
        ]  # fmt: skip
        assert (told.recovery_costs, told.arrears, told.information_cost) == ("45.50", "367.55", "150.00")

    @pytest.mark.parametrize(
        ("deed", "arrears", "other_calls"),
        [(TODAY, "322.05", ["9.99"]), (TODAY - timedelta(days=1), "0.00", ["49.95", "333.00", "9.99"])],
    )
    async def test_on_a_transfer_is_about_the_seller_and_tells_what_falls_due_after_it(
        self, house: Office, deed: date, arrears: str, other_calls: list[str]
    ) -> None:
        seller, *others = house.neighbour.debtors
        house.neighbour.since[deed] = [msgspec.structs.replace(debtor("Zoe", {}), lots=seller.lots), *others]
        said = {"acquisitions": [{"text": "Caveau", "amount": "10"}]}
        told = (await answered(house, said, paragraph=2, transfer_on=str(deed))).transfer_statement
        assert (told.paragraph, told.transfer_on, told.owner_name) == (2, str(deed), "Dubois")
        assert (told.arrears, [c.amount for c in told.other_calls]) == (arrears, other_calls)
        assert [c.amount for c in told.works_calls] == ["166.50"]
        assert [(a.text, a.amount) for a in told.acquisitions] == [("Caveau", "10.00")]

    async def test_on_a_transfer_needs_its_day(self, office: Office) -> None:
        body = request(office, paragraph=2)
        refused = await office.refused("transfer-requests", body, office.syndic)
        assert refused == (400, "TRANSFER_DAY_MISSING", "transfer_on")

    @pytest.mark.parametrize("change", [{"lot_id": str(uuid4())}, {"paragraph": 3}, {"requester": {"name": "x"}}])
    async def test_of_what_is_not_there_is_refused(self, office: Office, change: dict[str, Any]) -> None:
        assert (await office.refused("transfer-requests", request(office, **change), office.syndic))[0] in (400, 404)

    @given(st.lists(st.integers(1, 9999), min_size=1, max_size=60), st.integers(-(10**9), 10**9))
    def test_of_every_lot_sums_to_the_fund(self, shares: list[int], amount: int) -> None:
        lots = [OwnedLot(uuid4(), str(n), share, {}, "apartment", True) for n, share in enumerate(shares)]
        funds = {Fund.WORKING: amount, Fund.RESERVE: 0}
        assert sum(parts_of(funds, lot, lots)[Fund.WORKING] for lot in lots) == amount


class TestANeighbour:
    @pytest.fixture
    def accounts(self, service: InProcess, office: Office, monkeypatch: pytest.MonkeyPatch) -> Accounts:
        monkeypatch.setattr(grpc, "caller_tenant", lambda: office.tenant)
        return Accounts(lambda tenant: PostgresUnitOfWork(service.pool, tenant), office.neighbour)

    async def test_is_told_what_owners_owe_on_a_day(self, office: Office, accounts: Accounts) -> None:
        await office.post("calls-for-funds", call(part(), part("reserve_fund", "100")))
        asked = pb.OwedOnRequest(association_id=str(office.association), on=str(TODAY))
        owed = (await accounts.OwedOn(asked, SimpleNamespace())).owners
        assert sorted((o.working_capital, o.reserve_fund) for o in owed) == [
            ("300.00", "30.00"), ("333.00", "33.30"), ("367.00", "36.70"),
        ]  # fmt: skip
        one = office.neighbour.debtors[0].id
        asked = pb.OwedOnRequest(association_id=str(office.association), on="2020-01-01", holders_ids=[str(one)])
        (before,) = (await accounts.OwedOn(asked, SimpleNamespace())).owners
        assert (before.holders_id, before.working_capital) == (str(one), "0.00")

    async def test_is_told_the_figures_of_lots_in_one_batch(self, office: Office, accounts: Accounts) -> None:
        await office.post("calls-for-funds", call(part("working_capital", "1000"), due_on=str(TODAY)))
        lots = [lot for debtor in office.neighbour.debtors for lot in debtor.lots]
        asked = pb.TransferFiguresRequest(
            association_id=str(office.association), on=str(TODAY), lot_ids=[str(lots[0].id), str(uuid4())]
        )
        told = await accounts.TransferFigures(asked, SimpleNamespace())
        assert [(lot.lot_id, lot.working_capital_part, lot.arrears) for lot in told.lots] == [
            (str(lots[0].id), "333.00", "367.00")
        ]
        with pytest.raises(TooManyLots):
            await accounts.TransferFigures(pb.TransferFiguresRequest(lot_ids=["x"] * 201), SimpleNamespace())
