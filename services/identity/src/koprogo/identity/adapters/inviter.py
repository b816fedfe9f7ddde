"""The job that carries invitations out. Several may run: the row's lock and state keep them apart."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import asyncpg

from koprogo.identity.adapters.postgres.unit_of_work import OpenInvitation, PostgresUnitOfWork, open_invitations
from koprogo.identity.application.carry_out_invitation import carry_out_invitation, note_failure
from koprogo.identity.application.ports import Accounts
from koprogo.identity.domain.invitation import State
from koprogo.kernel.errors import DomainError
from koprogo.kit.database import DATABASE_AWAY, Pool

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.3
STUCK = timedelta(seconds=30)
"""No step takes that long: whoever was in it has died."""
PAUSE = timedelta(seconds=3)
"""Between two tries."""


class Inviter:
    def __init__(self, pool: Pool, accounts: Accounts) -> None:
        self._pool = pool
        self._accounts = accounts

    async def run(self) -> None:
        while True:
            try:
                for invitation in await open_invitations(self._pool):
                    await self._carry_out(invitation)
            except (*DATABASE_AWAY, asyncpg.PostgresError) as broken:
                logger.warning("waiting for the database: %s", type(broken).__name__)
                await asyncio.sleep(1)
            await asyncio.sleep(IDLE_SECONDS)

    async def _carry_out(self, invitation: OpenInvitation) -> None:
        age = datetime.now(UTC) - invitation.changed_at
        if invitation.state in (State.CREATING, State.MAILING) and age < STUCK:
            return
        try:
            await carry_out_invitation(
                invitation.id,
                tenant=invitation.tenant,
                uow=lambda: PostgresUnitOfWork(self._pool, invitation.tenant),
                accounts=self._accounts,
                today=datetime.now(UTC).date(),
                was_interrupted=age >= STUCK,
            )
        except DomainError as refused:
            logger.warning("invitation %s: %s", invitation.id, refused.reason, extra={"fields": refused.metadata})
            await note_failure(
                invitation.id, uow=PostgresUnitOfWork(self._pool, invitation.tenant), detail=refused.message
            )
            await asyncio.sleep(PAUSE.total_seconds())
