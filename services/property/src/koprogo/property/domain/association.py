"""The association of co-owners (ACP, VME): one deed, one denominator, any number of buildings."""

from uuid import UUID

import msgspec
from stdnum.be import vat

from koprogo.kernel.errors import Conflict, DomainError
from koprogo.kernel.words import Language, Region


class EnterpriseNumberInvalid(DomainError):
    reason = "ENTERPRISE_NUMBER_INVALID"


class SharesDoNotAddUp(Conflict):
    """R004, art. 3.85 § 1: the shares of all lots are the denominator of the deed, to the unit."""

    reason = "SHARES_DO_NOT_ADD_UP"

    def __init__(self, shares_sum: int, share_denominator: int) -> None:
        difference = shares_sum - share_denominator
        direction = "too many" if difference > 0 else "missing"
        super().__init__(
            f"The lots have {shares_sum} shares, the deed {share_denominator}: {abs(difference)} {direction}. "
            "Correct the lots before a meeting is called.",
            shares_sum=shares_sum,
            share_denominator=share_denominator,
            difference=difference,
        )


class AssociationChanged(msgspec.Struct, frozen=True):
    association_id: UUID
    name: str
    languages: tuple[Language, ...]


class Association(msgspec.Struct):
    id: UUID
    name: str
    enterprise_number: str
    """Ten digits, without dots."""
    address: list[str]
    region: Region
    languages: list[Language]
    """Of its documents; the first is its own."""
    share_denominator: int
    version: int = 1
    events: list[AssociationChanged] = []

    def changed(self) -> None:
        self.events.append(AssociationChanged(self.id, self.name, tuple(self.languages)))


def enterprise_number(text: str) -> str:
    """Ten digits with the check of the Crossroads Bank (R009), however it is written."""
    compact: str = vat.compact(text)
    if not vat.is_valid(compact):
        raise EnterpriseNumberInvalid(
            "An enterprise number has ten digits, starts with 0 or 1 and ends with its check digits, "
            "as in 0403.019.261.",
            field="enterprise_number",
        )
    return compact
