"""Who would get which reminder today and why, or why not (R144)."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec

from koprogo.finance.application.ports import Property, UnitOfWork
from koprogo.finance.domain.arrears import ArrearsPolicy, Standing
from koprogo.finance.domain.bank_first import bank_first
from koprogo.finance.domain.ladder import Verdict, decide


class Judged(msgspec.Struct, frozen=True):
    standing: Standing
    verdict: Verdict


async def propose_reminders(
    association_id: UUID, *, tenant: UUID, property_: Property, uow: UnitOfWork, today: date
) -> Sequence[Judged]:
    owners = await property_.owners(tenant, association_id, today)
    async with uow:
        policy = await uow.arrears.policy(association_id)
        found = await judge(association_id, (debtor.id for debtor in owners.debtors), policy, uow=uow, today=today)
    return [one for one in found.values() if one.verdict.reason != "NOTHING_OVERDUE"]


async def judge(
    association_id: UUID, owner_ids: Iterable[UUID], policy: ArrearsPolicy, *, uow: UnitOfWork, today: date
) -> dict[UUID, Judged]:
    """Inside the caller's transaction: every owner with an open demand."""
    owners = set(owner_ids)
    bank = await uow.arrears.known_of_bank(association_id)
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
