from types import TracebackType
from uuid import UUID

from koprogo.governance.adapters.paperwork import OutboxPaperwork
from koprogo.governance.adapters.postgres.halls import PostgresHalls, ReplayedHalls
from koprogo.governance.adapters.postgres.meetings import PostgresMeetings
from koprogo.governance.adapters.postgres.records import (
    PostgresDecisions,
    PostgresDispatches,
    PostgresMinutes,
    PostgresPolicyChoices,
    PostgresProxies,
)
from koprogo.kit.database import Pool, UnitOfWork


class PostgresUnitOfWork(UnitOfWork):
    meetings: PostgresMeetings
    halls: PostgresHalls
    proxies: PostgresProxies
    dispatches: PostgresDispatches
    minutes: PostgresMinutes
    decisions: PostgresDecisions
    policies: PostgresPolicyChoices
    paperwork: OutboxPaperwork

    def __init__(self, pool: Pool, tenant: UUID, replayed: ReplayedHalls) -> None:
        super().__init__(pool, tenant)
        self._replayed = replayed

    def _enter(self) -> None:
        self.meetings = PostgresMeetings(self.connection)
        self.halls = PostgresHalls(self.connection, self._replayed)
        self.proxies = PostgresProxies(self.connection)
        self.dispatches = PostgresDispatches(self.connection)
        self.minutes = PostgresMinutes(self.connection)
        self.decisions = PostgresDecisions(self)
        self.policies = PostgresPolicyChoices(self.connection)
        self.paperwork = OutboxPaperwork(self)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.halls.remember()
        await super().__aexit__(kind, error, traceback)
