"""The opening of a meeting: the first act holds all that is needed to recompute every result years later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from koprogo.governance.domain.general_meeting import GeneralMeeting
from koprogo.governance.domain.law.policies import Policies
from koprogo.governance.domain.law.roll import RollEntry, count_heads
from koprogo.governance.domain.printable import check_printable
from koprogo.governance.domain.proxy import Proxy
from koprogo.kernel.errors import DomainError


class ChairNotCoOwner(DomainError):
    """R040: a co-owner chairs."""

    reason = "CHAIR_NOT_CO_OWNER"


def opening_of(meeting: GeneralMeeting, *, proxies: Sequence[Proxy], chair: UUID, secretary: str) -> dict[str, Any]:
    """Roll, agenda, proxies and policies, as they were when the meeting was convened."""
    assert meeting.roll is not None
    check_printable(secretary, "secretary")
    chair_line = meeting.roll.line(chair)
    if chair_line is None:
        raise ChairNotCoOwner("The chair is a co-owner (R040).", field="chair")
    entries = [
        RollEntry(str(line.co_ownership_id), line.votes, line.suspended, line.key_votes) for line in meeting.roll.lines
    ]
    policies = Policies(meeting.policies)
    return {
        "meeting": str(meeting.id),
        "association": str(meeting.association_id),
        "rules_on": meeting.day.isoformat(),
        "session": meeting.session,
        "share_denominator": meeting.roll.share_denominator,
        "heads_total": count_heads(((e.co_ownership, e.household) for e in entries), policies),
        "policies": dict(policies),
        "required_acr": meeting.required_acr,
        "remote": bool(meeting.remote_system),
        "chair": str(chair),
        "chair_name": chair_line.name,
        "secretary": secretary,
        "roll": [
            {
                "co_ownership": str(line.co_ownership_id),
                "name": line.name,
                "votes": line.votes,
                "suspended": line.suspended,
                "keys": line.key_votes,
                "represented_by": [str(contact.co_owner_id) for contact in line.contacts],
            }
            for line in meeting.roll.lines
        ],
        "items": [
            {
                "item": str(item.id),
                "nature": item.nature.value if item.nature else None,
                "key": str(item.allocation_key) if item.allocation_key else None,
                "excluded": sorted(str(who) for who in item.excluded),
                "retry_of_unanimity": item.retry_of_unanimity,
            }
            for item in meeting.agenda
        ],
        "proxies": [
            {"principal": str(one.principal), "holder": str(one.holder), "holder_name": one.holder_name}
            for one in proxies
        ],
    }
