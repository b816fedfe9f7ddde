"""What a payment settles: the demand it names, then what nobody disputes, the oldest first, then what is disputed; the
rest stays to the owner's credit.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.call_for_funds import OWNERS_ACCOUNT
from koprogo.finance.domain.journal import Line
from koprogo.kernel.money import split


class OpenDemand(msgspec.Struct):
    """A demand and what of it is still to be paid, in cents by fund; settling changes that."""

    id: UUID
    call_id: UUID | None
    """None: it comes from a reminder."""
    party_id: UUID
    communication: str
    due_on: date
    asked: dict[Fund, int]
    unpaid: dict[Fund, int]
    is_disputed: bool = False

    @property
    def open(self) -> int:
        return sum(self.unpaid.values())

    @property
    def paid(self) -> int:
        return sum(self.asked.values()) - self.open

    def settle(self, amount: int) -> list[Line]:
        """At most `amount` of it is paid, from both funds in the proportion of what is open."""
        return self._move(-min(amount, self.open), self.unpaid)

    def reopen(self, amount: int) -> list[Line]:
        """At most `amount` of what was paid came back, and is owed again."""
        return self._move(min(amount, self.paid), {fund: self.asked[fund] - self.unpaid[fund] for fund in self.asked})

    def _move(self, amount: int, weights: dict[Fund, int]) -> list[Line]:
        if not amount:
            return []
        parts = split(amount, weights)
        for fund, part in parts.items():
            self.unpaid[fund] += part
        return [
            Line(account=OWNERS_ACCOUNT[fund], amount=part, fund=fund, party_id=self.party_id, demand_id=self.id)
            for fund, part in parts.items()
            if part
        ]


def settle(party_id: UUID, amount: int, demands: Sequence[OpenDemand]) -> list[Line]:
    """Credits for `amount` (> 0) over `demands` in their order; the rest is to the party's credit."""
    lines: list[Line] = []
    for demand in demands:
        lines += demand.settle(amount + sum(line.amount for line in lines))
    return lines + credit(party_id, amount + sum(line.amount for line in lines))


def credit(party_id: UUID, amount: int) -> list[Line]:
    """`amount` to the party's credit, for demands to come; negative: against him, outside of any demand."""
    if not amount:
        return []
    return [Line(account=chart_template.OWNERS_WORKING, amount=-amount, fund=Fund.WORKING, party_id=party_id)]


def in_order(demands: Iterable[OpenDemand]) -> list[OpenDemand]:
    """What is paid without reference settles the oldest demand first, and none that is disputed before the others:
    who pays a lump sum does not give up his dispute.
    """
    return sorted(
        (demand for demand in demands if demand.open > 0),
        key=lambda demand: (demand.is_disputed, demand.due_on, demand.id),
    )
