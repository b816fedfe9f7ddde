"""Who holds what right in a lot: full ownership, bare ownership (nue-propriété, blote eigendom) or usufruct."""

import re
from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from uuid import UUID, uuid5

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


class NotAFraction(DomainError):
    reason = "NOT_A_FRACTION"


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


def fraction_of(text: str) -> Fraction:
    """Written `1/2` or `1`; more than nothing, and not more than the whole."""
    found = re.fullmatch(r"([0-9]{1,6})(?:\s*/\s*([0-9]{1,6}))?", text)
    if not found or int(found[2] or 1) == 0 or not 0 < Fraction(int(found[1]), int(found[2] or 1)) <= 1:
        raise NotAFraction("A fraction is written 1/2, at most 1.", field="fraction")
    return Fraction(int(found[1]), int(found[2] or 1))


def is_divided(holdings: Iterable[Holding]) -> bool:
    """Held by more than one, or split into bare ownership and usufruct (R022)."""
    held = list(holdings)
    return len(held) != 1 or held[0].right is not Right.FULL


def holders_id(association_id: UUID, holdings: Iterable[Holding]) -> UUID:
    """Who owes jointly (R013): a sole owner himself, and the same holders in the same parts always the same."""
    held = list(holdings)
    if not is_divided(held):
        return held[0].co_owner_id
    return uuid5(association_id, "|".join(sorted(f"{h.co_owner_id}:{h.right}:{h.fraction}" for h in held)))
