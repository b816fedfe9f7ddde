"""A co-owner (copropriétaire, mede-eigenaar): a person or a company that holds a right in a lot."""

from uuid import UUID

import msgspec

from koprogo.kernel.errors import DomainError
from koprogo.kernel.words import Language


class EmailMissing(DomainError):
    reason = "EMAIL_MISSING"


class PostalAddressMissing(DomainError):
    reason = "POSTAL_ADDRESS_MISSING"


class CoOwner(msgspec.Struct):
    id: UUID
    reference: str
    kind: str
    name: str
    language: Language
    address: list[str]
    email: str
    accepts_email: bool
    version: int = 1

    def check_reachable(self) -> None:
        """A convocation reaches him: by mail if he accepted it in writing, else by registered post (R026)."""
        if self.accepts_email and not self.email:
            raise EmailMissing("Who accepts mail needs a mail address.", field="email")
        if not self.accepts_email and len(self.address) < 2:
            raise PostalAddressMissing("A registered letter needs street and town (R026).", field="address")
