"""Proxies (procurations, volmachten) recorded for one meeting (R052 to R054)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from koprogo.governance.domain.law.proxies import (
    CapWarning,
    CarriedProxy,
    PrincipalHasProxy,
    accept_proxy,
    cap_warning,
)
from koprogo.governance.domain.roll_entry import VoterRoll
from koprogo.kernel.errors import Conflict, DomainError


class Proxy(msgspec.Struct, frozen=True):
    id: UUID
    principal: UUID
    """Co-ownership that is represented."""
    holder: UUID
    """Co-ownership of the holder, or an id of his own when he is no co-owner."""
    holder_name: str
    holder_is_syndic: bool = False


class NotOnTheRoll(DomainError):
    reason = "NOT_ON_THE_ROLL"


class PrincipalSuspended(Conflict):
    """R022: who takes no part gives no proxy."""

    reason = "PRINCIPAL_SUSPENDED"


def record_proxy(proxy: Proxy, *, roll: VoterRoll, recorded: Sequence[Proxy]) -> CapWarning | None:
    """Refuse what R052 to R054 refuse; warn when the holder would engage more than all others (R055)."""
    principal = roll.line(proxy.principal)
    if principal is None:
        raise NotOnTheRoll("The principal is not on the voter roll.", field="principal")
    if principal.suspended:
        raise PrincipalSuspended(
            "Its participation is suspended until the holders designate a mandatary (R022).", field="principal"
        )
    if any(one.principal == proxy.principal for one in recorded):
        raise PrincipalHasProxy("This co-ownership has given a proxy already; withdraw it first.", field="principal")
    holder = roll.line(proxy.holder)
    own = holder.votes if holder is not None else 0
    carried = []
    for one in recorded:
        line = roll.line(one.principal)
        if one.holder == proxy.holder and line is not None:
            carried.append(CarriedProxy(str(one.principal), line.votes))
    accepted = accept_proxy(
        CarriedProxy(str(proxy.principal), principal.votes),
        holder=str(proxy.holder),
        own_votes=own,
        carried=carried,
        share_denominator=roll.share_denominator,
        holder_is_syndic=proxy.holder_is_syndic,
    )
    return cap_warning(
        str(proxy.holder),
        own_votes=own,
        carried_votes=[one.votes for one in accepted],
        votes_expected=sum(line.votes for line in roll.lines if not line.suspended),
    )
