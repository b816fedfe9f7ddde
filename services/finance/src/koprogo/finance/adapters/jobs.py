"""What finance does by itself, in the `consume` process."""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

from prometheus_client import Gauge

from koprogo.finance.adapters.postgres.proof import all_books
from koprogo.finance.adapters.postgres.unit_of_work import PostgresUnitOfWork
from koprogo.kit.database import DATABASE_AWAY, Pool

logger = logging.getLogger(__name__)

EVERY_SECONDS = 24 * 3600.0
UNPROVED = Gauge(
    "koprogo_finance_unproved_books", "Associations whose kept figures differ from the sum of their lines."
)


async def prove_books(pool: Pool, uow_of: Callable[[UUID], PostgresUnitOfWork]) -> int:
    """Compare every association's kept figures with its lines; returns how many differ, each of which is logged."""
    wrong = 0
    for tenant, association_id in await all_books(pool):
        async with (uow := uow_of(tenant)):
            differences = await uow.proof.differences(association_id)
        if differences:
            wrong += 1
            logger.error(
                "the books of an association are not the sum of their lines",
                extra={"fields": {"association": str(association_id), "differences": list(differences[:20])}},
            )
    UNPROVED.set(wrong)
    return wrong


async def prove_daily(pool: Pool, uow_of: Callable[[UUID], PostgresUnitOfWork]) -> None:
    """Until cancelled."""
    while True:
        try:
            await prove_books(pool, uow_of)
        except DATABASE_AWAY as away:
            logger.warning("the books were not proved: %s", type(away).__name__)
        await asyncio.sleep(EVERY_SECONDS)
