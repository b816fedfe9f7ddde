from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from koprogo.documents.adapters import events
from koprogo.documents.adapters.postgres.documents import PostgresDocuments
from koprogo.documents.application.ports import Request
from koprogo.documents.application.views import DispatchView
from koprogo.documents.domain.dispatch import Dispatch, DispatchState
from koprogo.documents.domain.document import Document
from koprogo.kernel.errors import NotFound
from koprogo.kit.database import Connection, Pool, UnitOfWork

COLUMNS = (
    "id, association_id, association_name, document_id, subject, kind, language, channel, name, address, email,"
    " attachment_ids, changed_at, state, proof, attempts"
)
TOLD = frozenset(DispatchState) - {DispatchState.REQUESTED, DispatchState.SENDING}


class PostgresRequests:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, request: Request, at: datetime) -> bool:
        done = await self._connection.execute(
            "insert into requests (document_id, subject, payload, state, requested_at, changed_at)"
            " values ($1, $2, $3, $4, $5, $5) on conflict do nothing",
            request.document_id,
            request.subject,
            request.payload,
            request.state,
            at,
        )
        return done == "INSERT 0 1"

    async def get(self, document_id: UUID) -> Request:
        row = await self._connection.fetchrow(
            "select document_id, subject, payload, state, attempts, reason from requests where document_id = $1"
            " for update",
            document_id,
        )
        if row is None:
            raise NotFound("There is no such request.")
        return Request(**dict(row))

    async def save(self, request: Request, at: datetime) -> None:
        await self._connection.execute(
            "update requests set state = $2, attempts = $3, reason = $4, changed_at = $5 where document_id = $1",
            request.document_id,
            request.state,
            request.attempts,
            request.reason,
            at,
        )


class PostgresDispatches:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def add(self, dispatch: Dispatch) -> None:
        await self._uow.connection.execute(
            f"insert into dispatches ({COLUMNS}) values"  # noqa: S608
            " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing",
            *(getattr(dispatch, name.strip()) for name in COLUMNS.split(",")),
        )

    async def get(self, dispatch_id: UUID, association_id: UUID | None = None) -> Dispatch:
        row = await self._uow.connection.fetchrow(
            f"select {COLUMNS} from dispatches where id = $1"  # noqa: S608
            " and ($2::uuid is null or association_id = $2) for update",
            dispatch_id,
            association_id,
        )
        if row is None:
            raise NotFound("There is no such dispatch.")
        return Dispatch(**{**dict(row), "state": DispatchState(row["state"])})

    async def of_document(self, document_id: UUID) -> Sequence[Dispatch]:
        rows = await self._uow.connection.fetch(
            f"select {COLUMNS} from dispatches where document_id = $1 order by id for update",  # noqa: S608
            document_id,
        )
        return [Dispatch(**{**dict(row), "state": DispatchState(row["state"])}) for row in rows]

    async def save(self, dispatch: Dispatch) -> None:
        await self._uow.connection.execute(
            "update dispatches set state = $2, proof = $3, attempts = $4, changed_at = $5 where id = $1",
            dispatch.id,
            dispatch.state.value,
            dispatch.proof,
            dispatch.attempts,
            dispatch.changed_at,
        )
        if dispatch.state in TOLD:
            await self._uow.publish(events.dispatch_changed(dispatch))

    async def page(
        self, association_id: UUID, state: str | None, limit: int, after: str | None
    ) -> Sequence[DispatchView]:
        rows = await self._uow.connection.fetch(
            "select id, document_id, subject, channel, name, address, state, proof, changed_at from dispatches"
            " where association_id = $1 and ($2::text is null or state = $2) and ($4::text is null or id::text > $4)"
            " order by id limit $3",
            association_id,
            state,
            limit,
            after,
        )
        return [DispatchView(**dict(row)) for row in rows]


class OutboxTold:
    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def rendered(self, document: Document) -> None:
        await self._uow.publish(events.rendered(document))

    async def refused(self, request: Request) -> None:
        await self._uow.publish(events.refused(request))


class PostgresUnitOfWork(UnitOfWork):
    documents: PostgresDocuments
    requests: PostgresRequests
    dispatches: PostgresDispatches
    told: OutboxTold

    def _enter(self) -> None:
        self.documents = PostgresDocuments(self.connection)
        self.requests = PostgresRequests(self.connection)
        self.dispatches = PostgresDispatches(self)
        self.told = OutboxTold(self)


class Open(NamedTuple):
    id: UUID
    tenant: UUID


async def open_requests(pool: Pool) -> list[Open]:
    return [Open(*row) for row in await pool.fetch_everywhere("select document_id, tenant_id from open_requests()")]


async def open_dispatches(pool: Pool) -> list[Open]:
    return [Open(*row) for row in await pool.fetch_everywhere("select id, tenant_id from open_dispatches()")]
