"""What the use cases need, in their words."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from koprogo.documents.application.views import DispatchView
from koprogo.documents.domain.dispatch import Dispatch
from koprogo.documents.domain.document import Document
from koprogo.kernel.transaction import Transaction
from koprogo.kernel.words import Role


class Reader(msgspec.Struct, frozen=True):
    """Who asks to see documents."""

    roles: frozenset[Role]
    co_owners: frozenset[UUID]


class Request(msgspec.Struct):
    """A document that was asked for, as it was asked."""

    document_id: UUID
    subject: str
    payload: bytes
    state: str
    attempts: int = 0
    reason: str = ""


class Documents(Protocol):
    async def add(self, document: Document) -> None: ...
    async def get(self, association_id: UUID, document_id: UUID) -> Document: ...
    async def by_ids(self, association_id: UUID, ids: Collection[UUID]) -> Sequence[Document]: ...
    async def by_hash(self, association_id: UUID, sha256: str, *, first: UUID) -> UUID | None:
        """A document with these bytes: `first` when it is one, else any."""
        ...

    async def page(
        self, association_id: UUID, reader: Reader, subject: str | None, limit: int, after: str | None
    ) -> Sequence[Document]: ...


class Requests(Protocol):
    async def add(self, request: Request, at: datetime) -> bool:
        """False when it is known already."""
        ...

    async def get(self, document_id: UUID) -> Request:
        """Locked until the end of the transaction."""
        ...

    async def save(self, request: Request, at: datetime) -> None: ...


class Dispatches(Protocol):
    async def add(self, dispatch: Dispatch) -> None: ...
    async def get(self, dispatch_id: UUID, association_id: UUID | None = None) -> Dispatch:
        """Locked until the end of the transaction."""
        ...

    async def of_document(self, document_id: UUID) -> Sequence[Dispatch]:
        """Locked until the end of the transaction."""
        ...

    async def save(self, dispatch: Dispatch) -> None:
        """And tell of it, when it is where others must know."""
        ...

    async def page(
        self, association_id: UUID, state: str | None, limit: int, after: str | None
    ) -> Sequence[DispatchView]: ...


class Told(Protocol):
    """What others are told, in this transaction."""

    async def rendered(self, document: Document) -> None: ...
    async def refused(self, request: Request) -> None: ...


class UnitOfWork(Transaction, Protocol):
    @property
    def documents(self) -> Documents: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def dispatches(self) -> Dispatches: ...
    @property
    def told(self) -> Told: ...


class FileStore(Protocol):
    """A place is a document and the hash of its bytes: other bytes never take the place of stored ones."""

    async def put(self, document: Document, content: bytes) -> None: ...
    async def get(self, document: Document) -> bytes: ...
    async def drop(self, document: Document) -> None:
        """Bytes that no document came to need."""
        ...


class Asked(msgspec.Struct, frozen=True):
    """A request read: where it goes, and to whom."""

    association_id: UUID
    subject: str
    language: str
    file_name: str
    visible_to: tuple[str, ...]
    visible_to_co_owner_id: UUID | None
    dispatches: list[Dispatch]


class Renderer(Protocol):
    def read(self, payload: bytes, at: datetime) -> Asked: ...
    async def render(self, payload: bytes, at: datetime) -> bytes:
        """The PDF. Raises Unavailable when it may work later, any other DomainError when never."""
        ...


class Attachment(msgspec.Struct, frozen=True):
    file_name: str
    media_type: str
    content: bytes


class NotHandedOver(Exception):
    """The mail server was not reached or has not taken it: it may be tried again."""


class MailRefused(Exception):
    """The mail server says no, for good."""


class Mailer(Protocol):
    async def send(self, dispatch: Dispatch, attachments: Sequence[Attachment]) -> str:
        """Returns the proof: the server's answer and the Message-ID.

        Raises NotHandedOver, MailRefused, or anything else when nobody knows whether it left.
        """
        ...
