"""What the books keep of statements and their movements."""

from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.bank_chain import Linked
from koprogo.finance.domain.bank_statement import BankEntry, BankStatement


class StoredStatement(msgspec.Struct, frozen=True):
    id: UUID
    statement: BankStatement

    @property
    def linked(self) -> Linked:
        of = self.statement
        return Linked(of.number, of.from_day, of.until_day, of.opening, of.closing)


class Movement(msgspec.Struct, frozen=True):
    id: UUID
    entry: BankEntry
    account: str
    """Of the bank, in the chart."""
    fund: Fund
    is_open: bool
    """Stands on the suspense account."""
    entry_id: UUID
    match_entry_id: UUID | None
    is_payment: bool
    """One we ordered; its booking is not undone by hand."""


class PaidDemand(msgspec.Struct, frozen=True):
    id: UUID
    call_id: UUID | None
    party_id: UUID
