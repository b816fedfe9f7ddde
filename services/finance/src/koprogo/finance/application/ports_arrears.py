"""What the use cases about arrears need, in their words."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from koprogo.finance.application import views_arrears as views
from koprogo.finance.domain.ageing import Balance
from koprogo.finance.domain.arrears import ArrearsPolicy, Standing
from koprogo.finance.domain.bank_first import KnownOfBank
from koprogo.finance.domain.legal_interest import UnderNotice
from koprogo.finance.domain.payment_plan import PaymentPlan
from koprogo.finance.domain.reminder import Reminder


class Arrears(Protocol):
    async def policy(self, association_id: UUID) -> ArrearsPolicy: ...
    async def save_policy(self, association_id: UUID, policy: ArrearsPolicy) -> None: ...
    async def standings(self, association_id: UUID, party_id: UUID | None = None) -> Sequence[Standing]:
        """Of every owner with an open demand, or of one."""
        ...

    async def known_of_bank(self, association_id: UUID) -> KnownOfBank: ...
    async def under_notice(self, association_id: UUID, party_id: UUID | None = None) -> Sequence[UnderNotice]:
        """Every demand of a call that a formal notice was ever given for."""
        ...


class Reminders(Protocol):
    async def sent(self, association_id: UUID, reminder_id: UUID) -> tuple[UUID, str] | None:
        """To which owner and of which level, when it was."""
        ...

    async def add(self, association_id: UUID, reminder: Reminder, *, at: datetime, by: UUID) -> None: ...


class Disputes(Protocol):
    async def open_of(self, association_id: UUID, demand_id: UUID) -> int: ...
    async def running(self, demand_id: UUID) -> str | None:
        """Its reason."""
        ...

    async def start(
        self, association_id: UUID, demand_id: UUID, dispute_id: UUID, reason: str, *, on: date, by: UUID
    ) -> None: ...
    async def end(self, demand_id: UUID, *, on: date, by: UUID) -> None: ...


class PaymentPlans(Protocol):
    async def running_of(self, association_id: UUID, party_id: UUID) -> PaymentPlan | None: ...
    async def get(self, association_id: UUID, plan_id: UUID) -> PaymentPlan: ...
    async def add(self, association_id: UUID, plan: PaymentPlan, demand_ids: Sequence[UUID], *, by: UUID) -> None: ...
    async def end(self, plan_id: UUID, *, on: date, by: UUID) -> None: ...


class ArrearsScreens(Protocol):
    async def balances(self, association_id: UUID, on: date) -> Sequence[Balance]:
        """Of every demand, and of what belongs to none, as the lines up to the day leave it; by owner's name."""
        ...

    async def privileges(self, association_id: UUID, on: date) -> Sequence[views.PrivilegeView]:
        """Debts of calls, open on the day, whose privilege is over or ends soon; the first to end first."""
        ...

    async def reminders(
        self, association_id: UUID, limit: int, after: str | None, party_id: UUID | None
    ) -> Sequence[views.ReminderView]: ...
    async def disputes(self, association_id: UUID, demand_id: UUID) -> Sequence[views.DisputeView]: ...
    async def payment_plans(
        self, association_id: UUID, limit: int, after: str | None, today: date
    ) -> Sequence[views.PaymentPlanView]: ...
