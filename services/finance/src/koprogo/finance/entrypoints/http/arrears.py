from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put

from koprogo.finance.application import views, views_arrears
from koprogo.finance.application.agree_payment_plan import AgreePaymentPlan, agree_payment_plan, end_payment_plan
from koprogo.finance.application.change_arrears_policy import ChangeArrearsPolicy, change_arrears_policy
from koprogo.finance.application.dispute_demand import DisputeDemand, dispute_demand, settle_dispute
from koprogo.finance.application.propose_reminders import propose_reminders
from koprogo.finance.application.send_reminders import SendReminders, send_reminders
from koprogo.finance.domain.ageing import Ageing, aged
from koprogo.finance.entrypoints.http.shared import HERE, MANAGERS, Clock, Created, KnowsProperty, Uow, day_of
from koprogo.kernel.money import euros
from koprogo.kit.access import Actor
from koprogo.kit.http import After, Limit, admits, etag, expected_version, messages, page
from koprogo.kit.http.etags import IfMatch
from koprogo.kit.ids import new_id

DISPUTE = HERE + "/demands/{demand_id:uuid}/dispute"


@get(HERE + "/arrears", opt=admits(*MANAGERS))
async def read_arrears(
    association_id: UUID, uow: Uow, clock: Clock, on: date | None = None
) -> views_arrears.ArrearsView:
    """What each owner owed on a day, by how long it was late."""
    day = on or day_of(clock())
    async with uow:
        balances = await uow.arrears_screens.balances(association_id, day)
    owners = [
        views_arrears.OwnerArrears(party_id, name, _ages(aged(own, day)))
        for (party_id, name), own in groupby(balances, key=lambda one: (one.party_id, one.party_name))
    ]
    return views_arrears.ArrearsView(day, owners, _ages(aged(balances, day)))


@get(HERE + "/arrears/interest", opt=admits(*MANAGERS))
async def list_legal_interest(
    association_id: UUID, uow: Uow, clock: Clock, on: date | None = None
) -> Sequence[views_arrears.InterestView]:
    """Legal interest since the formal notice, by demand, up to a day (R142)."""
    day = on or day_of(clock())
    async with uow:
        safe = (await uow.arrears.policy(association_id)).safe_mode
        noticed = await uow.arrears.under_notice(association_id)
    return [
        views_arrears.InterestView(
            demand_id=one.demand_id,
            party_id=one.party_id,
            party_name=one.party_name,
            since=one.since(safe_mode=safe),
            open=euros(one.open_on(day)),
            interest=euros(one.interest_on(day, safe_mode=safe)),
            claimed=euros(one.claimed),
        )
        for one in noticed
        if one.formal_on <= day
    ]


@get(HERE + "/arrears/privilege", opt=admits(*MANAGERS))
async def list_privileges(
    association_id: UUID, uow: Uow, clock: Clock, on: date | None = None
) -> Sequence[views_arrears.PrivilegeView]:
    """Debts whose privilege is over or ends within ninety days (R140)."""
    async with uow:
        return await uow.arrears_screens.privileges(association_id, on or day_of(clock()))


@get(HERE + "/arrears/policy", opt=admits(*MANAGERS))
async def read_arrears_policy(association_id: UUID, uow: Uow) -> Response[views_arrears.ArrearsPolicyView]:
    async with uow:
        policy = await uow.arrears.policy(association_id)
    view = views_arrears.ArrearsPolicyView(euros(policy.threshold), policy.statement_days, policy.safe_mode)
    return Response(view, headers=etag(policy.version))


@put(HERE + "/arrears/policy", opt=admits(*MANAGERS), status_code=204)
async def set_arrears_policy(
    association_id: UUID, data: ChangeArrearsPolicy, uow: Uow, if_match: IfMatch = None
) -> Response[None]:
    version = await change_arrears_policy(association_id, data, uow=uow, version=expected_version(if_match))
    return Response(None, status_code=204, headers=etag(version))


@get(HERE + "/reminders/proposals", opt=admits(*MANAGERS))
async def list_reminder_proposals(
    request: Request[Any, Any, Any],
    association_id: UUID,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
    bank_checked_until: date | None = None,
) -> Sequence[views_arrears.ProposalView]:
    """Every owner with something overdue: which reminder he would get today and why, or why none (R144). Where no
    statements are imported, with the day until which the bank was checked by hand.
    """
    today = day_of(clock())
    judged = await propose_reminders(
        association_id,
        tenant=actor.tenant,
        property_=property_,
        uow=uow,
        today=today,
        bank_checked_until=bank_checked_until,
    )
    language = messages.language_of(request.headers.get("accept-language"))
    return [
        views_arrears.ProposalView(
            party_id=one.standing.party_id,
            party_name=one.standing.party_name,
            level=one.verdict.level,
            is_sendable=one.verdict.is_sendable,
            reason=one.verdict.reason,
            sentence=messages.say(one.verdict.reason, one.verdict.sentence, language, one.verdict.figures)[0],
            overdue=euros(sum(demand.open for demand in one.verdict.demands or one.standing.overdue_on(today))),
            demand_ids=[demand.id for demand in one.verdict.demands],
        )
        for one in judged
    ]


