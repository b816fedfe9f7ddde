"""What screens show of lots that change hands. Amounts are decimal strings in euro."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.finance.application.views import WithdrawalView


class TransferState(StrEnum):
    TO_COME = "to_come"
    TO_SETTLE = "to_settle"
    SETTLED = "settled"
    NOTHING_TO_SETTLE = "nothing_to_settle"


class TransferView(msgspec.Struct):
    lot_id: UUID
    lot_number: str
    """Empty while it is not known."""
    transferred_on: date
    seller_id: UUID | None
    seller_name: str
    buyer_id: UUID | None
    buyer_name: str
    state: TransferState
    reason: str = ""
    """Why there is nothing to settle, or what keeps it from being settled: SAME_OWNER, OWNERSHIP_UNCLEAR, …"""
    sentence: str = ""
    """The reason, in the language of who reads it."""
    figures: dict[str, str] = {}
    amount: str | None = None
    """That was, or would be, called from the buyer and credited to the seller."""
    settled_on: date | None = None
    call_id: UUID | None = None
    """Of the buyer's demand and of its letters."""
    entry_id: UUID | None = None
    withdrawal: WithdrawalView | None = None
    """The last one, also when the transfer was settled anew since."""
