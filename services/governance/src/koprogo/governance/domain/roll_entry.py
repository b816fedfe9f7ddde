"""The voter roll of a meeting, frozen when it is convened."""

from uuid import UUID

import msgspec

from koprogo.kernel.words import Language


class Contact(msgspec.Struct, frozen=True):
    co_owner_id: UUID
    name: str
    language: Language
    address: list[str]
    email: str
    accepts_email: bool


class RollLine(msgspec.Struct, frozen=True):
    co_ownership_id: UUID
    name: str
    votes: int
    lots: list[str]
    suspended: bool
    contacts: list[Contact]
    key_votes: dict[str, int]


class VoterRoll(msgspec.Struct, frozen=True):
    share_denominator: int
    lines: list[RollLine]
    allocation_keys: dict[str, str] = {}
    """Names of the special keys, by id."""

    def line(self, co_ownership_id: UUID) -> RollLine | None:
        return next((line for line in self.lines if line.co_ownership_id == co_ownership_id), None)


class AssociationFacts(msgspec.Struct, frozen=True):
    """What property says of the association, as it stands in the convocation and the minutes (R009, R010)."""

    id: UUID
    name: str
    enterprise_number: str
    address: list[str]
    languages: list[Language]
    share_denominator: int
    shares_sum: int
