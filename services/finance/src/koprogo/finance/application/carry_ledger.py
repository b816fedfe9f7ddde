from uuid import UUID

from koprogo.finance.application.ports import UnitOfWork
from koprogo.finance.domain.ledger import Ledger, YearEnd


async def carry_ledger(association_id: UUID, *, uow: UnitOfWork) -> Ledger:
    """All that was ever posted, and the balances at each year's end; nothing is posted between the two readings."""
    async with uow:
        books = await uow.books.locked(association_id)
        return Ledger(
            association_id=association_id,
            chart=books.chart,
            years=books.years,
            entries=await uow.reports.entries(association_id),
            parties=await uow.reports.party_names(association_id),
            year_ends=[
                YearEnd(year.last_day, tuple(await uow.reports.moved(association_id, year.first_day, year.last_day)))
                for year in books.years
            ],
        )
