"""All that a statement of art. 3.94 says: what people know, and what books, minutes and deed say."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from koprogo.finance.application.amounts import Positive
from koprogo.finance.application.ports_transfers import MinutesOfMeeting
from koprogo.finance.domain.owners import OwnedLot
from koprogo.finance.domain.transfer_statement import Figures, TransferRequest
from koprogo.kernel.words import Language


class ProceedingToTell(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    amount: Positive | None = None


class AnswerTransferRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What only people know; everything else comes from the books, the minutes and the deed."""

    proceedings: Annotated[list[ProceedingToTell], msgspec.Meta(max_length=50)] = []
    acquisitions: Annotated[list[ProceedingToTell], msgspec.Meta(max_length=50)] = []
    recovery_costs: Positive | None = None
    information_cost: Positive | None = None
    """By the syndic's contract, borne by the seller (R133)."""


class Answer(msgspec.Struct, frozen=True):
    """All that the statement says; the adapter puts it into the requester's language."""

    request: TransferRequest
    lot: OwnedLot
    share_total: int
    owner_name: str
    figures: Figures
    said: AnswerTransferRequest
    minutes: tuple[MinutesOfMeeting, ...]
    statement_ids: tuple[UUID, ...]
    balance_sheet_on: date
    balance_sheet: tuple[tuple[str, dict[Language, str], int], ...]
    dated: date
