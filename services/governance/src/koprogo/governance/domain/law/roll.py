"""The voter roll (liste des votants / stemlijst): heads, votes and what a suspended lot weighs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from koprogo.governance.domain.law.policies import DEFAULTS, SPOUSES, SUSPENDED_LOTS, Policies
from koprogo.kernel.errors import DomainError


class CoOwnershipUnnamed(DomainError):
    reason = "CO_OWNERSHIP_UNNAMED"


class DuplicateCoOwnership(DomainError):
    reason = "DUPLICATE_CO_OWNERSHIP"


class VotesNotPositive(DomainError):
    reason = "VOTES_NOT_POSITIVE"


class VotesExceedDenominator(DomainError):
    reason = "VOTES_EXCEED_DENOMINATOR"


class UnknownSession(DomainError):
    reason = "UNKNOWN_SESSION"


@dataclass(frozen=True, slots=True)
class RollEntry:
    """One ownership with all its lots: one head (R044), its shares as votes (R050)."""

    co_ownership: str
    votes: int
    suspended: bool = False
    """R022: undivided or divided ownership without a designated mandatary."""
    keys: Mapping[str, int] = field(default_factory=dict)
    """Its weight in each special key (R051); absent from a key, it does not vote on it."""
    household: str | None = None
    """Shared by spouses with lots of their own; matters only under the policy `spouses: one_head`."""

    def weight(self, key: str | None) -> int:
        """R050, R051, CC 3.87 §6: its votes, in general or in a special key; 0 while suspended (R022)."""
        if self.suspended:
            return 0
        return self.votes if key is None else self.keys.get(key, 0)


def votes_by_co_ownership(lots: Iterable[tuple[str, int]]) -> dict[str, int]:
    """R044, R050: the lots (owner, shares) of one ownership make one head with the sum of their votes."""
    votes: dict[str, int] = {}
    for owner, shares in lots:
        votes[owner] = votes.get(owner, 0) + shares
    return votes


def count_heads(entries: Iterable[tuple[str, str | None]], policies: Policies = DEFAULTS) -> int:
    """R044, CC 3.87 §5: heads among (co-ownership, household); spouses as the policy says."""
    one_head = policies[SPOUSES.name] == "one_head"
    return len({("household", at) if one_head and at else ("", own) for own, at in entries})


def totals(roll: Iterable[RollEntry], policies: Policies = DEFAULTS, key: str | None = None) -> tuple[int, int]:
    """R045: the heads H and votes D a meeting is measured against, suspended lots in or out by policy."""
    keep = policies[SUSPENDED_LOTS.name] == "kept_in_totals"
    kept = [entry for entry in roll if keep or not entry.suspended]
    votes = sum(entry.votes if key is None else entry.keys.get(key, 0) for entry in kept)
    return count_heads(((entry.co_ownership, entry.household) for entry in kept), policies), votes


def check_session(session: int) -> None:
    """R041, R042: a first meeting, or the second held because the first could not decide."""
    if session not in (1, 2):
        raise UnknownSession(f"A session is 1 or 2, not {session}.", field="session", session=session)


def check_votes(voters: Sequence[tuple[str, int]], share_denominator: int, path: str) -> None:
    """R004, CC 3.85: every co-ownership once, with votes above zero, together at most the deed's."""
    if share_denominator <= 0:
        raise VotesNotPositive(
            f"The denominator of the deed is a positive number, not {share_denominator}.",
            field="share_denominator",
        )
    seen: set[str] = set()
    for index, (co_ownership, votes) in enumerate(voters):
        if not co_ownership:
            raise CoOwnershipUnnamed("Name the co-ownership.", field=f"{path}.{index}.co_ownership")
        if co_ownership in seen:
            raise DuplicateCoOwnership(
                f"{co_ownership} is there twice. A co-ownership has one ballot: add up its lots.",
                field=f"{path}.{index}.co_ownership",
            )
        if votes <= 0:
            raise VotesNotPositive(
                f"{co_ownership} has {votes} votes. Votes are the shares of its lots, integers above zero.",
                field=f"{path}.{index}.votes",
                votes=votes,
            )
        seen.add(co_ownership)
    total = sum(votes for _, votes in voters)
    if total > share_denominator:
        raise VotesExceedDenominator(
            f"These votes add up to {total}, more than the {share_denominator} of the deed.",
            field=path,
            votes=total,
            share_denominator=share_denominator,
        )
