from uuid import UUID

import msgspec

from koprogo.kernel.words import Role


class Actor(msgspec.Struct, frozen=True):
    """The person behind a request, as the server knows him."""

    subject: UUID
    roles: frozenset[Role]
    """Held on the organisation or the association of this request."""
    tenant: UUID
    association: UUID | None
    co_owners: frozenset[UUID]
    """The co-owners of the association that this person is."""
    acr: str
    """How strongly he signed in, in the identity provider's words."""
    email: str
    name: str

    def is_one_of(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)
