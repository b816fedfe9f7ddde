from collections.abc import Callable, Iterable, Mapping
from datetime import date
from uuid import UUID

from koprogo.kernel.errors import DomainError
from koprogo.property.application.ports import UnitOfWork
from koprogo.property.application.views import ImportReport
from koprogo.property.domain.co_owner import CoOwner
from koprogo.property.domain.import_rows import Refusal, read_rows
from koprogo.property.domain.lot import Lot
from koprogo.property.domain.ownership import Holding


class ImportRefused(DomainError):
    """At least one row is wrong; none was imported."""

    reason = "IMPORT_REFUSED"

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(
            f"{len(refusals)} rows were refused and nothing was imported; correct them and send the file again."
        )
        self.refusals = refusals


async def import_lots(
    association_id: UUID,
    rows: Iterable[tuple[int, Mapping[str, str]]],
    *,
    dry_run: bool,
    uow: UnitOfWork,
    ids: Callable[[], UUID],
    today: date,
) -> ImportReport:
    """Take over lots, co-owners and ownerships from a list: all of it, or nothing and every reason."""
    numbered = list(rows)
    async with uow:
        await uow.lots.lock(association_id)
        association = await uow.associations.get(association_id)
        found = read_rows(numbered, taken_numbers=await uow.lots.numbers(association_id), today=today)
        if found.refusals:
            raise ImportRefused(found.refusals)
        before = await uow.associations.shares_sum(association_id)
        if not dry_run:
            known = dict(await uow.co_owners.by_reference(association_id))
            new = [owner for owner in found.owners.values() if owner.reference not in known]
            known |= {owner.reference: ids() for owner in new}
            await uow.co_owners.add_all(
                association_id,
                (
                    CoOwner(
                        id=known[o.reference],
                        reference=o.reference,
                        kind=o.kind,
                        name=o.name,
                        language=o.language,
                        address=list(o.address),
                        email=o.email,
                        accepts_email=o.accepts_email,
                    )
                    for o in new
                ),
            )
            lot_ids = {number: ids() for number in found.lots}
            await uow.lots.add_all(
                association_id,
                (
                    Lot(
                        id=lot_ids[lot.number],
                        number=lot.number,
                        kind=lot.kind,
                        building=lot.building,
                        shares=lot.shares,
                    )
                    for lot in found.lots.values()
                ),
            )
            await uow.lots.add_holdings(
                (lot_ids[lot.number], Holding(known[h.owner_reference], h.right, h.fraction), h.since)
                for lot in found.lots.values()
                for h in lot.holdings
            )
            for lot in found.lots.values():
                if lot.mandatary is not None:
                    since = min(h.since for h in lot.holdings)
                    await uow.lots.designate(lot_ids[lot.number], known[lot.mandatary], since)
    shares_sum = before + found.shares_sum
    return ImportReport(
        dry_run=dry_run,
        rows=len(numbered),
        lots=len(found.lots),
        co_owners=len(found.owners),
        shares_sum=shares_sum,
        share_denominator=association.share_denominator,
        shares_difference=shares_sum - association.share_denominator,
    )
