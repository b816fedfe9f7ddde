"""PostgreSQL: a pool, migrations, and one transaction a use case, inside one tenant."""

from koprogo.kit.database.migrations import SchemaMismatch, check_schema, migrate
from koprogo.kit.database.pool import Pool, connect
from koprogo.kit.database.unit_of_work import PLATFORM, Connection, UnitOfWork

__all__ = [
    "PLATFORM",
    "Connection",
    "Pool",
    "SchemaMismatch",
    "UnitOfWork",
    "check_schema",
    "connect",
    "migrate",
]
