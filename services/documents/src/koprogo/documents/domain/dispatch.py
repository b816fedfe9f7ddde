"""A dispatch (envoi, verzending): one document to one recipient, with its proof (R026, R081)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Conflict


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

    def change(self, state: DispatchState, *, at: datetime, proof: str = "") -> None:
        self.state, self.changed_at, self.proof = state, at, proof

    def retry(self, at: datetime) -> None:
        """Only because a person asks: the mail may have left before."""
        if self.state not in (DispatchState.UNCONFIRMED, DispatchState.FAILED):
            raise NotRetryable(f"The dispatch is {self.state}; there is nothing to send again.")
        self.attempts = 0
        self.change(DispatchState.REQUESTED, at=at)

    def post(self, tracking_number: str, at: datetime) -> None:
        if self.state is not DispatchState.TO_POST:
            raise NotToPost(f"The dispatch is {self.state}, not waiting for registered post.")
        self.change(DispatchState.POSTED, at=at, proof=tracking_number)
