"""Proxies (procurations / volmachten): R052 to R054, CC 3.87 §7."""

from collections.abc import Sequence
from dataclasses import dataclass

from koprogo.kernel.errors import Conflict, DomainError

MOST_PROXIES = 3


class SyndicHoldsProxy(Conflict):
    reason = "SYNDIC_HOLDS_PROXY"


class TooManyProxies(Conflict):
    reason = "TOO_MANY_PROXIES"


class ProxyToOneself(DomainError):
    reason = "PROXY_TO_ONESELF"


class PrincipalHasProxy(Conflict):
    reason = "PRINCIPAL_HAS_PROXY"


@dataclass(frozen=True, slots=True)
class CarriedProxy:
    principal: str
    votes: int


@dataclass(frozen=True, slots=True)
class CapWarning:
    """With this proxy the holder engages more votes than all others: what exceeds will not count (R055)."""

    holder: str
    engaged: int
    limit: int


def check_proxies(
    holder: str,
    *,
    own_votes: int,
    carried_votes: Sequence[int],
    share_denominator: int,
    holder_is_syndic: bool,
) -> None:
    """R053: three proxies at most, unless own and carried votes are at most 10 % of all lots'; R054: none for
    the syndic. Own votes are 0 for a holder who is no co-owner."""
    if holder_is_syndic and carried_votes:
        raise SyndicHoldsProxy(
            f"{holder} is the syndic, who may hold no proxy (CC 3.87 §7, R054). Name another holder.",
            field="holder",
        )
    engaged = own_votes + sum(carried_votes)
    if len(carried_votes) > MOST_PROXIES and 10 * engaged > share_denominator:
        raise TooManyProxies(
            f"{holder} would hold {len(carried_votes)} proxies and {engaged} of {share_denominator} votes. "
            "More than three are allowed only up to 10 % of the votes of all lots (CC 3.87 §7, R053). Name "
            "another holder.",
            field="holder",
            proxies=len(carried_votes),
            engaged=engaged,
            share_denominator=share_denominator,
        )


def accept_proxy(
    proxy: CarriedProxy,
    *,
    holder: str,
    own_votes: int,
    carried: Sequence[CarriedProxy],
    share_denominator: int,
    holder_is_syndic: bool,
) -> tuple[CarriedProxy, ...]:
    """R052: what the holder carries once he has accepted this one too. The principal's proxies to other
    holders are the caller's to know."""
    if proxy.principal == holder:
        raise ProxyToOneself(f"{holder} cannot hold its own proxy.", field="holder")
    if any(one.principal == proxy.principal for one in carried):
        raise PrincipalHasProxy(f"{holder} already holds the proxy of {proxy.principal}.", field="principal")
    carried = (*carried, proxy)
    check_proxies(
        holder,
        own_votes=own_votes,
        carried_votes=[one.votes for one in carried],
        share_denominator=share_denominator,
        holder_is_syndic=holder_is_syndic,
    )
    return carried


def cap_warning(holder: str, *, own_votes: int, carried_votes: Sequence[int], votes_expected: int) -> CapWarning | None:
    """R055: a warning when the holder would engage more than the others, of `votes_expected` at the meeting.

    Ask with the votes of all lots that may vote, the most there can be: what is warned of then happens
    whatever the attendance. A holder of everything (limit 0) falls under R057.
    """
    engaged = own_votes + sum(carried_votes)
    limit = max(0, votes_expected - engaged)
    return CapWarning(holder, engaged, limit) if carried_votes and engaged > limit else None
