"""Who holds what right in a lot: full ownership, bare ownership (nue-propriété, blote eigendom) or usufruct."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError


class Right(StrEnum):
    FULL = "full"
    BARE = "bare"
    USUFRUCT = "usufruct"


class Holding(msgspec.Struct, frozen=True):
    co_owner_id: UUID
    right: Right
    fraction: Fraction


class HoldingsDoNotAddUp(DomainError):
    """R006: what is held of one lot is exactly one lot."""

    reason = "HOLDINGS_DO_NOT_ADD_UP"


def check_holdings(lot_number: str, holdings: Iterable[Holding]) -> None:
    """Full and bare ownership make one, and so do full ownership and usufruct (R006)."""
    sums = dict.fromkeys(Right, Fraction(0))
    for holding in holdings:
        sums[holding.right] += holding.fraction
    for other in (Right.BARE, Right.USUFRUCT):
        total = sums[Right.FULL] + sums[other]
        if total != 1:
            raise HoldingsDoNotAddUp(
                f"Lot {lot_number}: full ownership and {_NAMES[other]} add up to {total} instead of 1.",
                field="fraction",
            )


_NAMES = {Right.BARE: "bare ownership", Right.USUFRUCT: "usufruct"}


def is_divided(holdings: Iterable[Holding]) -> bool:
    """Held by more than one, or split into bare ownership and usufruct (R022)."""
    held = list(holdings)
    return len(held) != 1 or held[0].right is not Right.FULL
