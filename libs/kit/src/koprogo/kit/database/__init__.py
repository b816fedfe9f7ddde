"""PostgreSQL: a pool, migrations, and one transaction a use case, inside one tenant."""

from koprogo.kit.database.dedicated import PLACES_SECONDS, Connection, Home, Place, address
from koprogo.kit.database.migrations import SchemaMismatch, check_schema, migrate
from koprogo.kit.database.pool import DATABASE_AWAY, Pool, connect
from koprogo.kit.database.unit_of_work import PLATFORM, InShared, Outgoing, UnitOfWork

__all__ = [
    "DATABASE_AWAY",
    "PLACES_SECONDS",
    "PLATFORM",
    "Connection",
    "Home",
    "InShared",
    "Outgoing",
    "Place",
    "Pool",
    "SchemaMismatch",
    "UnitOfWork",
    "address",
    "check_schema",
    "connect",
    "migrate",
]
