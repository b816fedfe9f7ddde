"""What reports are made from."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from koprogo.finance.application import views, views_reports
from koprogo.finance.domain.account import Account
from koprogo.finance.domain.ledger import NumberedEntry
from koprogo.finance.domain.report import Moved, Result


class Reports(Protocol):
    async def accounts(self, association_id: UUID) -> Mapping[str, Account]: ...
    async def year(self, association_id: UUID, year_id: UUID) -> tuple[date, date]: ...
    async def year_on(self, association_id: UUID, day: date) -> tuple[date, date] | None: ...
    async def moved(self, association_id: UUID, from_day: date, until_day: date) -> Sequence[Moved]:
        """Every account that holds or moved something, in the order of the chart."""
        ...

    async def results(self, association_id: UUID, from_day: date, until_day: date) -> Sequence[Result]: ...
    async def postings(
        self, association_id: UUID, from_day: date, until_day: date, account: str | None
    ) -> Sequence[views_reports.Posting]:
        """By account, fund and day."""
        ...

    async def entries(self, association_id: UUID) -> Sequence[NumberedEntry]:
        """All of them, by day."""
        ...

    async def party_names(self, association_id: UUID) -> dict[UUID, str]: ...
    async def owners(self, association_id: UUID, on: date) -> Sequence[views.OwnerBalance]: ...
