"""A document (document, stuk): bytes that do not change, with who may read them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from koprogo.kernel.words import Role

SEES_ALL = frozenset({Role.SYNDIC, Role.SUPER_ADMIN})
SHARED_WITH = frozenset({Role.ACCOUNTANT, Role.BOARD_MEMBER, Role.OWNER})
"""Roles a document may be shown to, besides the syndic."""


class Document(msgspec.Struct, frozen=True):
    id: UUID
    association_id: UUID
    subject: str
    """What it belongs to, in the owner's words: `meeting/<id>`; empty for what was uploaded."""
    file_name: str
    media_type: str
    language: str
    size: int
    sha256: str
    visible_to: tuple[str, ...]
    visible_to_co_owner_id: UUID | None
    stored_at: datetime

    def is_visible_to(self, roles: Collection[Role], co_owners: Collection[UUID]) -> bool:
        """The syndic sees all; others what names their role, or them."""
        if SEES_ALL & set(roles) or {role.value for role in roles} & set(self.visible_to):
            return True
        return self.visible_to_co_owner_id is not None and self.visible_to_co_owner_id in co_owners


def readers_of_upload(wanted: Collection[str], roles: Collection[Role]) -> tuple[str, ...]:
    """Whoever adds a file can read it: his colleagues of the council, or accountants, with him.

    Not owners, though a council member is one: his papers are not everybody's.
    """
    own = () if SEES_ALL & set(roles) else (Role.ACCOUNTANT, Role.BOARD_MEMBER)
    return tuple(dict.fromkeys([*wanted, *(role.value for role in own if role in roles)]))
