from collections.abc import Sequence
from uuid import UUID

import asyncpg

from koprogo.identity.application.views import InvitationView
from koprogo.identity.domain.invitation import Invitation, State
from koprogo.kernel.errors import NotFound
from koprogo.kernel.words import Language, Role
from koprogo.kit.database import Connection

COLUMNS = "id, email, name, language, role, association_id, co_owner_id, state, subject, detail, attempts"


class PostgresInvitations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, invitation: Invitation) -> bool:
        done = await self._connection.execute(
            "insert into invitations (id, email, name, language, role, association_id, co_owner_id, state)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            invitation.id,
            invitation.email,
            invitation.name,
            invitation.language.value,
            invitation.role.value,
            invitation.association_id,
            invitation.co_owner_id,
            invitation.state.value,
        )
        return done == "INSERT 0 1"

    async def get(self, invitation_id: UUID) -> Invitation:
        row = await self._connection.fetchrow(
            f"select {COLUMNS} from invitations where id = $1 for update",  # noqa: S608
            invitation_id,
        )
        if row is None:
            raise NotFound("There is no such invitation.")
        return _invitation(row)

    async def of_co_owner(self, association_id: UUID, co_owner_id: UUID) -> Sequence[Invitation]:
        rows = await self._connection.fetch(
            f"select {COLUMNS} from invitations"  # noqa: S608
            " where association_id = $1 and co_owner_id = $2 and state <> 'revoked' order by id for update",
            association_id,
            co_owner_id,
        )
        return [_invitation(row) for row in rows]

    async def save(self, invitation: Invitation) -> None:
        await self._connection.execute(
            "update invitations set state = $2, subject = $3, detail = $4, attempts = $5, changed_at = now()"
            " where id = $1",
            invitation.id,
            invitation.state.value,
            invitation.subject,
            invitation.detail,
            invitation.attempts,
        )

    async def page(self, association_id: UUID | None, limit: int, after: str | None) -> Sequence[InvitationView]:
        rows = await self._connection.fetch(
            "select id, email, name, language, role, association_id, co_owner_id, state, detail, changed_at"
            " from invitations where association_id is not distinct from $1"
            " and ($3::text is null or id::text > $3) order by id limit $2",
            association_id,
            limit,
            after,
        )
        return [
            InvitationView(**{**dict(row), "language": Language(row["language"]), "role": Role(row["role"])})
            for row in rows
        ]


def _invitation(row: asyncpg.Record) -> Invitation:
    return Invitation(
        **{
            **dict(row),
            "language": Language(row["language"]),
            "role": Role(row["role"]),
            "state": State(row["state"]),
        }
    )
