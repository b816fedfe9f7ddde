from uuid import UUID

from litestar import post

from koprogo.finance.application.take_over_balances import TakeOverBalances, take_over_balances
from koprogo.finance.entrypoints.http.shared import BOOKKEEPERS, HERE, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kit.access import Actor
from koprogo.kit.http import admits
from koprogo.kit.ids import new_id


@post(HERE + "/takeovers", opt=admits(*BOOKKEEPERS))
async def create_takeover(
    association_id: UUID,
    data: TakeOverBalances,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
) -> Created:
    """Opens the accounts with the balances of the former syndic, and with each owner's open debts and reminders;
    nothing is sent. Answers the id of the entry.
    """
    now = clock()
    entry_id = await take_over_balances(
        association_id,
        data,
        tenant=actor.tenant,
        property_=property_,
        uow=uow,
        ids=new_id,
        by=actor.subject,
        now=now,
        today=day_of(now),
    )
    return Created(entry_id)


routes = [create_takeover]
