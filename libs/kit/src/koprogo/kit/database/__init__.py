"""PostgreSQL: a pool, migrations, and one transaction a use case, inside one tenant."""

from koprogo.kit.database.migrations import SchemaMismatch, check_schema, migrate
from koprogo.kit.database.pool import DATABASE_AWAY, Connection, Pool, connect
from koprogo.kit.database.unit_of_work import PLATFORM, Outgoing, UnitOfWork

__all__ = [
    "DATABASE_AWAY",
    "PLATFORM",
    "Connection",
    "Outgoing",
    "Pool",
    "SchemaMismatch",
    "UnitOfWork",
    "check_schema",
    "connect",
    "migrate",
]
