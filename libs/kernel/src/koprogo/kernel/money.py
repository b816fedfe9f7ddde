"""Euro: integer cents in code, decimal strings ("1234.50") on the wire. Parts that sum to the whole."""

import re
from collections.abc import Mapping
from typing import TypeVar

from koprogo.kernel.errors import DomainError

K = TypeVar("K")

AMOUNT_PATTERN = r"^-?\d{1,12}(\.\d{1,2})?$"


class NotAnAmount(DomainError):
    reason = "NOT_AN_AMOUNT"


class NothingBearsIt(DomainError):
    """An amount cannot be split when nobody has a share of it."""

    reason = "NOTHING_BEARS_IT"


def cents(text: str) -> int:
    """From a decimal string in euro: "12.5" is 1250. At most two decimals."""
    if not re.fullmatch(AMOUNT_PATTERN, text, re.ASCII):
        raise NotAnAmount("Write an amount in euro with a point and at most two decimals, like 1234.50.")
    whole, _, fraction = text.removeprefix("-").partition(".")
    value = int(whole) * 100 + int(fraction.ljust(2, "0"))
    return -value if text.startswith("-") else value


def euros(amount: int) -> str:
    """The decimal string of an amount in cents, always with two decimals."""
    whole, fraction = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{fraction:02d}"


def split(amount: int, weights: Mapping[K, int]) -> dict[K, int]:
    """`amount` in cents over `weights` (shares, >= 0) by largest remainder; ties by the order of `weights` (R125).

    The parts sum to the amount exactly, and each differs from its exact quota by less than a cent.
    """
    total = sum(weights.values())
    if total <= 0 or min(weights.values()) < 0:
        raise NothingBearsIt("Nobody has a share in this amount; choose a key that some lots bear.")
    size = abs(amount)
    parts = {key: size * weight // total for key, weight in weights.items()}
    left = size - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: -(size * weights[key] % total))
    for key in by_remainder[:left]:
        parts[key] += 1
    return parts if amount >= 0 else {key: -part for key, part in parts.items()}
