"""What screens show."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from koprogo.governance.domain.general_meeting import MeetingKind, MeetingState
from koprogo.governance.domain.law.majority import Majority, Nature
from koprogo.kernel.words import Language


class AgendaItemView(msgspec.Struct, frozen=True):
    id: UUID
    number: int
    title: dict[Language, str]
    text: dict[Language, str]
    nature: Nature | None
    majority: Majority | None
    """Follows from the nature (R070)."""
    allocation_key: UUID | None
    attachments: list[UUID]
    excluded: list[UUID]
    about: str
    """What of another service it puts to the vote: `finance/budget/<id>`."""


class MeetingView(msgspec.Struct, frozen=True):
    id: UUID
    kind: MeetingKind
    session: int
    first_meeting_id: UUID | None
    starts_at: datetime
    place: str
    remote_system: str
    consultation: str
    required_acr: str
    state: MeetingState
    urgency: str
    convened_at: datetime | None
    latest_dispatch: date
    """Last day for convocations (R027)."""
    minutes_due: date
    """Last day to enter and send the decisions (R081)."""
    challenge_until: date
    """R083."""
    agenda: list[AgendaItemView]
    version: int


class MeetingLine(msgspec.Struct, frozen=True):
    id: UUID
    kind: MeetingKind
    session: int
    starts_at: datetime
    place: str
    state: MeetingState


class DispatchView(msgspec.Struct, frozen=True):
    id: UUID
    purpose: str
    document_id: UUID
    co_ownership_id: UUID
    recipient: str
    channel: str
    status: str
    proof: str
    changed_at: datetime


class ProxyView(msgspec.Struct, frozen=True):
    id: UUID
    principal: UUID
    holder: UUID
    holder_name: str
    warning: str = ""


class MinutesView(msgspec.Struct, frozen=True):
    document_id: UUID
    language: Language
    is_final: bool
    sha256: str
    rendered_at: datetime | None


class MinutesOfMeeting(msgspec.Struct, frozen=True):
    document_id: UUID
    meeting_id: UUID
    kind: str
    held_on: date
    language: Language


class DecisionView(msgspec.Struct, frozen=True):
    id: UUID
    meeting_id: UUID
    number: int
    """Gapless in the register of the association."""
    held_on: date
    item: int
    title: dict[Language, str]
    majority: Majority
    adopted: bool
    result: dict[str, object]
    entered_at: datetime


class Live(msgspec.Struct, frozen=True):
    """How a vote stands. No tally before it is closed."""

    state: MeetingState
    heads_present: int
    votes_present: int
    quorum: bool
    item: UUID | None
    closes_at: datetime | None
    seconds_left: int
    """By the server's clock; 0 when no vote is open."""
    server_time: datetime
    ballots_in: int
    ballots_expected: int
    closed_items: list[UUID]
    acts: int
