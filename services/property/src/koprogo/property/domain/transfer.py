"""The transfer of a lot (mutation, overdracht): its holders leave on the day of the deed, others come (R133)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Conflict, DomainError
from koprogo.property.domain.ownership import Holding

FARTHEST = timedelta(days=365)


class HeldSinceLater(Conflict):
    reason = "HELD_SINCE_LATER"


class TransferTooFarAhead(DomainError):
    reason = "TRANSFER_TOO_FAR_AHEAD"


class HolderTwice(DomainError):
    reason = "HOLDER_TWICE"


class LotTransferred(msgspec.Struct, frozen=True):
    association_id: UUID
    lot_id: UUID
    lot_number: str
    transferred_on: date
    from_holders_id: UUID
    to_holders_id: UUID
    from_holder_ids: tuple[UUID, ...]
    to_holder_ids: tuple[UUID, ...]
    departures: Mapping[UUID, date]
    """Former holders who are left without any lot of the association, and since when."""


def check_day(on: date, *, held_since: date, today: date) -> None:
    """Periods of ownership follow each other; a deed is not foreseen years ahead."""
    if on <= held_since:
        raise HeldSinceLater(
            f"Its present holders have held this lot since {held_since}; a transfer is after that day.",
            field="transferred_on",
            held_since=held_since,
        )
    if on > today + FARTHEST:
        raise TransferTooFarAhead("A transfer is noted at most a year ahead.", field="transferred_on")


def check_named_once(holdings: Sequence[Holding]) -> None:
    seen = set()
    for position, holding in enumerate(holdings):
        if (holding.co_owner_id, holding.right) in seen:
            raise HolderTwice(
                "Name a holder once for a right, with all that he holds of it.", field=f"holdings.{position}"
            )
        seen.add((holding.co_owner_id, holding.right))
