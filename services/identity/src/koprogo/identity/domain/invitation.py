"""People are invited, never self-promoted. An invitation becomes an account, a grant and one mail."""

from enum import StrEnum
from uuid import UUID

import msgspec

from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Language, Role


class State(StrEnum):
    PENDING = "pending"
    CREATING = "creating"
    """The account is being made at the identity provider; safe to repeat."""
    READY = "ready"
    """Account and grants are there; the mail is not sent yet."""
    MAILING = "mailing"
    """The mail is being handed over. After a crash nobody knows whether it left."""
    INVITED = "invited"
    ACTIVE = "active"
    """The person had an account with a password already; no mail was needed."""
    UNCONFIRMED = "unconfirmed"
    """A crash hid whether the mail left: a person decides whether to send it again."""
    FAILED = "failed"
    REVOKED = "revoked"


ORGANISATION_ROLES = frozenset({Role.SYNDIC, Role.ACCOUNTANT})
ASSOCIATION_ROLES = frozenset({Role.ACCOUNTANT, Role.BOARD_MEMBER, Role.OWNER})


class RoleNotGiven(DomainError):
    """Nobody makes a SuperAdmin, and nobody becomes syndic of one association by invitation."""

    reason = "ROLE_NOT_GIVEN_HERE"


class NotResendable(Conflict):
    reason = "NOT_RESENDABLE"


class Invitation(msgspec.Struct):
    id: UUID
    email: str
    name: str
    language: Language
    role: Role
    association_id: UUID | None = None
    co_owner_id: UUID | None = None
    state: State = State.PENDING
    subject: UUID | None = None
    detail: str = ""
    attempts: int = 0

    def check_role(self) -> None:
        allowed = ORGANISATION_ROLES if self.association_id is None else ASSOCIATION_ROLES
        if self.role not in allowed:
            raise RoleNotGiven(
                f"The role {self.role} is not given here; possible: {', '.join(sorted(allowed))}.", field="role"
            )

    def resend(self) -> None:
        if self.state not in (State.INVITED, State.UNCONFIRMED, State.FAILED):
            raise NotResendable(f"The invitation is {self.state}; there is nothing to send again.")
        self.state = State.READY if self.subject else State.PENDING
        self.attempts = 0
