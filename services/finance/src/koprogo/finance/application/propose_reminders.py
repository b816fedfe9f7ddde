"""Who would get which reminder today and why, or why not (R144)."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.domain.arrears import ArrearsPolicy, Standing
from koprogo.finance.domain.bank_first import KnownOfBank, bank_first, check_checked_until
from koprogo.finance.domain.ladder import Verdict, decide


class Judged(msgspec.Struct, frozen=True):
    standing: Standing
    verdict: Verdict


async def propose_reminders(
    association_id: UUID,
    *,
    tenant: UUID,
    property_: Property,
    uow: UnitOfWork,
    today: date,
    bank_checked_until: date | None = None,
) -> Sequence[Judged]:
    if bank_checked_until is not None:
        check_checked_until(bank_checked_until, today)
    owners = await property_.owners(tenant, association_id, today)
    async with uow:
        policy = await uow.arrears.policy(association_id)
        bank = await known_of_bank(association_id, bank_checked_until, uow)
        found = await judge(
            association_id, (debtor.id for debtor in owners.debtors), policy, bank, uow=uow, today=today
        )
    return [one for one in found.values() if one.verdict.reason != "NOTHING_OVERDUE"]


async def known_of_bank(association_id: UUID, checked_until: date | None, uow: UnitOfWork) -> KnownOfBank:
    """What somebody has checked by hand counts only where no statements are imported."""
    found = await uow.arrears.known_of_bank(association_id)
    return found if found.is_imported else msgspec.structs.replace(found, checked_until=checked_until)


async def judge(
    association_id: UUID,
    owner_ids: Iterable[UUID],
    policy: ArrearsPolicy,
    bank: KnownOfBank,
    *,
    uow: UnitOfWork,
    today: date,
) -> dict[UUID, Judged]:
    """Inside the caller's transaction: every owner with an open demand."""
    owners = set(owner_ids)
    found: dict[UUID, Judged] = {}
    for standing in await uow.arrears.standings(association_id):
        verdict = bank_first(decide(standing, policy, today), standing, bank, policy, today)
        if verdict.is_sendable and standing.party_id not in owners:
            verdict = msgspec.structs.replace(
                verdict,
                reason="NO_LONGER_OWNER",
                sentence="This is no owner any more, and his address is not known here; write to him by hand.",
                figures={},
                is_sendable=False,
            )
        found[standing.party_id] = Judged(standing, verdict)
    return found
