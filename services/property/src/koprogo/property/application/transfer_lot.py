from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Language
from koprogo.property.application.change_co_owner import Email
from koprogo.property.application.designate_mandatary import LotNotDivided
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.application.register_association import Line
from koprogo.property.domain.co_owner import CoOwner
from koprogo.property.domain.ownership import Holding, Right, check_holdings, fraction_of, holders_id, is_divided
from koprogo.property.domain.transfer import LotTransferred, check_day, check_named_once
from koprogo.property.domain.voter_roll import LotWithoutOwner


class CoOwnerUnclear(DomainError):
    reason = "CO_OWNER_UNCLEAR"


class CoOwnerUnknown(DomainError):
    reason = "CO_OWNER_UNKNOWN"


class MandataryTwice(DomainError):
    """R022: one speaks for all."""

    reason = "MANDATARY_TWICE"


class NewCoOwner(msgspec.Struct, forbid_unknown_fields=True):
    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name: Line
    language: Language
    kind: Literal["natural_person", "legal_person"] = "natural_person"
    address: Annotated[list[Line], msgspec.Meta(max_length=6)] = []
    email: Email = ""
    accepts_email: bool = False
    id: UUID | None = None


class NewHolding(msgspec.Struct, forbid_unknown_fields=True):
    right: Right = Right.FULL
    fraction: Annotated[str, msgspec.Meta(max_length=20)] = "1"
    """Of the right: `1/2`."""
    co_owner_id: UUID | None = None
    co_owner: NewCoOwner | None = None
    """Who is not yet a co-owner of the association."""
    is_mandatary: bool = False


class TransferLot(msgspec.Struct, forbid_unknown_fields=True):
    transferred_on: date
    """Day of the deed: the first of the new holders."""
    holdings: Annotated[list[NewHolding], msgspec.Meta(min_length=1, max_length=100)]
    """All that is held of the lot from that day, with what former holders keep."""


async def transfer_lot(
    association_id: UUID,
    lot_id: UUID,
    command: TransferLot,
    *,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    today: date,
) -> None:
    """A sale, gift or inheritance: former holdings and their mandate end on the day of the deed (R006, R022, R133)."""
    async with uow:
        lot = await uow.lots.get(association_id, lot_id, lock=True)
        former = await uow.lots.last_holdings(lot_id)
        if not former:
            raise LotWithoutOwner(f"Nobody owns lot {lot.number}; import its owners first.")
        check_day(command.transferred_on, held_since=max(since for _, since in former), today=today)
        new = await _co_owners(association_id, command, uow, ids)
        holdings = [
            Holding(who, one.right, _fraction(position, one))
            for position, (who, one) in enumerate(zip(new, command.holdings, strict=True))
        ]
        check_named_once(holdings)
        with _at("holdings.0"):
            check_holdings(lot.number, holdings)
        await uow.lots.end_holdings(lot_id, command.transferred_on)
        await uow.lots.add_holdings((lot_id, holding, command.transferred_on) for holding in holdings)
        mandatary = _mandatary(lot.number, holdings, command)
        await uow.lots.designate(lot_id, mandatary, command.transferred_on)
        sellers = tuple(dict.fromkeys(holding.co_owner_id for holding, _ in former))
        lot.events.append(
            LotTransferred(
                association_id=association_id,
                lot_id=lot_id,
                lot_number=lot.number,
                transferred_on=command.transferred_on,
                from_holders_id=holders_id(association_id, (holding for holding, _ in former)),
                to_holders_id=holders_id(association_id, holdings),
                from_holder_ids=sellers,
                to_holder_ids=tuple(dict.fromkeys(new)),
                departures=await uow.lots.departures(association_id, sellers),
            )
        )
        await uow.lots.save(association_id, lot)


async def _co_owners(
    association_id: UUID, command: TransferLot, uow: UnitOfWork, ids: Callable[[], UUID]
) -> list[UUID]:
    """Who holds, in the order of the command; new ones are noted first, so that a second right may name them."""
    found, added = [], []
    for position, one in enumerate(command.holdings):
        if (one.co_owner_id is None) == (one.co_owner is None):
            raise CoOwnerUnclear(
                "Name a co-owner by his id, or describe a new one: one of the two.", field=f"holdings.{position}"
            )
        if one.co_owner is not None:
            added.append(_described(one.co_owner, position, ids))
            found.append(added[-1].id)
        elif one.co_owner_id is not None:
            found.append(one.co_owner_id)
    await uow.co_owners.add_all(association_id, added)
    known = await uow.co_owners.contacts(association_id, found)
    for position, who in enumerate(found):
        if who not in known:
            raise CoOwnerUnknown("This is no co-owner of the association.", field=f"holdings.{position}.co_owner_id")
    return found


def _described(new: NewCoOwner, position: int, ids: Callable[[], UUID]) -> CoOwner:
    co_owner = CoOwner(
        id=new.id or ids(),
        reference=new.reference,
        kind=new.kind,
        name=new.name,
        language=new.language,
        address=new.address,
        email=new.email,
        accepts_email=new.accepts_email,
    )
    with _at(f"holdings.{position}.co_owner"):
        co_owner.check_reachable()
    return co_owner


def _fraction(position: int, one: NewHolding) -> Fraction:
    with _at(f"holdings.{position}"):
        return fraction_of(one.fraction)


def _mandatary(lot_number: str, holdings: Sequence[Holding], command: TransferLot) -> UUID | None:
    named = {h.co_owner_id for h, one in zip(holdings, command.holdings, strict=True) if one.is_mandatary}
    if len(named) > 1:
        raise MandataryTwice(f"One holder speaks for lot {lot_number} (R022); name one.", field="holdings")
    if named and not is_divided(holdings):
        raise LotNotDivided(f"Lot {lot_number} has one owner, who needs no mandatary.", field="holdings")
    return next(iter(named), None)


@contextmanager
def _at(path: str) -> Iterator[None]:
    """A rule names the field it looks at; the client wants to know where he wrote it."""
    try:
        yield
    except DomainError as refused:
        refused.field = f"{path}.{refused.field}"
        raise
