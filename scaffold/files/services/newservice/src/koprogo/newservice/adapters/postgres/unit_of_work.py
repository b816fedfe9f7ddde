from koprogo.kit.database import UnitOfWork
from koprogo.newservice.adapters.postgres.notes import PostgresNotes


class PostgresUnitOfWork(UnitOfWork):
    notes: PostgresNotes

    def _enter(self) -> None:
        self.notes = PostgresNotes(self)
