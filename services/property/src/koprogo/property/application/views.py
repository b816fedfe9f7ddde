"""What screens show."""

from datetime import date
from uuid import UUID

import msgspec

from koprogo.kernel.words import Language, LotKind, Region
from koprogo.property.domain.ownership import Right


class AssociationView(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    enterprise_number: str
    address: list[str]
    region: Region
    languages: list[Language]
    share_denominator: int
    shares_sum: int
    shares_difference: int
    """Shares of the lots less the denominator: while it is not 0, no meeting (R004)."""
    lot_count: int
    counted_lot_count: int
    """Without cellars, garages and parkings (R014)."""
    version: int


class HolderView(msgspec.Struct, frozen=True):
    co_owner_id: UUID
    name: str
    right: Right
    fraction: str
    is_mandatary: bool


class LotView(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    kind: LotKind
    building: str
    shares: int
    holders: list[HolderView]
    version: int


class OwnershipView(msgspec.Struct, frozen=True):
    co_owner_id: UUID
    name: str
    right: Right
    fraction: str
    since: date
    until: date | None
    """First day on which he holds it no more."""


class MandateView(msgspec.Struct, frozen=True):
    co_owner_id: UUID
    name: str
    since: date
    until: date | None


class OwnershipsView(msgspec.Struct, frozen=True):
    """Of one lot, from the first day to what is noted for days to come."""

    ownerships: list[OwnershipView]
    mandataries: list[MandateView]


class CoOwnerView(msgspec.Struct, frozen=True):
    id: UUID
    reference: str
    kind: str
    name: str
    lots: list[str]
    shares: int
    """Of all lots in which he holds a right."""
    contact: "ContactView | None"
    """Shown to those who manage, and to himself."""
    version: int


class ContactView(msgspec.Struct, frozen=True):
    language: Language
    address: list[str]
    email: str
    accepts_email: bool


class AllocationKeyView(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    shares: dict[UUID, int]
    """By lot."""
    shares_sum: int


class VoterView(msgspec.Struct, frozen=True):
    co_ownership_id: UUID
    name: str
    votes: int
    lots: list[str]
    is_suspended: bool
    contacts: list[str]


class ImportReport(msgspec.Struct, frozen=True):
    dry_run: bool
    rows: int
    lots: int
    co_owners: int
    shares_sum: int
    """With the lots that were there before."""
    share_denominator: int
    shares_difference: int
