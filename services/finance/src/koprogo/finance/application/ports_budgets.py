"""What budgets and decisions need, in their words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from koprogo.finance.application import views_budgets as views
from koprogo.finance.domain.budget import Budget, BudgetContent
from koprogo.finance.domain.decisions import Taken
from koprogo.finance.domain.instalments import Period


class Budgets(Protocol):
    async def find(self, association_id: UUID, budget_id: UUID) -> Budget | None:
        """Nobody else changes it until the end of the transaction."""
        ...

    async def get(self, association_id: UUID, budget_id: UUID) -> Budget: ...
    async def save(self, association_id: UUID, budget: Budget) -> None: ...
    async def delete(self, budget_id: UUID) -> None: ...
    async def content_at(self, budget: Budget, moment: datetime) -> BudgetContent:
        """What it said then; what it said first when it is younger."""
        ...

    async def standing(self, association_id: UUID, budget: Budget) -> Sequence[Budget]:
        """Other ordinary budgets that are adopted for days of its year."""
        ...

    async def called(self, budget_id: UUID) -> Sequence[Period]:
        """The periods of its instalments that were issued, and of those of the budgets it replaces."""
        ...

    async def spent(self, association_id: UUID, budget: Budget) -> Mapping[tuple[tuple[str, UUID | None], date], int]:
        """Cents by account and key, and first day of month: for an ordinary budget the ordinary charges and what it
        plans, paid by the working capital; for works the accounts it plans, whichever fund pays (R123).
        """
        ...


class Decisions(Protocol):
    async def note(self, taken: Taken) -> None:
        """Noting one twice changes nothing."""
        ...

    async def find(self, association_id: UUID, decision_id: UUID) -> Taken | None: ...


class BudgetScreens(Protocol):
    async def budgets(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.BudgetSummary]: ...
    async def budget(self, association_id: UUID, budget_id: UUID) -> views.BudgetView: ...
    async def variance(self, association_id: UUID, budget_id: UUID) -> views.VarianceView: ...
    async def decisions(self, association_id: UUID, limit: int, after: str | None) -> Sequence[views.TakenView]: ...
