"""An organisation is a tenant: a syndic's firm, or a volunteer and his one building."""

from uuid import UUID

import msgspec


class Organisation(msgspec.Struct, frozen=True):
    id: UUID
    name: str
