"""Ports in memory. A transaction works on a copy that replaces the original when it commits."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any
from uuid import UUID

from koprogo.documents.adapters.events import read_request
from koprogo.documents.application.ports import Asked, Attachment, Request
from koprogo.documents.domain.dispatch import Dispatch, DispatchState
from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import NotFound, Unavailable

SILENT = (DispatchState.REQUESTED, DispatchState.SENDING)


class Crash(BaseException):
    """kill -9, as far as this process is concerned."""


class Rows:
    def __init__(self) -> None:
        self.documents: dict[UUID, Document] = {}
        self.requests: dict[UUID, Request] = {}
        self.dispatches: dict[UUID, Dispatch] = {}
        self.told: list[tuple[str, Any]] = []


class FakeDatabase:
    def __init__(self) -> None:
        self.rows = Rows()
        self.away = 0
        """So many transactions fail to begin."""

    def __call__(self) -> FakeUnitOfWork:
        return FakeUnitOfWork(self)


class FakeUnitOfWork:
    def __init__(self, database: FakeDatabase) -> None:
        self._database = database

    async def __aenter__(self) -> FakeUnitOfWork:
        if self._database.away:
            self._database.away -= 1
            raise ConnectionRefusedError("the database is away")
        self.rows = copy.deepcopy(self._database.rows)
        self.documents = FakeDocuments(self.rows)
        self.requests = FakeRequests(self.rows)
        self.dispatches = FakeDispatches(self.rows)
        self.told = FakeTold(self.rows)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self._database.rows = self.rows


class FakeDocuments:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, document: Document) -> None:
        if document.id in self._rows.documents:
            raise NotFound("there is one", reason="DOCUMENT_EXISTS")
        self._rows.documents[document.id] = document

    async def get(self, association_id: UUID, document_id: UUID) -> Document:
        found = await self.by_ids(association_id, [document_id])
        if not found:
            raise NotFound("no document")
        return found[0]

    async def by_ids(self, association_id: UUID, ids: Collection[UUID]) -> Sequence[Document]:
        return [d for d in self._rows.documents.values() if d.id in ids and d.association_id == association_id]

    async def by_hash(self, association_id: UUID, sha256: str, *, first: UUID) -> UUID | None:
        found = [
            d.id for d in self._rows.documents.values() if (d.association_id, d.sha256) == (association_id, sha256)
        ]
        return first if first in found else next(iter(found), None)


class FakeRequests:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, request: Request, at: datetime) -> bool:
        if request.document_id in self._rows.requests:
            return False
        self._rows.requests[request.document_id] = request
        return True

    async def get(self, document_id: UUID) -> Request:
        return self._rows.requests[document_id]

    async def save(self, request: Request, at: datetime) -> None:
        self._rows.requests[request.document_id] = request


class FakeDispatches:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def add(self, dispatch: Dispatch) -> None:
        self._rows.dispatches[dispatch.id] = dispatch

    async def get(self, dispatch_id: UUID, association_id: UUID | None = None) -> Dispatch:
        found = self._rows.dispatches[dispatch_id]
        if association_id not in (None, found.association_id):
            raise NotFound("no dispatch")
        return found

    async def of_document(self, document_id: UUID) -> Sequence[Dispatch]:
        return [d for d in self._rows.dispatches.values() if d.document_id == document_id]

    async def save(self, dispatch: Dispatch) -> None:
        self._rows.dispatches[dispatch.id] = dispatch
        if dispatch.state not in SILENT:
            self._rows.told.append((dispatch.state.value, dispatch.id))


class FakeTold:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def rendered(self, document: Document) -> None:
        self._rows.told.append(("rendered", document.id))

    async def refused(self, request: Request) -> None:
        self._rows.told.append(("refused", request.document_id))


class FakeStore:
    def __init__(self) -> None:
        self.files: dict[tuple[UUID, str], bytes] = {}
        self.is_away = False

    async def put(self, document: Document, content: bytes) -> None:
        if self.is_away:
            raise Unavailable("away", reason="OBJECT_STORE_UNAVAILABLE")
        self.files[document.id, document.sha256] = content

    async def get(self, document: Document) -> bytes:
        if self.is_away:
            raise Unavailable("away", reason="OBJECT_STORE_UNAVAILABLE")
        try:
            return self.files[document.id, document.sha256]
        except KeyError:
            raise NotFound("no file") from None

    async def drop(self, document: Document) -> None:
        del self.files[document.id, document.sha256]


class FakeRenderer:
    """`fails` holds what the next renderings raise."""

    def __init__(self, *fails: BaseException) -> None:
        self.fails = list(fails)
        self.rendered = 0

    def read(self, payload: bytes, at: datetime) -> Asked:
        return read_request(payload, at)

    async def render(self, payload: bytes, at: datetime) -> bytes:
        if self.fails:
            raise self.fails.pop(0)
        self.rendered += 1
        return b"%PDF-1.7 rendered at " + at.isoformat().encode()


class FakeMailer:
    """`before` and `after` are raised before or after the mail has left."""

    def __init__(self, *, before: Sequence[BaseException] = (), after: Sequence[BaseException] = ()) -> None:
        self.before, self.after = list(before), list(after)
        self.left: list[tuple[UUID, list[str]]] = []

    async def send(self, dispatch: Dispatch, attachments: Sequence[Attachment]) -> str:
        if self.before:
            raise self.before.pop(0)
        self.left.append((dispatch.id, [one.file_name for one in attachments]))
        if self.after:
            raise self.after.pop(0)
        return f"250 kept <{dispatch.id}@koprogo.test>"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 6, 10, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def wait(self, **what: float) -> None:
        self.now += timedelta(**what)


async def no_pause(_: float) -> None:
    """Tests do not wait."""
