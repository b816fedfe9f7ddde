"""Whose balances the control accounts sum up: owners who owe, and suppliers who are owed."""

from enum import StrEnum
from uuid import UUID

import msgspec


class PartyKind(StrEnum):
    OWNER = "owner"
    SUPPLIER = "supplier"


class Party(msgspec.Struct):
    id: UUID
    kind: PartyKind
    name: str
    holder_ids: tuple[UUID, ...] = ()
    """For an owner: all co-owners with a right in the same lots, each of whom owes the whole (R013)."""
    enterprise_number: str = ""
    iban: str = ""
    iban_unconfirmed: str = ""
    version: int = 0
