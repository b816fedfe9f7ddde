"""A grant (droit d'accès, toegangsrecht): who may be what, on which organisation or association, from when."""

from datetime import date
from uuid import UUID, uuid5

import msgspec

from koprogo.kernel.words import Role


class Grant(msgspec.Struct, frozen=True):
    subject: UUID
    organisation_id: UUID
    association_id: UUID | None
    role: Role
    co_owner_id: UUID | None
    valid_from: date
    valid_until: date | None = None
    kept_as: UUID | None = None
    """Its id where it is kept: that of a grant restored under another organisation is the one it was given first."""

    @property
    def id(self) -> UUID:
        """The same fact is the same grant, however often it is stated."""
        return self.kept_as or uuid5(
            self.organisation_id, f"{self.subject}|{self.association_id}|{self.role}|{self.co_owner_id}"
        )


COVERS_ASSOCIATIONS = frozenset({Role.SYNDIC, Role.ACCOUNTANT})
"""Held on an organisation, these hold on each association in its mandate as well."""
