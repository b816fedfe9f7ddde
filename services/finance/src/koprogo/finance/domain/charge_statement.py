"""The charge statement (décompte, afrekening van de lasten): what a period has cost each owner, lot by lot and to the
cent, less what was called from him for it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.domain import chart_template
from koprogo.finance.domain.account import Fund
from koprogo.finance.domain.journal import Entry, Journal, Line, Voucher
from koprogo.finance.domain.owners import Debtor, OwnedLot
from koprogo.finance.domain.ownership_period import OwnershipPeriod
from koprogo.finance.domain.works import WorksLine, is_works
from koprogo.kernel.errors import Conflict
from koprogo.kernel.money import split


class ChargeWithoutBearer(Conflict):
    """R120."""

    reason = "CHARGE_WITHOUT_BEARER"


class PeriodNotOver(Conflict):
    reason = "PERIOD_NOT_OVER"


class NothingToState(Conflict):
    reason = "NOTHING_TO_STATE"


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the books that owners bear: an expense, or negative an income that lowers the charges."""

    account: str
    label: str
    dated: date
    amount: int
    key_id: UUID | None = None
    lot_id: UUID | None = None
    """The one lot whose private cost it is."""
    occupant_percent: int = 0


class ChargeLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one owner bears of a charge by one of his lots; cents."""

    account: str
    label: str
    dated: date
    whole: int
    shares: int
    share_total: int
    key_name: str
    lot_id: UUID
    lot_number: str
    days: int
    """Of ownership, of `days_total`; both 0 when the lot did not change hands."""
    days_total: int
    amount: int
    occupant_percent: int
    occupant_part: int


class OwnerStatement(msgspec.Struct, frozen=True, kw_only=True):
    debtor: Debtor
    lines: tuple[ChargeLine, ...]
    called: int
    """And set off: for provisions, and for works what of it is spent."""
    works: tuple[WorksLine, ...] = ()
    demand_id: UUID | None = None
    """Only when something is to be paid."""
    communication: str = ""

    @property
    def charges(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def difference(self) -> int:
        """Positive is still to be paid, negative is to his credit."""
        return self.charges - self.called

    @property
    def works_carried(self) -> int:
        """What was called from him for works, and is kept for the periods to come."""
        return sum(line.carried for line in self.works)

    @property
    def occupant_total(self) -> int:
        return sum(line.occupant_part for line in self.lines)


class ChargeStatement(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    first_day: date
    last_day: date
    issued_on: date
    due_on: date
    owners: tuple[OwnerStatement, ...]

    @property
    def works_moved(self) -> int:
        """What is carried forward for works, less what was brought; negative when more is set off than was called."""
        return sum(line.carried - line.brought for own in self.owners for line in own.works)


def check_over(last_day: date, today: date) -> None:
    if last_day >= today:
        raise PeriodNotOver(f"The period runs until {last_day}; state its charges afterwards.", last_day=last_day)


def share_out(charges: Sequence[Charge], ownership: OwnershipPeriod) -> dict[UUID, list[ChargeLine]]:
    """What each debtor bears, in the order of `charges`. The lines of a charge sum to it exactly: over the lots by
    its key or the shares of the deed, and of a lot that changed hands over the days (R120, R125, R132).
    """
    found: dict[UUID, list[ChargeLine]] = defaultdict(list)
    for charge in charges:
        weights = {lot.id: weight for lot in ownership.lots if (weight := _weight(lot, charge))}
        if not weights:
            raise ChargeWithoutBearer(
                f"Nobody bears “{charge.label}” of {charge.dated} on account {charge.account}: its key has no lot, or "
                "its lot is not there. Reverse it and post it with another key.",
                label=charge.label,
                dated=charge.dated,
                account=charge.account,
            )
        amounts = split(charge.amount, weights)
        total = sum(weights.values())
        for lot in ownership.lots:
            if not amounts.get(lot.id):
                continue
            days = ownership.days[lot.id]
            changed_hands = len(days) > 1
            parts = split(amounts[lot.id], days) if changed_hands else dict.fromkeys(days, amounts[lot.id])
            for debtor_id, part in parts.items():
                if part:
                    found[debtor_id].append(
                        ChargeLine(
                            account=charge.account,
                            label=charge.label,
                            dated=charge.dated,
                            whole=charge.amount,
                            shares=weights[lot.id],
                            share_total=total,
                            key_name=_key_name(charge, ownership),
                            lot_id=lot.id,
                            lot_number=lot.number,
                            days=days[debtor_id] if changed_hands else 0,
                            days_total=sum(days.values()) if changed_hands else 0,
                            amount=part,
                            occupant_percent=charge.occupant_percent,
                            occupant_part=_occupant_part(part, charge.occupant_percent),
                        )
                    )
    return found


def _weight(lot: OwnedLot, charge: Charge) -> int:
    if charge.lot_id is not None:
        return int(lot.id == charge.lot_id)
    return lot.shares if charge.key_id is None else lot.key_shares.get(charge.key_id, 0)


def _key_name(charge: Charge, ownership: OwnershipPeriod) -> str:
    if charge.lot_id is not None or charge.key_id is None:
        return ""
    return ownership.key_names.get(charge.key_id, "")


def _occupant_part(amount: int, percent: int) -> int:
    """R126: what a lease usually puts on the occupant; information, the association claims from owners alone."""
    size = (2 * abs(amount) * percent + 100) // 200  # the nearest cent, half a cent upwards
    return size if amount >= 0 else -size


def owner_statements(
    lines: Mapping[UUID, Sequence[ChargeLine]],
    called: Mapping[UUID, int],
    debtors: Mapping[UUID, Debtor],
    works: Sequence[WorksLine] = (),
) -> list[OwnerStatement]:
    """One for everybody who owned a lot in the period or from whom something was called for it. `called`: for
    provisions.
    """
    of_owner: dict[UUID, list[WorksLine]] = defaultdict(list)
    for line in works:
        of_owner[line.party_id].append(line)
    return [
        OwnerStatement(
            debtor=debtor,
            lines=tuple(lines.get(debtor.id, ())),
            called=called.get(debtor.id, 0) + sum(line.set_off for line in of_owner[debtor.id]),
            works=tuple(of_owner[debtor.id]),
        )
        for debtor in sorted(debtors.values(), key=lambda debtor: (debtor.name, debtor.id))
    ]


def spent_on_works(charges: Sequence[Charge], planned: frozenset[str], key_names: Mapping[UUID, str]) -> dict[str, int]:
    """By the name of the key that bears it; empty for the shares of the deed, and for what one lot bears alone."""
    spent: dict[str, int] = defaultdict(int)
    for charge in charges:
        if is_works(charge.account, planned):
            spent[key_names.get(charge.key_id, "") if charge.key_id is not None else ""] += charge.amount
    return dict(spent)


def entry_of(statement: ChargeStatement, entry_id: UUID) -> Entry | None:
    """Owners owe the difference, or have it to their credit, so that the working capital's result of the period is
    nothing. What is called for works and not spent waits on the account of what is carried forward. Dated on its last
    day. None when nothing moves.
    """
    lines = [
        Line(
            account=chart_template.OWNERS_WORKING,
            amount=own.difference,
            fund=Fund.WORKING,
            party_id=own.debtor.id,
            demand_id=own.demand_id,
        )
        for own in statement.owners
        if own.difference
    ]
    if result := sum(line.amount for line in lines):
        lines.append(Line(account=chart_template.CALLS_PROVISIONS, amount=-result, fund=Fund.WORKING))
    if moved := statement.works_moved:
        lines += [
            Line(account=chart_template.CALLS_WORKS, amount=moved, fund=Fund.WORKING),
            Line(account=chart_template.CARRIED_FORWARD, amount=-moved, fund=Fund.WORKING),
        ]
    if not lines:
        return None
    return Entry(
        id=entry_id,
        journal=Journal.CALLS,
        dated=statement.last_day,
        text=f"Charge statement {statement.first_day} – {statement.last_day}",
        voucher=Voucher("charge_statement", str(statement.id), statement.issued_on),
        lines=tuple(lines),
    )
