"""What was called for works (travaux, werken) and is not spent when a period is stated: it is carried forward, and set
off in the period in which the works are invoiced.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.invoice import WORKS_ACCOUNT
from koprogo.finance.domain.ownership_period import OwnershipPeriod
from koprogo.kernel.errors import DomainError
from koprogo.kernel.money import split
from koprogo.kernel.words import Language


class WorksUnknown(DomainError):
    reason = "WORKS_UNKNOWN"


class Works(msgspec.Struct, frozen=True):
    id: UUID
    """Of the decision in governance's register, else of the call or of the entry that called for them."""
    titles: dict[Language, str]
    decided_on: date


class WorksAmount(msgspec.Struct, frozen=True, kw_only=True):
    """Of what was called for works: from one owner by one lot, in cents."""

    works: Works
    key_name: str
    """Empty: by the shares of the deed."""
    lot_id: UUID | None
    """None: called by hand, without saying by which lot."""
    party_id: UUID
    amount: int


class WorksLine(msgspec.Struct, frozen=True, kw_only=True):
    """Where one owner stands with works by one lot; what is left of `brought` and `called` is set off."""

    works: Works
    key_name: str
    lot_id: UUID | None
    party_id: UUID
    brought: int
    """Carried forward by earlier statements."""
    called: int
    carried: int
    """To the periods to come."""

    @property
    def available(self) -> int:
        return self.brought + self.called

    @property
    def set_off(self) -> int:
        return self.available - self.carried


def brought_to(amounts: Iterable[WorksAmount], ownership: OwnershipPeriod) -> list[WorksAmount]:
    """What was carried forward goes with the lot: to those who bear its charges now, by days (R132)."""
    found: list[WorksAmount] = []
    for one in amounts:
        days = ownership.days.get(one.lot_id) if one.lot_id is not None else None
        parts = split(one.amount, days) if days else {one.party_id: one.amount}
        found += [
            msgspec.structs.replace(one, party_id=party_id, amount=part) for party_id, part in parts.items() if part
        ]
    return found


def works_lines(
    brought: Sequence[WorksAmount],
    called: Sequence[WorksAmount],
    spent: Mapping[str, int],
    finished: Iterable[UUID] = (),
) -> list[WorksLine]:
    """`spent`: on works in the period, by the name of the key that bears it. It uses what was called by the same key
    first, then by others, what was decided first before what was decided later. The rest is carried forward, but for
    works that are finished: of those nothing is.
    """
    done = frozenset(finished)
    if unknown := done - {one.works.id for one in (*brought, *called)}:
        raise WorksUnknown(
            "Nothing was called for these works, or all of it is set off already; leave them out.",
            field="finished_works",
            works=min(unknown, key=str),
        )
    lines = _joined(brought, called)
    pots: dict[tuple[date, UUID, str], dict[int, int]] = defaultdict(dict)
    for number, line in enumerate(lines):
        if line.available > 0:
            pots[line.works.decided_on, line.works.id, line.key_name][number] = line.available
    used = _used({place: sum(pot.values()) for place, pot in pots.items()}, spent)
    carried = dict.fromkeys(range(len(lines)), 0)
    for place, pot in pots.items():
        if place[1] not in done:
            parts = split(used[place], pot)
            carried |= {number: amount - parts[number] for number, amount in pot.items()}
    return [msgspec.structs.replace(line, carried=carried[number]) for number, line in enumerate(lines)]


def _used(pots: Mapping[tuple[date, UUID, str], int], spent: Mapping[str, int]) -> dict[tuple[date, UUID, str], int]:
    left, of_key = max(sum(spent.values()), 0), dict(spent)
    used = dict.fromkeys(pots, 0)
    for by_key in (True, False):
        for place in sorted(pots):
            part = min(pots[place] - used[place], left)
            if by_key:
                part = min(part, max(of_key.get(place[2], 0), 0))
                of_key[place[2]] = of_key.get(place[2], 0) - part
            used[place] += part
            left -= part
    return used


def _joined(brought: Sequence[WorksAmount], called: Sequence[WorksAmount]) -> list[WorksLine]:
    works: dict[UUID, Works] = {}
    sums: dict[tuple[UUID, str, UUID | None, UUID], list[int]] = {}
    for kind, amounts in enumerate((brought, called)):
        for one in amounts:
            works.setdefault(one.works.id, one.works)
            sums.setdefault((one.works.id, one.key_name, one.lot_id, one.party_id), [0, 0])[kind] += one.amount
    return [
        WorksLine(
            works=works[works_id], key_name=key_name, lot_id=lot_id, party_id=party_id,
            brought=before, called=now, carried=0,
        )
        for (works_id, key_name, lot_id, party_id), (before, now) in sums.items()
        if before or now
    ]  # fmt: skip


def is_works(account: str, planned: Iterable[str]) -> bool:
    """Spent on works: their account, or one that an adopted budget of works plans; and what an accountant has carried
    forward by hand, or taken back.
    """
    return account.startswith((WORKS_ACCOUNT, chart_template.CALLS_WORKS)) or account in planned
