"""Whatever is posted, reversed, matched, stated, withdrawn and closed, in whatever order: the books hold (R114)."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koprogo.kernel.money import cents, euros
from koprogo.kit.database import UnitOfWork
from koprogo.kit.testing import InProcess

from .builders import PAST, TODAY, Office, call, credit, debit, entry, open_office, part
from .fakes import FakeProperty
from .stated import period
from .test_bank import free, movements, sends, statement, structured

KEPT_AND_SUMMED = (
    (
        "select account, fund, month, debit, credit from account_months order by 1, 2, 3",
        "select account, fund, date_trunc('month', dated)::date, sum(greatest(amount, 0))::bigint,"
        " sum(greatest(-amount, 0))::bigint from entry_lines group by 1, 2, 3 order by 1, 2, 3",
    ),
    (
        "select party_id, account, fund, amount from party_balances order by 1, 2, 3",
        "select party_id, account, fund, sum(amount)::bigint from entry_lines where party_id is not null"
        " group by 1, 2, 3 order by 1, 2, 3",
    ),
    (
        "select id, open_working_capital, open_reserve_fund from demands order by id",
        "select demand_id, coalesce(sum(amount) filter (where fund = 'working_capital'), 0)::bigint,"
        " coalesce(sum(amount) filter (where fund = 'reserve_fund'), 0)::bigint"
        " from entry_lines where demand_id is not null group by 1 order by 1",
    ),
)


OF_LAST_YEAR = {"from_day": str(PAST[0]), "until_day": str(PAST[1])}


class Bookkeeper:
    """Does what is drawn; what is refused changes nothing and is refused again in real life."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.random = office, random.Random(seed)
        self.statements = self.closing = 0

    def amount(self) -> str:
        return euros(self.random.choice((1, 99, 10_000, self.random.randrange(1, 10**9))))

    async def posts(self) -> None:
        account, fund = self.random.choice((("6101", "551"), ("611", "550"), ("65", "551"), ("742", "551")))
        in_fund = {"fund": "reserve_fund" if fund == "550" else "working_capital"}
        amount = self.amount()
        dated = self.random.choice((TODAY, PAST[1]))
        lines = debit(account, amount, **in_fund), credit(fund, amount)
        await self._try("entries", entry(*lines, dated=dated))

    async def reverses(self) -> None:
        entries = [e for e in await self.office.get("entries", limit=200) if e["journal"] == "miscellaneous"]
        by_hand = [e for e in entries if e["voucher_kind"] == "other"]
        if by_hand:
            chosen = self.random.choice(by_hand)
            await self._try(f"entries/{chosen['id']}/reversal", {"dated": str(TODAY), "text": "Wrong"})

    async def calls(self) -> None:
        await self._try("calls-for-funds", call(part(amount=self.amount()), part("reserve_fund", self.amount())))

    async def receives(self) -> None:
        demands = await self.office.get("demands", limit=200)
        moves = [free(self.amount()), free(f"-{self.amount()}")]
        if demands:
            one = self.random.choice(demands)
            moves += [structured(one), structured(one, self.amount())]
        self.random.shuffle(moves)
        moves = moves[: self.random.randrange(1, len(moves) + 1)]
        self.statements += 1
        await sends(self.office, statement(*moves, number=self.statements, opening=self.closing))
        self.closing += sum(move.amount for move in moves)

    async def matches(self) -> None:
        waiting = await movements(self.office, open_only=True)
        owners = await self.office.get("owners")
        if not waiting:
            return
        chosen = {"bank_entry_id": self.random.choice(waiting)["id"]}
        if owners and self.random.random() < 0.7:
            chosen["party_id"] = self.random.choice(owners)["party_id"]
        else:
            chosen["account"] = "742"
        await self._try("bank-entries/matches", {"choices": [chosen]})

    async def takes_back(self) -> None:
        matched = [m for m in await movements(self.office) if m["state"] == "matched"]
        if matched:
            chosen = self.random.choice(matched)["id"]
            answer = await self.office.accountant.delete(f"{self.office.path}/bank-entries/{chosen}/match")
            assert answer.status_code in (204, 409), answer.text

    async def states(self) -> None:
        await self._try("charge-statements", period())

    async def calls_for_works(self) -> None:
        await self._try("calls-for-funds", call(part("works", self.amount())))

    async def withdraws(self) -> None:
        stated = [f"charge-statements/{one['id']}" for one in await self.office.get("charge-statements")]
        issued = [f"calls-for-funds/{one['id']}" for one in await self.office.get("calls-for-funds", limit=200)]
        if stated or issued:
            chosen = self.random.choice(stated + issued)
            await self._try(f"{chosen}/withdrawal", {"reason": "Wrong"}, self.office.syndic)

    async def closes(self) -> None:
        await self._try(f"fiscal-years/{self.office.past}/closing", None)
        await self._try(f"fiscal-years/{self.office.past}/confirmation", None, self.office.syndic)

    async def _try(self, path: str, body: object, who: Any = None) -> None:
        answer = await (who or self.office.accountant).post(f"{self.office.path}/{path}", json=body)
        assert answer.status_code < 500, answer.text


