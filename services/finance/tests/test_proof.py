"""A job proves that what is kept is the sum of what was posted, and says where it is not."""

from __future__ import annotations

import pytest

from koprogo.finance.adapters.jobs import UNPROVED, prove_books
from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.kit.database import UnitOfWork
from koprogo.kit.testing import InProcess

from .builders import Office, call, credit, debit, entry


class TestTheProof:
    @pytest.fixture
    async def posted(self, office: Office) -> Office:
        await office.post("calls-for-funds", call())
        await office.post("entries", entry(debit("65", "3"), credit("551", "3")))
        return office

    async def test_holds_for_what_was_posted(self, posted: Office) -> None:
        assert await posted.get("books/proof") == {"differences": []}

    @pytest.mark.parametrize(
        ("spoil", "named"),
        [
            ("update account_months set debit = debit + 1 where account = '65'", "account_months: 65 working_capital"),
            ("delete from account_months where account = '551'", "account_months: 551 working_capital"),
            ("update party_balances set amount = amount - 1", "party_balances: "),
            ("update demands set open_working_capital = 0", "demands: "),
        ],
    )
    async def test_names_what_differs(self, service: InProcess, posted: Office, spoil: str, named: str) -> None:
        async with (uow := UnitOfWork(service.pool, posted.tenant)):
            await uow.connection.execute(spoil)
        assert any(one.startswith(named) for one in (await posted.get("books/proof"))["differences"])

    async def test_is_made_of_all_books_and_counted(self, service: InProcess, posted: Office) -> None:
        def uow_of(tenant: object) -> PostgresUnitOfWork:
            return PostgresUnitOfWork(service.pool, tenant)  # type: ignore[arg-type]

        before = await prove_books(service.pool, uow_of)
        async with (uow := UnitOfWork(service.pool, posted.tenant)):
            await uow.connection.execute("update demands set open_working_capital = 0")
        assert await prove_books(service.pool, uow_of) == before + 1
        assert UNPROVED._value.get() == before + 1
