"""What screens show of arrears. Amounts are decimal strings in euro."""

from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain.arrears import Level
from koprogo.finance.domain.payment_plan import PlanState
from koprogo.kernel.words import Language


class AgesView(msgspec.Struct):
    not_due: str
    days_1_to_15: str
    days_16_to_30: str
    days_31_to_60: str
    days_over_60: str
    open: str
    overdue: str
    credit: str
    """What the owner has too much on his account; negative: owed outside of any demand."""
    balance: str
    """Of the account: what is open, less the credit."""


class OwnerArrears(msgspec.Struct):
    party_id: UUID
    party_name: str
    ages: AgesView


class ArrearsView(msgspec.Struct):
    on: date
    owners: list[OwnerArrears]
    """Those with something open or a credit."""
    total: AgesView


class InterestView(msgspec.Struct):
    demand_id: UUID
    party_id: UUID
    party_name: str
    since: date
    """The day of the formal notice or, in the safe mode, the end of the free days."""
    open: str
    interest: str
    claimed: str
    """By reminders that were sent."""


class PrivilegeView(msgspec.Struct):
    demand_id: UUID
    party_id: UUID
    party_name: str
    titles: dict[Language, str]
    issued_on: date
    open: str
    privileged_until: date
    is_over: bool


class ArrearsPolicyView(msgspec.Struct):
    threshold: str
    statement_days: int
    safe_mode: bool


class ProposalView(msgspec.Struct):
    party_id: UUID
    party_name: str
    level: Level | None
    """The next step of the ladder, also when it may not be sent yet."""
    is_sendable: bool
    reason: str
    sentence: str
    overdue: str
    """What a reminder would be about, or all that is overdue."""
    demand_ids: list[UUID]


class ReminderView(msgspec.Struct):
    id: UUID
    party_id: UUID
    party_name: str
    level: Level
    sent_on: date
    pay_until: date
    open: str
    cost: str
    interest: str
    total: str
    entry_id: UUID | None
    is_taken_over: bool
    """Sent by the former syndic: its letters are not here."""
    bank_checked_until: date | None
    """By hand, as who sent it has stated; None: the bank's statements are imported."""
    demand_ids: list[UUID]


class DisputeView(msgspec.Struct):
    id: UUID
    reason: str
    started_on: date
    ended_on: date | None


class InstalmentView(msgspec.Struct):
    due_on: date
    amount: str


class PaymentPlanView(msgspec.Struct):
    id: UUID
    party_id: UUID
    party_name: str
    agreed_on: date
    ended_on: date | None
    state: PlanState
    amount: str
    settled: str
    due: str
    """Sum of the instalments due so far."""
    instalments: list[InstalmentView]
