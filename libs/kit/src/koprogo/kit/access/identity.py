"""identity's grants: asked over gRPC when missing, told by Kafka otherwise.

The one place where the kit knows a neighbour: every service needs it, and it is the same in all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import grpc

from koprogo.kernel.words import Role
from koprogo.kit.access.admission import Grant
from koprogo.kit.database import Connection, UnitOfWork
from koprogo.kit.database.pool import Pool
from koprogo.kit.events import Handler, Received
from koprogo.kit.grpc import called
from koprogo_api.identity.events.v1.grant_pb2 import GrantChanged
from koprogo_api.identity.v1 import grants_pb2, grants_pb2_grpc

TOPIC = "identity.grant"


class GrpcGrants:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = grants_pb2_grpc.GrantsStub(channel)

    async def ask(self, subject: UUID, association: UUID | None) -> tuple[Sequence[Grant], UUID | None]:
        answer: grants_pb2.GrantsOfResponse = await called(
            self._stub.GrantsOf,
            grants_pb2.GrantsOfRequest(subject=str(subject), association_id=str(association or "")),
        )
        grants = [
            Grant(UUID(g.organisation_id), _maybe(g.association_id), Role(g.role), _maybe(g.co_owner_id))
            for g in answer.grants
        ]
        return grants, _maybe(answer.association_organisation_id)


def grants_handler(pool: Pool) -> Handler:
    """Keeps the service's copy. The last message of a key is the truth, so no inbox is needed."""

    async def handle(event: Received) -> None:
        await keep_grant(UnitOfWork(pool, event.tenant), GrantChanged.FromString(event.payload))

    return handle


async def keep_grant(uow: UnitOfWork, grant: GrantChanged) -> None:
    async with uow:
        await write_grant(uow.connection, grant)


async def write_grant(connection: Connection, grant: GrantChanged) -> None:
    await connection.execute(
        "insert into grants (id, subject, association_id, role, co_owner_id, valid_during)"
        " values ($1, $2, $3, $4, $5, daterange($6, $7))"
        " on conflict (id) do update set valid_during = excluded.valid_during",
        UUID(grant.grant_id),
        UUID(grant.subject),
        _maybe(grant.association_id),
        grant.role,
        _maybe(grant.co_owner_id),
        date.fromisoformat(grant.valid_from),
        date.fromisoformat(grant.valid_until) if grant.valid_until else None,
    )


def _maybe(text: str) -> UUID | None:
    return UUID(text) if text else None
