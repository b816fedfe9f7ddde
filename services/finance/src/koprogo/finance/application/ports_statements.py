"""What charge statements need."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

import msgspec

from koprogo.finance.application import views_statements
from koprogo.finance.domain.charge_statement import Charge, ChargeStatement, OwnerStatement
from koprogo.finance.domain.fund_movement import FundMovement
from koprogo.finance.domain.owners import Debtor
from koprogo.finance.domain.settlement import NotedTransfer
from koprogo.finance.domain.works import WorksAmount
from koprogo.kernel.words import Language


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an owner stands when his statement is issued, in cents."""

    funds: tuple[tuple[FundMovement, int], ...]
    """Each with his own part of its closing amount."""
    account_balance: int
    """On the last day of the period."""
    to_pay: int
    """What is still open of the statement's demand, once credits have settled of it what they could."""


class ChargeStatements(Protocol):
    async def note_transfer(self, association_id: UUID, noted: NotedTransfer) -> None:
        """A lot changes hands on this day; noting it again changes nothing but what was not known."""
        ...

    async def transfer_days(self, association_id: UUID, first_day: date, last_day: date) -> Sequence[date]: ...
    async def charges(self, association_id: UUID, first_day: date, last_day: date) -> Sequence[Charge]:
        """Of the working capital; and what was called of it without saying from whom, which lowers everybody's."""
        ...

    async def called(self, association_id: UUID, first_day: date, last_day: date) -> Mapping[UUID, int]:
        """For provisions, by owner."""
        ...

    async def called_for_works(
        self, association_id: UUID, first_day: date, last_day: date
    ) -> Sequence[WorksAmount]: ...
    async def works_carried(self, association_id: UUID, before: date) -> Sequence[WorksAmount]:
        """By statements of periods before a day, and not set off since; by lot, and of whom it was called last."""
        ...

    async def works_accounts(self, association_id: UUID) -> frozenset[str]:
        """Those that adopted budgets of works plan."""
        ...

    async def debtors(self, association_id: UUID, party_ids: Sequence[UUID]) -> Sequence[Debtor]:
        """As the books know them: without lots and addresses."""
        ...

    async def add(self, association_id: UUID, statement: ChargeStatement, entry_id: UUID | None) -> None:
        """With its demands, which stand before the lines that raise them."""
        ...

    async def open_of(self, statement_id: UUID) -> Mapping[UUID, int]:
        """By demand."""
        ...

    async def add_owner(
        self, association_id: UUID, statement_id: UUID, own: OwnerStatement, standing: Standing
    ) -> None: ...


class StatementScreens(Protocol):
    async def statements(
        self, association_id: UUID, limit: int, after: str | None, language: Language
    ) -> Sequence[views_statements.ChargeStatementView]: ...
    async def check(self, association_id: UUID, statement_id: UUID) -> None:
        """Refuses what is no statement of this association."""
        ...

    async def owners(
        self, association_id: UUID, statement_id: UUID, limit: int, after: str | None, *, holders: Sequence[UUID] | None
    ) -> Sequence[views_statements.OwnerStatementLine]:
        """`holders`: only what concerns one of these co-owners."""
        ...

    async def owner(
        self,
        association_id: UUID,
        statement_id: UUID,
        party_id: UUID,
        language: Language,
        *,
        holders: Sequence[UUID] | None,
    ) -> views_statements.OwnerStatementView: ...
