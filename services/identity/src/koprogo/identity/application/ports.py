"""What the use cases need, in their words."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

import msgspec

from koprogo.identity.application.views import InvitationView
from koprogo.identity.domain.grant import Grant
from koprogo.identity.domain.invitation import Invitation
from koprogo.identity.domain.organisation import Organisation
from koprogo.kernel.transaction import Transaction
from koprogo.kernel.words import Language


class Organisations(Protocol):
    async def add(self, organisation: Organisation) -> None: ...
    async def get(self, organisation_id: UUID) -> Organisation: ...


class Invitations(Protocol):
    async def add(self, invitation: Invitation) -> bool:
        """False when the same person is already invited to the same."""
        ...

    async def get(self, invitation_id: UUID) -> Invitation:
        """Locked until the end of the transaction."""
        ...

    async def of_co_owner(self, association_id: UUID, co_owner_id: UUID) -> Sequence[Invitation]:
        """Those that are not revoked; locked until the end of the transaction."""
        ...

    async def save(self, invitation: Invitation) -> None: ...
    async def page(self, association_id: UUID | None, limit: int, after: str | None) -> Sequence[InvitationView]: ...


class Mandates(Protocol):
    async def add(self, association_id: UUID, name: str) -> bool:
        """False when it is known already, or nobody is there to hold it any more."""
        ...

    async def all(self) -> Sequence[UUID]:
        """Until the end of the transaction none is added."""
        ...


class Grants(Protocol):
    async def save(self, grant: Grant) -> None:
        """Keep and publish; nothing happens when it is in force already."""
        ...

    async def on_organisation(self) -> Sequence[Grant]: ...
    async def of_invitation(self, invitation: Invitation) -> Sequence[Grant]: ...
    async def end(self, grant: Grant, on: date) -> None: ...


class UnitOfWork(Transaction, Protocol):
    async def is_new(self, event_id: UUID) -> bool:
        """False when the effect of this event is there already."""
        ...

    @property
    def organisations(self) -> Organisations: ...
    @property
    def invitations(self) -> Invitations: ...
    @property
    def mandates(self) -> Mandates: ...
    @property
    def grants(self) -> Grants: ...


class KnownAssociation(msgspec.Struct, frozen=True):
    organisation_id: UUID
    name: str


class KnownCoOwner(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    language: Language
    email: str


class Property(Protocol):
    """The neighbour that knows associations and co-owners."""

    async def association(self, association_id: UUID) -> KnownAssociation | None: ...
    async def co_owners(
        self, organisation_id: UUID, association_id: UUID, ids: Sequence[UUID]
    ) -> Sequence[KnownCoOwner]: ...


class Accounts(Protocol):
    """The identity provider."""

    async def ensure(self, *, email: str, name: str, language: Language, organisation: Organisation) -> UUID:
        """The subject of this person's account, made if there is none, member of the organisation."""
        ...

    async def has_password(self, subject: UUID) -> bool: ...
    async def send_invitation(self, subject: UUID) -> None:
        """One mail with a link to choose a password."""
        ...
