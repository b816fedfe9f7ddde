"""What a notary is told of a lot that is sold (état selon l'art. 3.94, staat volgens art. 3.94)."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import IntEnum
from uuid import UUID

import msgspec

from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.call_for_funds import CallKind
from koprogo.finance.domain.owners import Contact, OwnedLot
from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.money import split
from koprogo.kernel.words import Language


class Paragraph(IntEnum):
    BEFORE_SALE = 1
    ON_TRANSFER = 2


CLOCKS = {Paragraph.BEFORE_SALE: timedelta(days=15), Paragraph.ON_TRANSFER: timedelta(days=30)}
"""Calendar days to answer (R130, R131)."""
MINUTES_YEARS, STATEMENTS_YEARS = 3, 2


class TransferDayMissing(DomainError):
    reason = "TRANSFER_DAY_MISSING"


class RequestAnswered(Conflict):
    reason = "REQUEST_ANSWERED"


class TransferRequest(msgspec.Struct):
    id: UUID
    lot_id: UUID
    lot_number: str
    paragraph: Paragraph
    requested_on: date
    answer_by: date
    transfer_on: date | None
    requester: Contact
    answered_on: date | None = None
    document_id: UUID | None = None

    def owned_on(self, today: date) -> date:
        """Before the transfer, so that the owner is the seller also when the deed is noted already (R131)."""
        return today if self.transfer_on is None else min(today, self.transfer_on - timedelta(days=1))

    def check_open(self) -> None:
        if self.answered_on is not None:
            raise RequestAnswered(f"This request was answered on {self.answered_on}; register a new one to tell more.")


def answer_by(paragraph: Paragraph, requested_on: date) -> date:
    """The last day to answer: 15 calendar days before a sale, 30 on a transfer (R130, R131)."""
    return requested_on + CLOCKS[paragraph]


class ComingCall(msgspec.Struct, frozen=True):
    """What a lot was or will be asked of a call decided before the transfer and due after it."""

    titles: dict[Language, str]
    kind: CallKind
    decided_on: date
    due_on: date
    amount: int


class OpenDemandOfOwner(msgspec.Struct, frozen=True):
    titles: dict[Language, str]
    due_on: date
    asked: int
    open: int
    communication: str


class Figures(msgspec.Struct, frozen=True):
    """Of one lot, on a day. Cents."""

    funds: dict[Fund, int]
    """What the association has in each fund."""
    parts: dict[Fund, int]
    """The lot's, by its shares."""
    demands: tuple[OpenDemandOfOwner, ...]
    """Due and open, of the lot's owner; the oldest first."""
    coming: tuple[ComingCall, ...]

    @property
    def arrears(self) -> int:
        return sum(demand.open for demand in self.demands)

    def coming_of(self, *kinds: CallKind) -> list[ComingCall]:
        return [call for call in self.coming if call.kind in kinds]


def parts_of(funds: dict[Fund, int], lot: OwnedLot, lots: Sequence[OwnedLot]) -> dict[Fund, int]:
    """The lot's part of each fund by the shares of the deed; the parts of all lots sum to the fund."""
    weights = {one.id: one.shares for one in lots}
    return {fund: split(amount, weights)[lot.id] for fund, amount in funds.items()}


def years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
