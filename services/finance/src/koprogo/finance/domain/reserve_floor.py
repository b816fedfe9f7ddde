"""What must go to the reserve fund every year, unless the meeting waives it (R121)."""

from datetime import date
from enum import StrEnum

import msgspec

from koprogo.finance.domain.months import months_later

NOT_ORDINARY = ("611", "642", "643", "66")
"""Works, costs that single owners bear, and exceptional costs."""


class FloorStatus(StrEnum):
    OK = "ok"
    BELOW = "below"
    WAIVED = "waived"
    NOT_YET_DUE = "not_yet_due"
    UNKNOWN = "unknown"
    """The books do not have the year before."""


class ReserveFloor(msgspec.Struct, frozen=True):
    status: FloorStatus
    charges: int | None
    """Ordinary common charges of the year before."""
    floor: int | None
    """The least contribution, whole cents."""


def is_ordinary(account: str) -> bool:
    """An expense account of ordinary common charges (R121)."""
    return account.startswith("6") and not account.startswith(NOT_ORDINARY)


def reserve_floor(
    contribution: int, *, last_day: date, charges: int | None, acceptance: date | None, waived: bool
) -> ReserveFloor:
    """R121: a contribution of at least 5 % of the ordinary common charges of the year before.

    Those are the expense accounts of the working capital in that year but for 611 works, 66 exceptional costs, and
    642 and 643, which are private and no common charge. The duty begins 5 years after the provisional acceptance: it
    counts for the year in which that day falls. Without a recorded acceptance the building is taken to be older.
    """
    floor = None if charges is None else max(-(-charges * 5 // 100), 0)
    if acceptance is not None and months_later(acceptance, 60) > last_day:
        status = FloorStatus.NOT_YET_DUE
    elif floor is not None and contribution >= floor:
        status = FloorStatus.OK
    elif waived:
        status = FloorStatus.WAIVED
    else:
        status = FloorStatus.UNKNOWN if floor is None else FloorStatus.BELOW
    return ReserveFloor(status, charges, floor)
