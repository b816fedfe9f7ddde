"""Who owned which lot for how many days of a period (R132): the buyer bears what is spread over days from the day of
the deed on.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import msgspec

from koprogo.finance.domain.owners import Debtor, OwnedLot, Owners, lot_order
from koprogo.kernel.errors import Conflict


class OwnershipUnclear(Conflict):
    reason = "OWNERSHIP_UNCLEAR"


class OwnershipPeriod(msgspec.Struct, frozen=True):
    lots: tuple[OwnedLot, ...]
    """With their shares on the last day, in the order of their numbers."""
    days: dict[UUID, dict[UUID, int]]
    """By lot and debtor, who came first first."""
    debtors: dict[UUID, Debtor]
    """Everybody who owned something, as property named them last."""
    last: Owners

    @property
    def key_names(self) -> dict[UUID, str]:
        return self.last.key_names


def ownership_of(first_day: date, last_day: date, rolls: Mapping[date, Owners], last: Owners) -> OwnershipPeriod:
    """`rolls` of the first day and of every day a lot was transferred; `last` of the last day tells whether a
    transfer is missing between them.
    """
    starts = sorted(rolls)
    if not starts or starts[0] != first_day:
        raise ValueError("the roll of the first day is missing")
    days: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    debtors: dict[UUID, Debtor] = {}
    for start, end in zip(starts, [*starts[1:], last_day + timedelta(days=1)], strict=True):
        for debtor, lot in rolls[start].lots():
            debtors[debtor.id] = debtor
            days[lot.id][debtor.id] = days[lot.id].get(debtor.id, 0) + (end - start).days
    known = {lot.id: debtor.id for debtor, lot in rolls[starts[-1]].lots()}
    for debtor, lot in last.lots():
        if known.get(lot.id) != debtor.id:
            raise OwnershipUnclear(
                f"Lot {lot.number} had another owner on {last_day} than its transfers tell; wait until its transfer is "
                "noted here, or enter it in the register of owners.",
                lot=lot.number,
                last_day=last_day,
            )
    lots = sorted((lot for _, lot in last.lots()), key=lambda lot: lot_order(lot.number))
    return OwnershipPeriod(tuple(lots), dict(days), debtors | {one.id: one for one in last.debtors}, last)
