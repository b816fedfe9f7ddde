"""A dispatch (envoi, verzending): one document to one recipient, with its proof (R026, R081)."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from koprogo.kernel.errors import Conflict, DomainError

BRUSSELS = ZoneInfo("Europe/Brussels")
MAX_ATTEMPTS = 20
"""With pauses that grow to ten minutes: some two hours of a mail server that does not answer."""
STUCK = timedelta(seconds=30)
"""Handing over does not take that long: whoever was at it has died."""


class DispatchState(StrEnum):
    REQUESTED = "requested"
    SENDING = "sending"
    """Being handed to the mail server. After a crash nobody knows whether it left."""
    SENT = "sent"
    TO_POST = "to_post"
    """Listed for registered post."""
    POSTED = "posted"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


class NotRetryable(Conflict):
    reason = "NOT_RETRYABLE"


class NotToPost(Conflict):
    reason = "NOT_TO_POST"


class PostedInFuture(DomainError):
    reason = "POSTED_IN_FUTURE"


class NotInThatState(Conflict):
    """Somebody else has taken the dispatch further meanwhile."""

    reason = "DISPATCH_CHANGED_MEANWHILE"


class Dispatch(msgspec.Struct):
    id: UUID
    association_id: UUID
    association_name: str
    document_id: UUID
    subject: str
    kind: str
    language: str
    channel: str
    name: str
    address: list[str]
    email: str
    attachment_ids: list[UUID]
    changed_at: datetime
    state: DispatchState = DispatchState.REQUESTED
    proof: str = ""
    attempts: int = 0

    def list_for_post(self, at: datetime) -> None:
        self._become(DispatchState.TO_POST, {DispatchState.REQUESTED}, at)

    def begin_sending(self, at: datetime) -> None:
        self._become(DispatchState.SENDING, {DispatchState.REQUESTED}, at)
        self.attempts += 1

    def confirm(self, proof: str, at: datetime) -> None:
        """An answer that comes late is still the answer, and spares a second mail."""
        sources = {DispatchState.SENDING, DispatchState.UNCONFIRMED, DispatchState.REQUESTED}
        self._become(DispatchState.SENT, sources, at, proof)

    def put_off(self, why: str, at: datetime) -> None:
        """Nothing has left; it is tried again after a pause, up to a point."""
        if self.state is DispatchState.REQUESTED:
            self.attempts += 1
        beyond = self.attempts >= MAX_ATTEMPTS
        self._become(
            DispatchState.FAILED if beyond else DispatchState.REQUESTED,
            {DispatchState.REQUESTED, DispatchState.SENDING},
            at,
            why,
        )

    def fail(self, why: str, at: datetime) -> None:
        """Nothing has left, and nothing will by itself."""
        self._become(DispatchState.FAILED, {DispatchState.REQUESTED, DispatchState.SENDING}, at, why)

    def is_stuck(self, now: datetime) -> bool:
        return self.state is DispatchState.SENDING and now - self.changed_at >= STUCK

    def lose_sight(self, why: str, at: datetime) -> None:
        """Nobody knows whether it left: never sent again by itself (ADR 4)."""
        self._become(DispatchState.UNCONFIRMED, {DispatchState.SENDING}, at, why)

    def retry(self, at: datetime) -> None:
        """Only because a person asks: the mail may have left before."""
        if self.state not in (DispatchState.UNCONFIRMED, DispatchState.FAILED):
            raise NotRetryable(f"The dispatch is {self.state}; there is nothing to send again.")
        self.attempts = 0
        self._become(DispatchState.REQUESTED, {self.state}, at)

    def post(self, tracking_number: str, posted_on: date, at: datetime) -> None:
        """A registered letter has left; its number is the proof."""
        if self.state is not DispatchState.TO_POST:
            raise NotToPost(f"The dispatch is {self.state}, not waiting for registered post.")
        if posted_on > at.astimezone(BRUSSELS).date():
            raise PostedInFuture(
                "A letter is noted once it has been posted; this day is still to come.", field="posted_on"
            )
        self._become(DispatchState.POSTED, {DispatchState.TO_POST}, at, f"{tracking_number}, {posted_on.isoformat()}")

    def _become(self, state: DispatchState, sources: set[DispatchState], at: datetime, proof: str = "") -> None:
        if self.state not in sources:
            raise NotInThatState(f"The dispatch is {self.state} and cannot become {state}.", state=self.state)
        # Later messages replace earlier ones by their time, so time does not stand still or go back.
        self.changed_at = max(at, self.changed_at + timedelta(microseconds=1))
        self.state, self.proof = state, proof
