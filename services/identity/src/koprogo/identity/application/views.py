from datetime import datetime
from uuid import UUID

import msgspec

from koprogo.kernel.words import Language, Role


class OrganisationView(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class InvitationView(msgspec.Struct, frozen=True):
    id: UUID
    email: str
    name: str
    language: Language
    role: Role
    association_id: UUID | None
    co_owner_id: UUID | None
    state: str
    detail: str
    changed_at: datetime


class GrantView(msgspec.Struct, frozen=True):
    organisation_id: UUID
    association_id: UUID | None
    role: Role
    co_owner_id: UUID | None


class Me(msgspec.Struct, frozen=True):
    subject: UUID
    email: str
    name: str
    acr: str
    is_super_admin: bool
    grants: list[GrantView]
