"""The one base of every refusal. Each refusal is a class beside the rule it belongs to."""

from enum import StrEnum


class Kind(StrEnum):
    """What the caller may do about it."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    STALE = "stale"
    """A conflict with the version the caller named in If-Match."""
    LIMITED = "limited"
    """As such in order, and too much of it: the same call works a little later."""
    UNAVAILABLE = "unavailable"
    """A neighbour does not answer: the same call may work later."""


class DomainError(Exception):
    """`reason` is stable UPPER_SNAKE for programs, `message` a sentence for people that says what to do.

    `metadata` carries the figures behind the message; it never holds personal data, since it is logged.
    """

    kind: Kind = Kind.INVALID
    reason: str = "INVALID"

    def __init__(
        self,
        message: str,
        *,
        kind: Kind | None = None,
        reason: str | None = None,
        field: str | None = None,
        **metadata: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind or type(self).kind
        self.reason = reason or type(self).reason
        self.field = field
        """Path of the input that is refused, dotted, as the client wrote it: `ballots.3.votes`."""
        self.metadata = {name: str(value) for name, value in metadata.items()}


class NotFound(DomainError):
    kind = Kind.NOT_FOUND
    reason = "NOT_FOUND"


class Forbidden(DomainError):
    kind = Kind.FORBIDDEN
    reason = "FORBIDDEN"


class Conflict(DomainError):
    kind = Kind.CONFLICT
    reason = "CONFLICT"


class Stale(DomainError):
    """Somebody changed it since the caller read it."""

    kind = Kind.STALE
    reason = "CHANGED_MEANWHILE"


class Unavailable(DomainError):
    kind = Kind.UNAVAILABLE
    reason = "NEIGHBOUR_UNAVAILABLE"
