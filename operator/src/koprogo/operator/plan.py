"""What has to be true of a tenant, and in which order it is made so."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from koprogo.operator import dedicated
from koprogo.operator.step import Step
from koprogo.operator.tenant import DeletionPolicy, TenantSpec, Tier

__all__ = ["Step", "farewell", "plan"]


def plan(spec: TenantSpec, services: Sequence[str], *, is_restored: bool = False) -> list[Step]:
    """A tenant with no first syndic has nothing to begin with until an archive was restored into him."""
    own = dedicated.made(services) if spec.tier is Tier.DEDICATED else []
    steps = [Step(deed="organisation", condition="IdentityReady"), *own]
    there = frozenset(step.name for step in steps)
    begun = is_restored or spec.first_syndic is not None
    for service in services:
        if not begun:
            steps.append(Step(deed="await-restore", on=service, condition="ServicesReady"))
            continue
        needs = there
        if not is_restored:
            # identity invites the first syndic into the organisation that is there.
            made = Step(deed="provision", on=service, condition="ServicesReady", needs=needs)
            steps.append(made)
            needs = frozenset({made.name})
        steps.append(Step(deed="quotas", on=service, condition="QuotaApplied", needs=needs))
        steps.append(
            Step(deed="suspend" if spec.suspended else "resume", on=service, condition="ServicesReady", needs=needs)
        )
    for domain in spec.domains:
        steps.append(Step(deed="certificate", on=domain.host, condition="CertificateReady"))
        door = Step(deed="door", on=domain.host, condition="RoutingReady")
        steps += [door, Step(deed="route", on=domain.host, condition="RoutingReady", needs=frozenset({door.name}))]
    return [*steps, Step(deed="remove-other-routes", condition="RoutingReady")]


def farewell(spec: TenantSpec, services: Sequence[str]) -> list[Step]:
    """Nothing is erased before all of it is in the archive, or may go without one."""
    suspended = [Step(deed="suspend", on=service, condition="ServicesReady") for service in services]
    routes = [Step(deed="remove-other-routes", condition="RoutesRemoved")]
    if spec.deletion_policy is DeletionPolicy.RETAIN:
        return _in_turn(suspended, routes)
    if spec.legal_hold:
        return [Step(deed="hold", condition="Released")]
    archived = [Step(deed="archive", condition="Archived")] if spec.deletion_policy is DeletionPolicy.ARCHIVE else []
    erased = [Step(deed="erase", on=service, condition="Erased") for service in services]
    letters = [Step(deed="forget-dead-letters", condition="Erased")]
    if spec.tier is Tier.DEDICATED:
        kept_in = dedicated.taken_down(services)
    else:
        kept_in = [Step(deed="empty-objects", condition="Erased")]
    organisation = [Step(deed="remove-organisation", condition="Erased")]
    return _in_turn(suspended, archived, routes, erased, letters, kept_in, organisation)


def _in_turn(*phases: Sequence[Step]) -> list[Step]:
    """Each step needs all of the phases before its own."""
    steps: list[Step] = []
    for phase in phases:
        before = frozenset(step.name for step in steps)
        steps += [msgspec.structs.replace(step, needs=before) for step in phase]
    return steps