@post(HERE + "/reminders", opt=admits(*MANAGERS))
async def create_reminders(
    association_id: UUID,
    data: SendReminders,
    actor: Actor,
    uow: Uow,
    property_: KnowsProperty,
    clock: Clock,
) -> Sequence[Created]:
    """Sends what was proposed, or nothing when the situation of one of the owners has changed. With ids that were
    sent before it changes nothing.
    """
    now = clock()
    sent = await send_reminders(
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
    return [Created(reminder_id) for reminder_id in sent]


@get(HERE + "/reminders", opt=admits(*MANAGERS))
async def list_reminders(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
    party_id: UUID | None = None,
) -> Response[Sequence[views_arrears.ReminderView]]:
    async with uow:
        rows = await uow.arrears_screens.reminders(association_id, limit + 1, after, party_id)
    return page(request, rows, limit, lambda row: str(row.id))


@get(HERE + "/reminders/{reminder_id:uuid}/letters", opt=admits(*MANAGERS))
async def list_letters_of_reminder(
    request: Request[Any, Any, Any],
    association_id: UUID,
    reminder_id: UUID,
    uow: Uow,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[views.LetterView]]:
    """What became of each letter, with its proof."""
    async with uow:
        rows = await uow.demand_screens.letters(association_id, f"reminder/{reminder_id}", limit + 1, after)
    return page(request, rows, limit, lambda row: str(row.document_id))


@put(DISPUTE, opt=admits(*MANAGERS), status_code=204)
async def set_dispute(
    association_id: UUID, demand_id: UUID, data: DisputeDemand, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """The ladder leaves this demand out until the dispute is settled."""
    await dispute_demand(
        association_id, demand_id, data, uow=uow, by=actor.subject, new_id=new_id(), today=day_of(clock())
    )


@delete(DISPUTE, opt=admits(*MANAGERS), status_code=204)
async def delete_dispute(association_id: UUID, demand_id: UUID, actor: Actor, uow: Uow, clock: Clock) -> None:
    await settle_dispute(association_id, demand_id, uow=uow, by=actor.subject, today=day_of(clock()))


@get(HERE + "/demands/{demand_id:uuid}/disputes", opt=admits(*MANAGERS))
async def list_disputes(association_id: UUID, demand_id: UUID, uow: Uow) -> Sequence[views_arrears.DisputeView]:
    """All that was ever said against a demand."""
    async with uow:
        return await uow.arrears_screens.disputes(association_id, demand_id)


@post(HERE + "/payment-plans", opt=admits(*MANAGERS))
async def create_payment_plan(
    association_id: UUID, data: AgreePaymentPlan, actor: Actor, uow: Uow, clock: Clock
) -> Created:
    plan_id = await agree_payment_plan(
        association_id, data, uow=uow, by=actor.subject, new_id=new_id(), today=day_of(clock())
    )
    return Created(plan_id)


@get(HERE + "/payment-plans", opt=admits(*MANAGERS))
async def list_payment_plans(
    request: Request[Any, Any, Any],
    association_id: UUID,
    uow: Uow,
    clock: Clock,
    limit: Limit = 50,
    after: After = None,
) -> Response[Sequence[views_arrears.PaymentPlanView]]:
    async with uow:
        rows = await uow.arrears_screens.payment_plans(association_id, limit + 1, after, day_of(clock()))
    return page(request, rows, limit, lambda row: str(row.id))


@delete(HERE + "/payment-plans/{payment_plan_id:uuid}", opt=admits(*MANAGERS), status_code=204)
async def delete_payment_plan(
    association_id: UUID, payment_plan_id: UUID, actor: Actor, uow: Uow, clock: Clock
) -> None:
    """Ends it, whether it was kept or not; it stays in the list."""
    await end_payment_plan(association_id, payment_plan_id, uow=uow, by=actor.subject, today=day_of(clock()))


def _ages(found: Ageing) -> views_arrears.AgesView:
    return views_arrears.AgesView(
        **{age.value: euros(amount) for age, amount in found.by_age.items()},
        open=euros(found.open),
        overdue=euros(found.overdue),
        credit=euros(found.credit),
        balance=euros(found.open - found.credit),
    )


routes = [
    read_arrears,
    list_legal_interest,
    list_privileges,
    read_arrears_policy,
    set_arrears_policy,
    list_reminder_proposals,
    create_reminders,
    list_reminders,
    list_letters_of_reminder,
    set_dispute,
    delete_dispute,
    list_disputes,
    create_payment_plan,
    list_payment_plans,
    delete_payment_plan,
]
