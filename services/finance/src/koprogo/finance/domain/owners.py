"""Who owns what on a day, and therefore owes which part: what property tells."""

import re
from collections.abc import Iterable
from uuid import UUID

import msgspec

from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Language


class Contact(msgspec.Struct, frozen=True):
    co_owner_id: UUID
    name: str
    language: Language
    address: tuple[str, ...]
    email: str
    accepts_email: bool

    @property
    def channel(self) -> str:
        """Of an ordinary letter: by mail to who has an address there. Only what the law wants registered needs more."""
        return "email" if self.email else "post"


class OwnedLot(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    shares: int
    key_shares: dict[UUID, int]
    kind: str
    is_counted: bool
    """Cellars, garages and parkings are not (R014)."""


class Debtor(msgspec.Struct, frozen=True):
    """One owner, or all who hold a right in the same lots together: each owes the whole (R013)."""

    id: UUID
    name: str
    holder_ids: tuple[UUID, ...]
    lots: tuple[OwnedLot, ...]
    contacts: tuple[Contact, ...]

    @property
    def is_joint(self) -> bool:
        return len(self.holder_ids) > 1


class Owners(msgspec.Struct, frozen=True):
    """Every debtor of a day; the shares of their lots add up to the denominator (R004), or property had refused."""

    share_denominator: int
    key_names: dict[UUID, str]
    debtors: tuple[Debtor, ...]

    def lots(self) -> list[tuple[Debtor, OwnedLot]]:
        """In the order of their numbers, 2 before 10: who gets the odd cent (R125)."""
        owned = [(debtor, lot) for debtor in self.debtors for lot in debtor.lots]
        return sorted(owned, key=lambda one: lot_order(one[1].number))

    def owner_of(self, lot_id: UUID, field: str) -> tuple[Debtor, OwnedLot]:
        for debtor, lot in self.lots():
            if lot.id == lot_id:
                return debtor, lot
        raise NotFound("There is no such lot in this association.", field=field)

    @property
    def counted_lots(self) -> int:
        return sum(lot.is_counted for _, lot in self.lots())


class AssociationFacts(msgspec.Struct, frozen=True):
    name: str
    enterprise_number: str
    address: tuple[str, ...]
    languages: tuple[Language, ...]


def merged(debtors: Iterable[Debtor]) -> tuple[Debtor, ...]:
    """The same holders are one debtor, whoever speaks for which of their lots."""
    by_id: dict[UUID, Debtor] = {}
    for debtor in debtors:
        if (known := by_id.get(debtor.id)) is None:
            by_id[debtor.id] = debtor
        else:
            contacts = dict.fromkeys((*known.contacts, *debtor.contacts))
            by_id[debtor.id] = msgspec.structs.replace(known, lots=known.lots + debtor.lots, contacts=tuple(contacts))
    return tuple(by_id.values())


def lot_order(number: str) -> str:
    return re.sub(r"\d+", lambda digits: digits[0].rjust(9, "0"), number)
