"""Quorum (quorum de présence / aanwezigheidsquorum) in heads and shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from koprogo.governance.domain.law.policies import DEFAULTS, Policies
from koprogo.governance.domain.law.roll import check_session, check_votes, count_heads
from koprogo.kernel.errors import DomainError


class QuorumReason(StrEnum):
    HEADS_AND_SHARES = "HEADS_AND_SHARES"
    THREE_QUARTERS = "THREE_QUARTERS"
    SECOND_SESSION = "SECOND_SESSION"


class HeadsExceedTotal(DomainError):
    reason = "HEADS_EXCEED_TOTAL"


@dataclass(frozen=True, slots=True)
class Present:
    """A co-ownership present or represented, in person or remotely (R046)."""

    co_ownership: str
    votes: int
    household: str | None = None


@dataclass(frozen=True, slots=True)
class QuorumResult:
    valid: bool
    heads_present: int
    votes_present: int
    reason: QuorumReason | None
    missing_heads: int
    """Fewest further heads for more than half of them; 0 once reached or the meeting is valid."""
    missing_votes: int
    """Fewest further shares for half of them; 0 once reached or the meeting is valid."""

    def as_document(self) -> dict[str, object]:
        return {
            "valid": self.valid,
            "heads_present": self.heads_present,
            "votes_present": self.votes_present,
            "reason": None if self.reason is None else self.reason.value,
            "missing_heads": self.missing_heads,
            "missing_votes": self.missing_votes,
        }


def quorum(
    present: Sequence[Present],
    *,
    session: int,
    heads_total: int,
    share_denominator: int,
    policies: Policies = DEFAULTS,
) -> QuorumResult:
    """R041, CC 3.87 §5: more than half of the heads with at least half of the shares, or more than three
    quarters of the shares. R042: a second session is valid whatever the attendance."""
    check_session(session)
    check_votes([(one.co_ownership, one.votes) for one in present], share_denominator, "present")
    heads = count_heads(((one.co_ownership, one.household) for one in present), policies)
    if heads_total <= 0:
        raise HeadsExceedTotal("An association has at least one head.", field="heads_total")
    if heads > heads_total:
        raise HeadsExceedTotal(
            f"{heads} heads are present, more than the {heads_total} of the association.",
            field="heads_total",
            heads_present=heads,
            heads_total=heads_total,
        )
    votes = sum(one.votes for one in present)
    reason = None
    if session == 2:
        reason = QuorumReason.SECOND_SESSION
    elif 2 * heads > heads_total and 2 * votes >= share_denominator:
        reason = QuorumReason.HEADS_AND_SHARES
    elif 4 * votes > 3 * share_denominator:
        reason = QuorumReason.THREE_QUARTERS
    valid = reason is not None
    return QuorumResult(
        valid=valid,
        heads_present=heads,
        votes_present=votes,
        reason=reason,
        missing_heads=0 if valid else max(0, heads_total // 2 + 1 - heads),
        missing_votes=0 if valid else max(0, (share_denominator + 1) // 2 - votes),
    )
