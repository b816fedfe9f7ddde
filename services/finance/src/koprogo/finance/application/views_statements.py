"""What a charge statement says. Amounts are decimal strings in euro; names are in the language of the reader."""

from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.application.views import WithdrawalView
from koprogo.finance.domain.account import Fund


class WorksView(msgspec.Struct):
    """Where works stand that owners were called for."""

    works_id: UUID
    """To be named among the finished works of a later statement."""
    title: str
    brought: str
    """Carried forward by earlier statements."""
    called: str
    """In the period."""
    set_off: str
    """As spent."""
    carried: str
    """To the periods to come."""


class ChargeStatementView(msgspec.Struct):
    id: UUID
    period_from: date
    period_until: date
    issued_on: date
    due_on: date
    owners: int
    charges: str
    called: str
    """And set off."""
    difference: str
    open: str
    """Still to be paid of it."""
    works: list[WorksView]
    entry_id: UUID | None
    """None when nobody differed."""
    withdrawal: WithdrawalView | None
    """None: it stands."""


class OwnerStatementLine(msgspec.Struct):
    """In the list of a statement's owners."""

    party_id: UUID
    party_name: str
    charges: str
    called: str
    difference: str
    open: str
    demand_id: UUID | None


class ChargeLineView(msgspec.Struct):
    account: str
    account_name: str
    label: str
    dated: date
    whole: str
    shares: int
    share_total: int
    key_name: str
    lot_id: UUID
    lot_number: str
    days: int
    """Of ownership, of `days_total`; both 0 when the lot did not change hands."""
    days_total: int
    amount: str
    occupant_percent: int
    occupant_part: str


class FundView(msgspec.Struct):
    fund: Fund
    opening: str
    called: str
    spent: str
    closing: str
    own_part: str


class OwnerStatementView(msgspec.Struct):
    statement_id: UUID
    period_from: date
    period_until: date
    issued_on: date
    party_id: UUID
    party_name: str
    lines: list[ChargeLineView]
    charges: str
    called: str
    difference: str
    """Positive is to be paid, negative is to his credit."""
    funds: list[FundView]
    account_balance: str
    """On the last day of the period; positive is owed."""
    works: list[WorksView]
    """Called from him: what is set off is in `called`, the rest is carried forward."""
    occupant_total: str
    demand_id: UUID | None
    communication: str
    due_on: date
    open: str
    withdrawal: WithdrawalView | None
    """None: it stands."""


class OccupantStatement(msgspec.Struct):
    """What a lease usually puts on the occupant of a lot (R126); information only."""

    lot_id: UUID
    lot_number: str
    period_from: date
    period_until: date
    lines: list[ChargeLineView]
    charges: str
    """Of the owner for this lot."""
    occupant_total: str