async def check(office: Office) -> None:
    async with (uow := UnitOfWork(office.service.pool, office.tenant)):
        for kept, summed in KEPT_AND_SUMMED:
            rows = await uow.connection.fetch(kept)
            assert [tuple(r) for r in rows] == [tuple(r) for r in await uow.connection.fetch(summed)], kept
        unbalanced = await uow.connection.fetch(
            "select entry_id, fund from entry_lines group by 1, 2 having sum(amount) <> 0"
        )
        assert unbalanced == []
        numbers = await uow.connection.fetch(
            "select fiscal_year_id, journal, count(*) as n, max(number) as last from entries group by 1, 2"
        )
        assert all(row["n"] == row["last"] for row in numbers)
    balances = {key: cents(amount) for key, amount in (await office.balances()).items()}
    assert sum(amount for (account, _), amount in balances.items() if account == "580") == 0
    owners = sum(cents(one["balance"]) for one in await office.get("owners"))
    assert owners == sum(amount for (account, _), amount in balances.items() if account in ("4100", "4101"))
    waiting = sum(cents(one["amount"]) for one in await movements(office, open_only=True))
    assert balances.get(("4990", "working_capital"), 0) == -waiting
    demands = await office.get("demands", limit=200)
    assert all(0 <= cents(one["open"]) <= cents(one["total"]) for one in demands)
    withdrawn = [one for one in demands if one["withdrawn_on"] is not None]
    assert all(one["open"] == "0.00" for one in withdrawn)


DEEDS = ("posts", "reverses", "calls", "receives", "receives", "matches", "matches", "takes_back", "states",
         "calls_for_works", "withdraws", "withdraws", "closes")  # fmt: skip


class TestTheBooks:
    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(st.sampled_from(DEEDS), min_size=4, max_size=14), st.integers(0, 2**32))
    async def test_hold_after_every_deed(
        self, service: InProcess, neighbour: FakeProperty, deeds: list[str], seed: int
    ) -> None:
        async with open_office(service, neighbour) as office:
            bookkeeper = Bookkeeper(office, seed)
            for deed in deeds:
                await getattr(bookkeeper, deed)()
                await check(office)

    @pytest.mark.parametrize("seed", range(3))
    async def test_hold_after_a_long_year(self, service: InProcess, neighbour: FakeProperty, seed: int) -> None:
        async with open_office(service, neighbour) as office:
            bookkeeper = Bookkeeper(office, seed)
            for deed in random.Random(seed).choices(DEEDS[:-1], k=60):
                await getattr(bookkeeper, deed)()
            await check(office)

    @pytest.mark.parametrize("seed", range(3))
    async def test_are_the_same_in_whatever_order_entries_are_posted(
        self, service: InProcess, neighbour: FakeProperty, seed: int
    ) -> None:
        drawn = random.Random(seed)
        accounts = ("6101", "6120", "65", "742", "551", "57")
        entries = []
        for _ in range(25):
            (one, other), amount = drawn.sample(accounts, 2), euros(drawn.randrange(1, 10**8))
            entries.append(entry(debit(one, amount), credit(other, amount), dated=drawn.choice((TODAY, PAST[1]))))
        found = []
        for _ in range(2):
            async with open_office(service, neighbour) as office:
                for one_entry in entries:
                    await office.post("entries", one_entry)
                found.append((await office.balances(), await office.get("trial-balance", **OF_LAST_YEAR)))
            drawn.shuffle(entries)
        assert found[0] == found[1]
